package io.agilelens.engine.calibrate;

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
import io.agilelens.engine.quant.QuantizedWeight;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A model's float arithmetic in which linears of one layer are replaced by others. */
class PatchedNumerics implements Numerics {
    private final Model model;
    private final Kernels kernels;
    private final Numerics floats;
    private final int layer;
    private final Map<LinearRole, LinearOperator> patches = new EnumMap<>(LinearRole.class);

    PatchedNumerics(Model model, Kernels kernels, Numerics floats, int layer) {
        this.model = model;
        this.kernels = kernels;
        this.floats = floats;
        this.layer = layer;
    }

    /** Replaces a linear by what its codes stand for. */
    void patch(LinearRole role, QuantizedWeight quantized) {
        patch(role, quantized.dequantize());
    }

    /**
     * Replaces a linear's weight, not its bias.
     *
     * @param values {@code [outputs, inputs]}
     */
    void patch(LinearRole role, float[] values) {
        LinearWeight weight = model.weights().linear(layer, role);
        patches.put(
                role,
                new FloatLinear(
                        kernels,
                        WeightPrecision.FP32,
                        values,
                        weight.outputs(),
                        weight.inputs(),
                        weight.biasValues()));
    }

    @Override
    public LinearOperator linear(int asked, LinearRole role) {
        LinearOperator patch = asked == layer ? patches.get(role) : null;
        return patch == null ? floats.linear(asked, role) : patch;
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return floats.inputProjection();
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return floats.outputProjection();
    }

    @Override
    public LinearOperator head() {
        return floats.head();
    }

    @Override
    public SiteTransform site(int asked, Site site) {
        return floats.site(asked, site);
    }

    @Override
    public SoftmaxTransform softmax(int asked) {
        return floats.softmax(asked);
    }
}
