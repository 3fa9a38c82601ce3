package io.agilelens.engine.export;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Small models tuned for tests of exports. */
public final class TunedModels {
    public static final int[] TEXT = new Random(5).ints(40, 0, 250).toArray();

    private TunedModels() {}

    public static TunedModel tune(Model model, String recipe) {
        Kernels kernels = KernelProvider.current().kernels();
        var floats = FloatDecoders.numerics(model, kernels);
        return new RecipeFitter(model, kernels, floats, calibration())
                .fit(RecipeJson.parse(recipe, "test"), Progress.NONE, Cancellation.never());
    }

    /** A recipe that quantizes weights only, round to nearest. */
    public static String weights(int bits, int group, boolean symmetric) {
        return "{\"weights\":{\"method\":\"rtn\",\"bits\":%d,\"group\":%d,\"symmetric\":%s}}"
                .formatted(bits, group, symmetric);
    }

    public static Calibration calibration() {
        return new Calibration("random ids", List.of(new Random(9).ints(60, 0, 250).toArray()));
    }

    /** Runs a model with another plan. */
    static Decoder decoder(TunedModel tuned, QuantizationPlan plan) {
        var floats = FloatDecoders.numerics(tuned.model(), tuned.kernels());
        return new Decoder(
                tuned.model(),
                tuned.kernels(),
                new QuantizedNumerics(
                        tuned.model(),
                        tuned.kernels(),
                        floats,
                        plan,
                        tuned.recipe().execution(),
                        Progress.NONE,
                        Cancellation.never()));
    }

    public static ExportSource source(TunedModel tuned) {
        return new ExportSource(tuned, calibration(), WeightPrecision.FP32, TEXT);
    }

    public static ExportReport write(TunedModel tuned, ExportFormat format, Path target) {
        return write(tuned, format, target, false);
    }

    public static ExportReport write(
            TunedModel tuned, ExportFormat format, Path target, boolean replace) {
        return Exporter.write(
                source(tuned), format, target, replace, Progress.NONE, Cancellation.never());
    }
}
