package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The model as its checkpoint says: float linears, nothing done to activations. */
public final class FloatNumerics implements Numerics {
    private final List<Map<LinearRole, LinearOperator>> layers = new ArrayList<>();
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
            for (LinearRole role : LinearRole.values()) {
                linears.put(role, pack(weights.linear(layer, role), kernels, precision));
            }
            layers.add(linears);
        }
        head = pack(weights.head(), kernels, precision);
        progress.report("packing weights", count, count);
    }

    private static LinearOperator pack(
            LinearWeight weight, Kernels kernels, WeightPrecision precision) {
        return new FloatLinear(
                kernels,
                precision,
                weight.values(),
                weight.outputs(),
                weight.inputs(),
                weight.biasValues());
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return layers.get(layer).get(role);
    }

    @Override
    public LinearOperator head() {
        return head;
    }

    @Override
    public SiteTransform site(int layer, Site site) {
        return SiteTransform.NONE;
    }

    @Override
    public SoftmaxTransform softmax(int layer) {
        return SoftmaxTransform.NONE;
    }
}
