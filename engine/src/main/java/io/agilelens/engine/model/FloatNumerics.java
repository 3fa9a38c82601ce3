package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model as its checkpoint says: float linears, nothing done to activations. */
public final class FloatNumerics implements Numerics {
    private final List<Map<LinearRole, LinearOperator>> layers = new ArrayList<>();
    private final Optional<LinearOperator> inputProjection;
    private final Optional<LinearOperator> outputProjection;
    private final LinearOperator head;

    /** Packs every weight of the model. */
    public FloatNumerics(
            Model model,
            Kernels kernels,
            WeightPrecision precision,
            Progress progress,
            Cancellation cancellation) {
        ModelWeights weights = model.weights();
        int count = model.config().layers();
        for (int layer = 0; layer < count; layer++) {
            cancellation.check();
            progress.report("packing weights", layer, count);
            Map<LinearRole, LinearOperator> linears = new EnumMap<>(LinearRole.class);
            for (LinearRole role : model.config().roles()) {
                linears.put(role, new FloatLinear(kernels, precision, weights.linear(layer, role)));
            }
            layers.add(linears);
        }
        inputProjection =
                weights.inputProjection()
                        .map(weight -> new FloatLinear(kernels, precision, weight));
        outputProjection =
                weights.outputProjection()
                        .map(weight -> new FloatLinear(kernels, precision, weight));
        head = new FloatLinear(kernels, precision, weights.head());
        progress.report("packing weights", count, count);
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return layers.get(layer).get(role);
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return inputProjection;
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return outputProjection;
    }

    @Override
    public LinearOperator head() {
        return head;
    }
}
