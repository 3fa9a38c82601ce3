package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.format.packed.PackedModels;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that come in packed run, and go out again, as the floats that they stand for. */
class PackedSourceTest {
    private static final int[] TEXT = new Random(5).ints(40, 0, 250).toArray();

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void givesTheLogitsOfItsFloats(PackedModels.Kind kind) throws IOException {
        assertLogitsOfItsFloats(PackedModels.write(folder, kind), kind);
    }

    @ParameterizedTest
    @EnumSource
    void soDoesAnOpt(PackedModels.Kind kind) throws IOException {
        assertLogitsOfItsFloats(
                PackedModels.write(folder, kind, TinyFamily.OPT_PACKABLE::write), kind);
    }

    @ParameterizedTest
    @EnumSource
    void soDoesABloom(PackedModels.Kind kind) throws IOException {
        assertLogitsOfItsFloats(
                PackedModels.write(folder, kind, TinyFamily.BLOOM_PACKABLE::write), kind);
    }

    private void assertLogitsOfItsFloats(Path packed, PackedModels.Kind kind) {
        try (Model model = Model.open(Checkpoints.open(packed));
                Model plain = Model.open(Checkpoints.open(folder.resolve("float")))) {
            assertEquals("safetensors folder, " + kind.storage(), model.checkpoint().format());
            float[] logits = logits(model);
            assertTrue(Arrays.equals(logits(plain), logits));
            for (float logit : logits) {
                assertTrue(Float.isFinite(logit));
            }
        }
    }

    /** The write itself compares all logits with those of the model in memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16},\"activations\":{\"method\":\"trip\",\"bits\":8}}"
            })
    void becomesANativeBundle(String recipe) throws IOException {
        Path packed = PackedModels.write(folder, PackedModels.Kind.AWQ);
        Path target = folder.resolve("bundle");
        Kernels kernels = KernelProvider.current().kernels();
        try (Model model = Model.open(Checkpoints.open(packed))) {
            var calibration =
                    new Calibration(
                            "random ids", List.of(new Random(9).ints(60, 0, 250).toArray()));
            TunedModel tuned =
                    new RecipeFitter(
                                    model,
                                    kernels,
                                    FloatDecoders.numerics(model, kernels),
                                    calibration)
                            .fit(
                                    RecipeJson.parse(recipe, "test"),
                                    Progress.NONE,
                                    Cancellation.never());
            var written =
                    Exporter.write(
                            new ExportSource(tuned, calibration, WeightPrecision.FP32, TEXT),
                            new ExportFormat.Native(),
                            target,
                            false,
                            Progress.NONE,
                            Cancellation.never());
            assertEquals(TEXT.length, written.logits().tokens());
        }
        try (var bundle = NativeBundleReader.open(target)) {
            assertEquals(
                    "llama", bundle.model().checkpoint().config().path("model_type").asString());
        }
    }

    @Test
    void isCopiedAsFloats() throws IOException {
        Path packed = PackedModels.write(folder, PackedModels.Kind.GPTQ);
        Path file = folder.resolve("copy.safetensors");
        try (Checkpoint open = Checkpoints.open(packed)) {
            SafetensorsWriter writer = new SafetensorsWriter();
            open.tensors().forEach(writer::add);
            writer.write(file);
            try (SafetensorsFile copy = SafetensorsFile.open(file)) {
                assertEquals(open.tensors().size(), copy.tensors().size());
                for (Tensor tensor : open.tensors()) {
                    DenseTensor found = (DenseTensor) copy.find(tensor.name()).orElseThrow();
                    assertEquals(DType.F32, found.dtype());
                    assertTrue(Arrays.equals(tensor.toFloats(), found.toFloats()));
                }
            }
        }
    }

    private static float[] logits(Model model) {
        Kernels kernels = KernelProvider.current().kernels();
        Decoder decoder = FloatDecoders.of(model, kernels);
        Decoder.Pass pass =
                decoder.run(TEXT, null, TokenPruner.NONE, Probe.NONE, Cancellation.never());
        return decoder.logits(pass.hidden(), 0, pass.hidden().rows()).data();
    }
}
