package io.agilelens.app.conformance;

import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Models of the kit, each opened once, in FP32 on the kernels of this machine. */
final class KitModels implements AutoCloseable {
    private static final Set<String> ARCHITECTURES = Set.of("llama");

    private final Kernels kernels = KernelProvider.current().kernels();
    private final Map<Path, Decoder> decoders = new HashMap<>();

    /** Whether this program runs the model's architecture. */
    boolean runs(Path folder) {
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            return ARCHITECTURES.contains(checkpoint.config().path("model_type").asString(""));
        }
    }

    Decoder decoder(Path folder) {
        return decoders.computeIfAbsent(folder, this::open);
    }

    private Decoder open(Path folder) {
        Model model = Model.open(Checkpoints.open(folder));
        var floats =
                new FloatNumerics(
                        model, kernels, WeightPrecision.FP32, Progress.NONE, Cancellation.never());
        return new Decoder(model, kernels, floats);
    }

    /** Fits a recipe on the calibration windows of the kit. */
    TunedModel tune(Path folder, Recipe recipe, List<int[]> calibration) {
        Decoder decoder = decoder(folder);
        return new RecipeFitter(
                        decoder.model(),
                        kernels,
                        decoder.numerics(),
                        new Calibration("the kit", calibration))
                .fit(recipe, Progress.NONE, Cancellation.never());
    }

    @Override
    public void close() {
        decoders.values().forEach(decoder -> decoder.model().close());
    }
}
