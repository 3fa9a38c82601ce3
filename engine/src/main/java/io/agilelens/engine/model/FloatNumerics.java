package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The model as its checkpoint says: float linears, nothing done to activations. Safe for several
 * threads.
 */
public final class FloatNumerics implements Numerics {
    private final ModelWeights weights;
    private final Kernels kernels;
    private final WeightPlacement placement;
    private final List<Map<LinearRole, LinearOperator>> layers = new ArrayList<>();
    private Optional<LinearOperator> inputProjection;
    private Optional<LinearOperator> outputProjection;
    private LinearOperator head;

    private FloatNumerics(Model model, Kernels kernels, WeightPlacement placement) {
        this.weights = model.weights();
        this.kernels = kernels;
        this.placement = placement;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            layers.add(new EnumMap<>(LinearRole.class));
        }
    }

    /** Packs every weight of the model. */
    public FloatNumerics(
            Model model,
            Kernels kernels,
            WeightPrecision precision,
            Progress progress,
            Cancellation cancellation) {
        this(model, kernels, WeightPlacement.inMemory(precision), progress, cancellation);
    }

    /** Packs the weights that are to stand in memory. */
    public FloatNumerics(
            Model model,
            Kernels kernels,
            WeightPlacement placement,
            Progress progress,
            Cancellation cancellation) {
        this(model, kernels, placement);
        int count = layers.size();
        for (int layer = 0; layer < count; layer++) {
            cancellation.check();
            progress.report("packing weights", layer, count);
            for (LinearRole role : model.config().roles()) {
                linear(layer, role);
            }
        }
        inputProjection();
        outputProjection();
        head();
        progress.report("packing weights", count, count);
    }

    /** Packs a weight when it is first asked for, for users that need few of them. */
    public static FloatNumerics whenAsked(Model model, Kernels kernels, WeightPlacement placement) {
        return new FloatNumerics(model, kernels, placement);
    }

    /** Where the weights stand. */
    public WeightPlacement placement() {
        return placement;
    }

    @Override
    public synchronized LinearOperator linear(int layer, LinearRole role) {
        return layers.get(layer)
                .computeIfAbsent(
                        role,
                        _ ->
                                operator(
                                        weights.linear(layer, role),
                                        layer < placement.layersInMemory()));
    }

    @Override
    public synchronized Optional<LinearOperator> inputProjection() {
        if (inputProjection == null) {
            inputProjection = weights.inputProjection().map(this::projection);
        }
        return inputProjection;
    }

    @Override
    public synchronized Optional<LinearOperator> outputProjection() {
        if (outputProjection == null) {
            outputProjection = weights.outputProjection().map(this::projection);
        }
        return outputProjection;
    }

    /** They are small beside a layer and stand where the head does. */
    private LinearOperator projection(LinearWeight weight) {
        return operator(weight, placement.headInMemory());
    }

    @Override
    public synchronized LinearOperator head() {
        if (head == null) {
            head = operator(weights.head(), placement.headInMemory());
        }
        return head;
    }

    private LinearOperator operator(LinearWeight weight, boolean inMemory) {
        WeightPrecision precision = weight.kept(placement.precision());
        return inMemory
                ? ResidentLinear.of(kernels, precision, weight)
                : new StreamedLinear(kernels, precision, weight);
    }
}
