package io.agilelens.engine.quant;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.CodedCacheFormat;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.ResidentLinear;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.SoftmaxTransform;
import io.agilelens.engine.model.StreamedLinear;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link QuantizationPlan} made to run, simulated or on the integer kernels. */
public final class QuantizedNumerics implements Numerics {
    private final List<Layer> layers = new ArrayList<>();
    private final Optional<LinearOperator> inputProjection;
    private final Optional<LinearOperator> outputProjection;
    private final LinearOperator head;
    private final Optional<CacheFormat> cacheFormat;

    private record Layer(
            Map<LinearRole, LinearOperator> linears,
            Map<Site, SiteTransform> sites,
            SoftmaxTransform softmax) {}

    /** As below, where no plan came before. */
    public QuantizedNumerics(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            QuantizationPlan plan,
            Execution execution,
            Progress progress,
            Cancellation cancellation) {
        this(
                model,
                kernels,
                unquantized,
                plan,
                execution,
                new PackedLinears(),
                progress,
                cancellation);
    }

    /**
     * Packs the weights for the kernels. Where a simulated model would not fit into memory as
     * floats, its codes are turned into floats anew on each pass.
     *
     * @param packed what was packed for the plan before; this one's afterwards
     * @param unquantized the model's float arithmetic, which lends the linears that the plan leaves
     *     alone
     * @throws UserException if the plan cannot be executed on integer kernels and that was asked
     *     for
     */
    public QuantizedNumerics(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            QuantizationPlan plan,
            Execution execution,
            PackedLinears packed,
            Progress progress,
            Cancellation cancellation) {
        long missing = packed.keepOnly(model, plan, execution);
        boolean streamed = execution == Execution.SIMULATED && !fits(missing);
        int count = plan.layers().size();
        for (int layer = 0; layer < count; layer++) {
            cancellation.check();
            progress.report("packing weights", layer, count);
            layers.add(
                    layer(
                            model,
                            kernels,
                            unquantized,
                            plan.layers().get(layer),
                            layer,
                            execution,
                            plan.cache(),
                            packed,
                            streamed));
        }
        cacheFormat = plan.cache();
        inputProjection = unquantized.inputProjection();
        outputProjection = unquantized.outputProjection();
        head =
                plan.head()
                        .map(
                                weight ->
                                        packed.head(
                                                () ->
                                                        head(
                                                                model, kernels, weight, execution,
                                                                streamed)))
                        .orElseGet(unquantized::head);
        progress.report("packing weights", count, count);
    }

    /** Whether what so many codes stand for fits into memory as floats. */
    private static boolean fits(long codes) {
        return fits(codes, HeapRoom.now(6 * codes).free());
    }

    /**
     * Room is left for a second copy of the codes, which an export needs to read again what it has
     * written, and a part of the heap for activations.
     *
     * @param codes bytes of all codes, each of which becomes a float of four
     * @param free bytes of heap
     */
    static boolean fits(long codes, long free) {
        return 4 * codes <= (free - codes) * 4 / 5;
    }

    private static Layer layer(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            QuantizationPlan.Layer plan,
            int layer,
            Execution execution,
            Optional<CacheFormat> cache,
            PackedLinears packed,
            boolean streamed) {
        Map<Site, SiteTransform> sites = new EnumMap<>(Site.class);
        Map<LinearRole, LinearOperator> linears = new EnumMap<>(LinearRole.class);
        for (Site site : Site.values()) {
            SiteQuantizer quantizer = quantizer(kernels, model.config(), plan, site);
            IntegerSite integer =
                    execution == Execution.EXECUTED && quantizer != null && site.isLinearInput()
                            ? integerSite(model.config().roles(), plan, site, quantizer, layer)
                            : null;
            sites.put(site, integer != null ? integer : simulated(quantizer));
            for (LinearRole role : model.config().roles()) {
                if (role.input() == site) {
                    LinearOperator linear =
                            plan.weights().containsKey(role)
                                    ? packed.get(
                                            plan,
                                            layer,
                                            role,
                                            execution,
                                            () ->
                                                    linear(
                                                            model, kernels, plan, layer, role,
                                                            integer, execution, streamed))
                                    : unquantized.linear(layer, role);
                    linears.put(role, linear);
                }
            }
        }
        return new Layer(linears, sites, softmax(kernels, plan, layer, execution, cache));
    }

