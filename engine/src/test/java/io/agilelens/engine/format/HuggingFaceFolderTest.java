package io.agilelens.engine.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceFolderTest {
    @TempDir Path folder;

    @Test
    void opensATinyModel() {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Checkpoint model = Checkpoints.open(folder)) {
            assertEquals("llama", model.config().path("model_type").stringValue());
            assertEquals(2 + 9 * 2 + 1, model.tensors().size());
            assertEquals("safetensors folder", model.format());
            Tensor norm = model.find("model.norm.weight").orElseThrow();
            assertEquals(32, norm.toFloats().length);
            assertTrue(model.find("no.such").isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void opensTheModelsOfTheReferenceKit(String name) {
        try (Checkpoint model = Checkpoints.open(Golden.model(name))) {
            assertTrue(model.tensors().size() > 20);
            for (Tensor tensor : model.tensors()) {
                for (float value : tensor.toFloats()) {
                    assertTrue(Float.isFinite(value));
                }
            }
            assertEquals(
                    name.equals("tiny-bloom")
                            ? "safetensors folder, 3 shards"
                            : "safetensors folder",
                    model.format());
        }
    }
}
