package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models with AWQ's and SmoothQuant's scales folded in, exported and opened again. */
class FoldedExportTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final int[] TEXT = new Random(5).ints(40, 0, 250).toArray();

    /** One linear stays float, so that its folded weight is carried as well. */
    private static final String RECIPE =
            """
            {"weights": {"method": "awq", "bits": 4, "group": 12},
             "smoothing": {"method": "smoothquant"},
             "overrides": [{"layers": [2], "sites": ["MLP_HIDDEN", "ATTN_INPUT"],
                            "weights": {"method": "none"}}]}
            """;

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void theNativeBundleGivesTheSameLogits(TinyFamily family) throws IOException {
        Path source = family.write(Files.createDirectory(folder.resolve("source")));
        Path target = folder.resolve("bundle");
        var calibration =
                new Calibration("random", List.of(new Random(9).ints(60, 0, 250).toArray()));
        try (Model model = Model.open(Checkpoints.open(source))) {
            var floats = FloatDecoders.numerics(model, KERNELS);
            TunedModel tuned =
                    new RecipeFitter(model, KERNELS, floats, calibration)
                            .fit(
                                    RecipeJson.parse(RECIPE, "test"),
                                    Progress.NONE,
                                    Cancellation.never());
            Exporter.write(
                    new ExportSource(tuned, calibration, WeightPrecision.FP32, TEXT),
                    new ExportFormat.Native(),
                    target,
                    false,
                    Progress.NONE,
                    Cancellation.never());
            try (NativeBundleReader.Bundle bundle = NativeBundleReader.open(target)) {
                Decoder again =
                        bundle.run(
                                        KERNELS,
                                        WeightPrecision.FP32,
                                        Progress.NONE,
                                        Cancellation.never())
                                .decoder();
                assertArrayEquals(logits(tuned.decoder()), logits(again));
                assertEquals(
                        family.architecture() == Architecture.BLOOM,
                        bundle.model()
                                .checkpoint()
                                .find("transformer.h.1.mlp.gelu_impl.scales")
                                .isPresent());
            }
        }
    }

    private static float[] logits(Decoder decoder) {
        return decoder.logits(decoder.run(TEXT, Cancellation.never()).hidden(), 0, TEXT.length)
                .data();
    }
}