    private static IntegerSite integerSite(
            List<LinearRole> roles,
            QuantizationPlan.Layer plan,
            Site site,
            SiteQuantizer quantizer,
            int layer) {
        for (LinearRole role : roles) {
            if (role.input() == site) {
                QuantizedWeight weight = plan.weights().get(role);
                if (weight == null) {
                    throw new UserException(
                            "execution executed, layer %d, %s: activations are quantized but weights are not: give weights.method rtn, or execution simulated"
                                    .formatted(layer, site));
                }
                return new IntegerSite(quantizer, weight.groupOf(), "layer " + layer + ", " + site);
            }
        }
        throw new IllegalStateException("no linear reads " + site);
    }

    private static SiteQuantizer quantizer(
            Kernels kernels, ModelConfig config, QuantizationPlan.Layer plan, Site site) {
        ActivationQuantizer quantizer = plan.activations().get(site);
        return quantizer == null
                ? null
                : new SiteQuantizer(
                        kernels,
                        config.channels(site),
                        quantizer,
                        Optional.ofNullable(plan.markedActivations().get(site)));
    }

    private static SiteTransform simulated(SiteQuantizer quantizer) {
        return quantizer == null
                ? SiteTransform.NONE
                : (values, marks, workspace) -> {
                    Matrix simulated = workspace.matrix(values.rows(), values.columns());
                    quantizer.simulate(values, marks, simulated);
                    return new Activation.TakenFloats(simulated);
                };
    }

    private static LinearOperator linear(
            Model model,
            Kernels kernels,
            QuantizationPlan.Layer plan,
            int layer,
            LinearRole role,
            IntegerSite integer,
            Execution execution,
            boolean streamed) {
        QuantizedWeight quantized = plan.weights().get(role);
        LinearWeight weight = model.weights().linear(layer, role);
        if (integer != null) {
            return integer.linear(kernels, quantized, weight.biasValues());
        }
        if (execution == Execution.EXECUTED) {
            return new WeightOnlyLinear(kernels, quantized, weight.biasValues());
        }
        if (streamed) {
            return new StreamedLinear(kernels, WeightPrecision.FP32, decoded(weight, quantized));
        }
        return new FloatLinear(
                kernels,
                WeightPrecision.FP32,
                quantized.dequantize(),
                weight.outputs(),
                weight.inputs(),
                weight.biasValues());
    }

    private static LinearOperator head(
            Model model,
            Kernels kernels,
            QuantizedWeight quantized,
            Execution execution,
            boolean streamed) {
        if (execution == Execution.EXECUTED) {
            return ResidentLinear.of(
                    quantized.outputs(),
                    quantized.inputs(),
                    (first, count) ->
                            new WeightOnlyLinear(kernels, quantized.rows(first, count), null));
        }
        LinearWeight weight = decoded(model.weights().head(), quantized);
        return streamed
                ? new StreamedLinear(kernels, WeightPrecision.FP32, weight)
                : ResidentLinear.of(kernels, WeightPrecision.FP32, weight);
    }

    /** A weight as the floats that its codes stand for. */
    private static LinearWeight decoded(LinearWeight weight, QuantizedWeight quantized) {
        return new LinearWeight(
                weight.outputs(),
                weight.inputs(),
                new QuantizedTensor(weight.weight().name(), quantized),
                weight.bias());
    }

    private static SoftmaxTransform softmax(
            Kernels kernels,
            QuantizationPlan.Layer plan,
            int layer,
            Execution execution,
            Optional<CacheFormat> cache) {
        SoftmaxQuantizer quantizer = plan.softmax().orElse(null);
        if (quantizer == null) {
            return SoftmaxTransform.NONE;
        }
        if (execution == Execution.EXECUTED) {
            if (quantizer instanceof Log2Quantizer log2
                    && log2.bits() <= 4
                    && plan.activations().get(Site.VALUE) instanceof ChannelwiseQuantizer values
                    && values.isSymmetric()) {
                if (cache.orElse(null) instanceof CodedCacheFormat) {
                    throw new UserException(
                            "execution executed, layer %d: integer attention shifts values of one scale a head, and cache.method uniform gives each token its own: use cache.method none or half, leave the softmax float, or use execution simulated"
                                    .formatted(layer));
                }
                return new Log2Softmax(kernels, log2, values);
            }
            throw new UserException(
                    "execution executed, layer %d: integer attention needs softmax.method log2 with at most 4 bits and values quantized symmetrically: change that, leave the softmax float, or use execution simulated"
                            .formatted(layer));
        }
        return block -> quantizer.apply(kernels, block);
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return layers.get(layer).linears().get(role);
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

    @Override
    public SiteTransform site(int layer, Site site) {
        return layers.get(layer).sites().get(site);
    }

    @Override
    public Optional<CacheFormat> cacheFormat() {
        return cacheFormat;
    }

    @Override
    public SoftmaxTransform softmax(int layer) {
        return layers.get(layer).softmax();
    }
}
