package io.agilelens.engine;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;

/** Models in float32, as they are. */
public final class FloatDecoders {
    private FloatDecoders() {}

    /** On the kernels in use. */
    public static Decoder of(Model model) {
        return of(model, KernelProvider.current().kernels());
    }

    public static Decoder of(Model model, Kernels kernels) {
        return new Decoder(model, kernels, numerics(model, kernels));
    }

    public static FloatNumerics numerics(Model model, Kernels kernels) {
        return new FloatNumerics(
                model, kernels, WeightPrecision.FP32, Progress.NONE, Cancellation.never());
    }
}
