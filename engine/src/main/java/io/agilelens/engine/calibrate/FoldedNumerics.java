package io.agilelens.engine.calibrate;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.model.WeightPrecision;
import java.util.Optional;

/**
 * The float arithmetic of a model with scales folded in. Linears that the scales leave alone are
 * those of the model as it was; the others are packed when they are first asked for, which for
 * linears that become quantized is never.
 */
final class FoldedNumerics implements Numerics {
    private final Model model;
    private final Folding folding;
    private final Numerics unfolded;
    private final Numerics scaled;

    /**
     * @param model with the scales folded in
     * @param unfolded the arithmetic of the model without
     */
    FoldedNumerics(Model model, Folding folding, Kernels kernels, Numerics unfolded) {
        this.model = model;
        this.folding = folding;
        this.unfolded = unfolded;
        this.scaled = FloatNumerics.whenAsked(model, kernels, placement());
    }

    /** In memory if all fit there, and a part of the heap is left for activations. */
    private WeightPlacement placement() {
        long bytes = 0;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                LinearWeight weight = model.weights().linear(layer, role);
                if (folding.changes(model.config(), layer, role)) {
                    bytes += (long) Float.BYTES * weight.outputs() * weight.inputs();
                }
            }
        }
        return bytes <= HeapRoom.now(bytes * 5 / 4).free() * 4 / 5
                ? WeightPlacement.inMemory(WeightPrecision.FP32)
                : WeightPlacement.streamed(WeightPrecision.FP32);
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return (folding.changes(model.config(), layer, role) ? scaled : unfolded)
                .linear(layer, role);
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return unfolded.inputProjection();
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return unfolded.outputProjection();
    }

    @Override
    public LinearOperator head() {
        return unfolded.head();
    }
}
