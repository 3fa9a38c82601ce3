package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tokenizer.Tokenizer;
import io.agilelens.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tuned model that came from a GGUF file takes its tokenizer along. */
class BundleFromGgufTest {
    private static final int[] TEXT = new Random(5).ints(40, 0, 250).toArray();

    @TempDir Path folder;

    @Test
    void aBundleHasTheTokenizerOfTheFile() throws IOException {
        Path file = folder.resolve("model.gguf");
        Path source = Files.createDirectory(folder.resolve("source"));
        TinyModels.write(source, TinyModels.Dimensions.small());
        try (Checkpoint original = Checkpoints.open(source)) {
            GgufExport.llama(original, Encoding.Q8_0, "gpt-2").write(file);
        }
        Path target = folder.resolve("bundle");
        Calibration calibration =
                new Calibration("random ids", List.of(new Random(9).ints(60, 0, 250).toArray()));
        Kernels kernels = KernelProvider.current().kernels();
        try (Model model = Model.open(Checkpoints.open(file))) {
            var floats = FloatDecoders.numerics(model, kernels);
            TunedModel tuned =
                    new RecipeFitter(model, kernels, floats, calibration)
                            .fit(
                                    RecipeJson.parse(
                                            "{\"weights\":{\"method\":\"rtn\",\"bits\":4}}",
                                            "test"),
                                    Progress.NONE,
                                    Cancellation.never());
            Exporter.write(
                    new ExportSource(tuned, calibration, WeightPrecision.FP32, TEXT),
                    new ExportFormat.Native(),
                    target,
                    false,
                    Progress.NONE,
                    Cancellation.never());
            try (var bundle = NativeBundleReader.open(target);
                    Tokenizer tokenizer = Tokenizers.forCheckpoint(bundle.model().checkpoint())) {
                assertEquals("native bundle", bundle.model().checkpoint().format());
                String text = "the thing in the inn";
                assertArrayEquals(
                        model.tokenizer().encode(text, true), tokenizer.encode(text, true));
            }
        }
    }
}
