package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelFolderTest {
    private static final DecoderShape LLAMA =
            new DecoderShape(new Llama(), 262, 64, 2, 4, 2, 96, 24);
    private static final DecoderShape OPT = new DecoderShape(new Opt(), 262, 64, 2, 4, 4, 96, 24);
    private static final DecoderShape BLOOM =
            new DecoderShape(new Bloom(), 262, 64, 2, 4, 4, 256, 24);
    private static final List<DecoderShape> SHAPES = List.of(LLAMA, OPT, BLOOM);

    @ParameterizedTest
    @FieldSource("SHAPES")
    void whatIsWrittenIsReadBack(DecoderShape shape, @TempDir Path folder) throws IOException {
        float[] flat = new WeightLayout(shape).initial(new Random(2));
        BytePairEncoding encoding =
                BytePairTrainer.train(
                        shape.architecture().tokenizer(),
                        List.of(new Document("text", "to be or not to be or to be", false)),
                        shape.vocabulary());
        ModelFolder model = new ModelFolder(folder);
        model.write(shape, encoding, flat);
        assertEquals(shape, model.readShape());
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
        model.write(LLAMA, encoding, new WeightLayout(LLAMA).initial(new Random(2)));
        Safetensors.write(model.weightsFile(), Map.of(), Safetensors.ElementType.F16, Map.of());
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, model::readWeights);
        assertTrue(failure.getMessage().contains("model.embed_tokens.weight"));
    }

    @Test
    void tensorsHaveTheNamesAndShapesOfLlama() {
        List<WeightLayout.NamedTensor> tensors = new WeightLayout(LLAMA).tensors();
        assertEquals(2 + 9 * LLAMA.layers(), tensors.size());
        WeightLayout.NamedTensor key =
                tensors.stream()
                        .filter(t -> t.name().contains("1.self_attn.k_proj"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("model.layers.1.self_attn.k_proj.weight", key.name());
        assertEquals(List.of(32, 64), key.shape());
    }

    @Test
    void tensorsHaveTheNamesAndShapesOfOpt() {
        Map<String, List<Integer>> tensors = shapes(OPT);
        assertEquals(2 + 16 * OPT.layers() + 2, tensors.size());
        assertEquals(List.of(262, 64), tensors.get("model.decoder.embed_tokens.weight"));
        assertEquals(List.of(24 + 2, 64), tensors.get("model.decoder.embed_positions.weight"));
        String layer = "model.decoder.layers.1.";
        for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
            String name = layer + "self_attn." + projection;
            assertEquals(List.of(64, 64), tensors.get(name + ".weight"));
            assertEquals(List.of(64), tensors.get(name + ".bias"));
        }
        assertEquals(List.of(96, 64), tensors.get(layer + "fc1.weight"));
        assertEquals(List.of(96), tensors.get(layer + "fc1.bias"));
        assertEquals(List.of(64, 96), tensors.get(layer + "fc2.weight"));
        assertEquals(List.of(64), tensors.get(layer + "fc2.bias"));
        for (String norm :
                List.of(
                        layer + "self_attn_layer_norm",
                        layer + "final_layer_norm",
                        "model.decoder.final_layer_norm")) {
            assertEquals(List.of(64), tensors.get(norm + ".weight"));
            assertEquals(List.of(64), tensors.get(norm + ".bias"));
        }
    }

    @Test
    void tensorsHaveTheNamesAndShapesOfBloom() {
        Map<String, List<Integer>> tensors = shapes(BLOOM);
        assertEquals(3 + 12 * BLOOM.layers() + 2, tensors.size());
        assertEquals(List.of(262, 64), tensors.get("transformer.word_embeddings.weight"));
        String layer = "transformer.h.1.";
        String fused = layer + "self_attention.query_key_value";
        assertEquals(List.of(192, 64), tensors.get(fused + ".weight"));
        assertEquals(List.of(192), tensors.get(fused + ".bias"));
        assertEquals(List.of(64, 64), tensors.get(layer + "self_attention.dense.weight"));
        assertEquals(List.of(64), tensors.get(layer + "self_attention.dense.bias"));
        assertEquals(List.of(256, 64), tensors.get(layer + "mlp.dense_h_to_4h.weight"));
        assertEquals(List.of(256), tensors.get(layer + "mlp.dense_h_to_4h.bias"));
        assertEquals(List.of(64, 256), tensors.get(layer + "mlp.dense_4h_to_h.weight"));
        assertEquals(List.of(64), tensors.get(layer + "mlp.dense_4h_to_h.bias"));
        for (String norm :
                List.of(
                        "transformer.word_embeddings_layernorm",
                        layer + "input_layernorm",
                        layer + "post_attention_layernorm",
                        "transformer.ln_f")) {
            assertEquals(List.of(64), tensors.get(norm + ".weight"));
            assertEquals(List.of(64), tensors.get(norm + ".bias"));
        }
    }

    @Test
    void theConfigurationOfOptIsSpeltAsPublished(@TempDir Path folder) throws IOException {
        JsonNode config = config(OPT, folder);
        assertEquals("OPTForCausalLM", config.get("architectures").get(0).asString());
        assertEquals("opt", config.get("model_type").asString());
        assertEquals(96, config.get("ffn_dim").asInt());
        assertEquals(64, config.get("word_embed_proj_dim").asInt());
        assertEquals(24, config.get("max_position_embeddings").asInt());
        assertEquals("relu", config.get("activation_function").asString());
        assertTrue(config.get("do_layer_norm_before").asBoolean());
        assertTrue(config.get("enable_bias").asBoolean());
        assertTrue(config.get("layer_norm_elementwise_affine").asBoolean());
        assertFalse(config.get("_remove_final_layer_norm").asBoolean());
        assertEquals("</s>", config.get("prefix").asString());
        assertEquals(
                List.of(2, 2, 1),
                Stream.of("bos_token_id", "eos_token_id", "pad_token_id")
                        .map(key -> config.get(key).asInt())
                        .toList());
    }

    @Test
    void theConfigurationOfBloomIsSpeltAsPublished(@TempDir Path folder) throws IOException {
        JsonNode config = config(BLOOM, folder);
        assertEquals("BloomForCausalLM", config.get("architectures").get(0).asString());
        assertEquals("bloom", config.get("model_type").asString());
        assertEquals(2, config.get("n_layer").asInt());
        assertEquals(4, config.get("n_head").asInt());
        assertEquals(64, config.get("hidden_size").asInt());
        assertEquals(24, config.get("seq_length").asInt());
        assertEquals(1e-5, config.get("layer_norm_epsilon").asDouble());
        assertFalse(config.get("apply_residual_connection_post_layernorm").asBoolean());
        assertEquals(
                List.of(1, 2, 3, 0),
                Stream.of("bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id")
                        .map(key -> config.get(key).asInt())
                        .toList());
    }

    private static Map<String, List<Integer>> shapes(DecoderShape shape) {
        return new WeightLayout(shape)
                .tensors().stream()
                        .collect(
                                Collectors.toMap(
                                        WeightLayout.NamedTensor::name,
                                        WeightLayout.NamedTensor::shape));
    }

    private static JsonNode config(DecoderShape shape, Path folder) throws IOException {
        BytePairEncoding encoding =
                new BytePairEncoding(shape.architecture().tokenizer(), List.of());
        new ModelFolder(folder).write(shape, encoding, new float[new WeightLayout(shape).size()]);
        return new JsonMapper().readTree(folder.resolve("config.json"));
    }
}
