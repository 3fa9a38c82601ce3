package io.agilelens.engine.export;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.WeightPrecision;
import java.util.Optional;

/**
 * The float part of a bundle's arithmetic. A linear is packed when it is asked for, since only
 * those without codes ever are.
 */
final class FloatRemainder implements Numerics {
    private final Model model;
    private final Kernels kernels;
    private final WeightPrecision precision;
    private final Optional<LinearOperator> inputProjection;
    private final Optional<LinearOperator> outputProjection;
    private final LinearOperator head;

    FloatRemainder(Model model, Kernels kernels, WeightPrecision precision) {
        this.model = model;
        this.kernels = kernels;
        this.precision = precision;
        this.inputProjection =
                model.weights()
                        .inputProjection()
                        .map(weight -> new FloatLinear(kernels, precision, weight));
        this.outputProjection =
                model.weights()
                        .outputProjection()
                        .map(weight -> new FloatLinear(kernels, precision, weight));
        this.head = new FloatLinear(kernels, precision, model.weights().head());
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return new FloatLinear(kernels, precision, model.weights().linear(layer, role));
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
