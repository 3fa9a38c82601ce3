package io.agilelens.engine.export;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.SoftmaxTransform;
import io.agilelens.engine.model.WeightPrecision;

/**
 * The float part of a bundle's arithmetic. A linear is packed when it is asked for, since only
 * those without codes ever are.
 */
final class FloatRemainder implements Numerics {
    private final Model model;
    private final Kernels kernels;
    private final WeightPrecision precision;
    private final LinearOperator head;

    FloatRemainder(Model model, Kernels kernels, WeightPrecision precision) {
        this.model = model;
        this.kernels = kernels;
        this.precision = precision;
        this.head = pack(model.weights().head());
    }

    private LinearOperator pack(LinearWeight weight) {
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
        return pack(model.weights().linear(layer, role));
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
