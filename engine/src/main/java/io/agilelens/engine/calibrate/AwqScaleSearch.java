package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.AwqQuantizer;
import io.agilelens.engine.quant.AwqScales;
import io.agilelens.engine.quant.InputProducts;
import io.agilelens.engine.quant.OutputError;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The scale searches of one decoder layer, each on the layer as it is (METHOD §3). */
final class AwqScaleSearch {
    private final Decoder decoder;
    private final ModelConfig config;
    private final Kernels kernels;
    private final int layer;
    private final List<Matrix> entering;
    private final LayerRecording recording;
    private final Cancellation cancellation;

    /**
     * @param decoder the model unquantized
     * @param entering the residual stream before the layer, a matrix {@code [tokens, hidden]} a
     *     window
     * @param recording of the layer on these windows
     */
    AwqScaleSearch(
            Decoder decoder,
            int layer,
            List<Matrix> entering,
            LayerRecording recording,
            Cancellation cancellation) {
        this.decoder = decoder;
        this.config = decoder.model().config();
        this.kernels = decoder.kernels();
        this.layer = layer;
        this.entering = entering;
        this.recording = recording;
        this.cancellation = cancellation;
    }

    /**
     * @param site one whose scales can be searched for
     * @throws UserException if what comes out is no number
     */
    AwqScales search(Site site, AwqQuantizer quantizer) {
        List<Candidate> candidates = new ArrayList<>();
        for (LinearRole role : config.roles()) {
            if (role.input() == site) {
                candidates.add(new Candidate(role, decoder.model().weights().linear(layer, role)));
            }
        }
        ToDoubleFunction<float[]> loss =
                AwqInspection.at(config, site) == AwqInspection.ITSELF
                        ? lossAtThemselves(site, quantizer, candidates)
                        : scales -> loss(site, quantizer, candidates, scales);
        return AwqScales.search(
                        recording.magnitudes(site),
                        scales -> {
                            cancellation.check();
                            return loss.applyAsDouble(scales);
                        })
                .orElseThrow(
                        () ->
                                new UserException(
                                        "layer %d, %s: AWQ finds no scales, for what comes out is not a number: look for NaN in the weights, or quantize this place with rtn"
                                                .formatted(layer, site)));
    }

    /** A linear that scales are tried on. */
    private final class Candidate {
        private final LinearRole role;
        private final int outputs;
        private final int inputs;
        private final float[] original;
        private final float[] bias;

        /** Overwritten for each ratio. */
        private final float[] simulated;

        Candidate(LinearRole role, LinearWeight weight) {
            this.role = role;
            this.outputs = weight.outputs();
            this.inputs = weight.inputs();
            this.original = weight.values();
            this.bias = weight.biasValues();
            this.simulated = new float[original.length];
        }

        float[] simulate(AwqQuantizer quantizer, float[] scales) {
            quantizer.simulate(kernels, original, outputs, inputs, scales, simulated);
            return simulated;
        }
    }

    private double loss(
            Site site, AwqQuantizer quantizer, List<Candidate> candidates, float[] scales) {
        AwqInspection inspection = AwqInspection.at(config, site);
        Map<LinearRole, LinearOperator> replaced = new EnumMap<>(LinearRole.class);
        for (Candidate linear : candidates) {
            replaced.put(
                    linear.role,
                    new FloatLinear(
                            kernels,
                            WeightPrecision.FP32,
                            linear.simulate(quantizer, scales),
                            linear.outputs,
                            linear.inputs,
                            linear.bias));
        }
        Decoder changed =
                new Decoder(
                        decoder.model(),
                        kernels,
                        new ReplacedLinears(decoder.numerics(), layer, replaced));
        double sum = 0;
        long count = 0;
        for (int window = 0; window < entering.size(); window++) {
            cancellation.check();
            sum += squaredDifference(changed, site, inspection, window);
            count += (long) entering.get(window).rows() * config.hiddenSize();
        }
        return sum / count;
    }

    /** The summed loss of linears that are inspected at their own outputs. */
    private ToDoubleFunction<float[]> lossAtThemselves(
            Site site, AwqQuantizer quantizer, List<Candidate> candidates) {
        List<Matrix> inputs = recording.inputs(site);
        if (!InputProducts.pay(inputs)) {
            return scales ->
                    candidates.stream()
                            .mapToDouble(
                                    linear ->
                                            OutputError.meanOfSquares(
                                                    kernels,
                                                    linear.original,
                                                    linear.simulate(quantizer, scales),
                                                    linear.outputs,
                                                    inputs))
                            .sum();
        }
        InputProducts products = InputProducts.of(kernels, inputs, cancellation);
        int largest =
                candidates.stream().mapToInt(linear -> linear.original.length).max().orElse(0);
        float[] room = new float[largest];
        return scales ->
                candidates.stream()
                        .mapToDouble(
                                linear ->
                                        OutputError.meanOfSquares(
                                                kernels,
                                                linear.original,
                                                linear.simulate(quantizer, scales),
                                                linear.outputs,
                                                products,
                                                room))
                        .sum();
    }

    /** How far what is inspected is from what the unquantized layer gives, on one window. */
    private double squaredDifference(
            Decoder changed, Site site, AwqInspection inspection, int window) {
        double[] squares = new double[1];
        Probe probe =
                new Probe() {
                    @Override
                    public void attentionAdded(int of, Matrix added) {
                        if (inspection == AwqInspection.ATTENTION) {
                            squares[0] =
                                    OutputError.sumOfSquares(
                                            added, recording.attention().get(window));
                        }
                    }

                    @Override
                    public void mlpAdded(int of, Matrix added) {
                        if (inspection == AwqInspection.MLP) {
                            squares[0] =
                                    OutputError.sumOfSquares(added, recording.mlp().get(window));
                        }
                    }

                    @Override
                    public void layerOutput(int of, Matrix residual) {
                        if (inspection == AwqInspection.LAYER) {
                            squares[0] =
                                    OutputError.sumOfSquares(
                                            residual, recording.leaving().get(window));
                        }
                    }
                };
        Matrix middle =
                site == Site.ATTN_INPUT
                        ? changed.attention(layer, entering.get(window), probe)
                        : recording.middle().get(window);
        if (inspection != AwqInspection.ATTENTION) {
            changed.mlp(layer, middle, probe);
        }
        return squares[0];
    }
}
