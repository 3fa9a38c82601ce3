package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final DecoderShape SHAPE =
            new DecoderShape(new Llama(), 262, 64, 2, 4, 2, 96, 24);

    @Test
    void whatIsWrittenIsReadBack(@TempDir Path folder) throws IOException {
        float[] flat = new WeightLayout(SHAPE).initial(new Random(2));
        BytePairEncoding encoding =
                BytePairTrainer.train(
                        new Llama().tokenizer(),
                        List.of(new Document("text", "to be or not to be or to be", false)),
                        SHAPE.vocabulary());
        ModelFolder model = new ModelFolder(folder);
        model.write(SHAPE, encoding, flat);
        assertEquals(SHAPE, model.readShape());
        assertEquals(encoding.merges(), model.readEncoding().merges());
        float[] read = model.readWeights();
        for (int i = 0; i < flat.length; i++) {
            assertEquals(Float.float16ToFloat(Float.floatToFloat16(flat[i])), read[i]);
        }
    }

    @Test
    void aMissingTensorIsNamed(@TempDir Path folder) throws IOException {
        ModelFolder model = new ModelFolder(folder);
        BytePairEncoding encoding = new BytePairEncoding(new Llama().tokenizer(), List.of());
        model.write(SHAPE, encoding, new WeightLayout(SHAPE).initial(new Random(2)));
        Safetensors.write(model.weightsFile(), Map.of(), Safetensors.ElementType.F16, Map.of());
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, model::readWeights);
        assertEquals(true, failure.getMessage().contains("model.embed_tokens.weight"));
    }

    @Test
    void tensorsHaveTheNamesAndShapesOfLlama() {
        List<WeightLayout.NamedTensor> tensors = new WeightLayout(SHAPE).tensors();
        assertEquals(2 + 9 * SHAPE.layers(), tensors.size());
        WeightLayout.NamedTensor key =
                tensors.stream()
                        .filter(t -> t.name().contains("1.self_attn.k_proj"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("model.layers.1.self_attn.k_proj.weight", key.name());
        assertEquals(List.of(32, 64), key.shape());
    }
}
