package io.agilelens.engine.quant;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedWeights;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.model.Workspace;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * One site on the integer kernels: turns activations into codes and builds the linears that read
 * them. Four-bit weights run on the packed 4-bit multiplier, wider ones as 8-bit weights; TRIP's
 * factors are shifts of runs of channels.
 */
final class IntegerSite implements SiteTransform {
    /** Fewer weights than this are not worth another thread. */
    private static final int WEIGHTS_PER_PIECE = 1 << 15;

    private final SiteQuantizer quantizer;
    private final int channels;
    private final int[] exponents;
    private final float[] factors;
    private final float[] inverseFactors;
    private final int[] groupOf;
    private final String where;

    /** Of the codes: runs of one group and exponent. */
    private final ChannelOrder order;

    /** Whether that order leaves the channels as they are. */
    private final boolean asTheyAre;

    /**
     * @param groupOf the weight group of each channel, for all linears that read the site
     * @param where layer and site, for the error
     * @throws UserException if the quantizer has a free scale per channel
     */
    IntegerSite(SiteQuantizer quantizer, int[] groupOf, String where) {
        this.quantizer = quantizer;
        this.where = where;
        this.groupOf = groupOf;
        this.channels = groupOf.length;
        this.exponents = exponents(quantizer.quantizer());
        quantizer.marked().ifPresent(this::requireSameExponents);
        this.factors = new float[channels];
        this.inverseFactors = new float[channels];
        for (int c = 0; c < channels; c++) {
            factors[c] = Math.scalb(1f, exponents[c]);
            inverseFactors[c] = Math.scalb(1f, -exponents[c]);
        }
        this.order = ChannelOrder.of(groupOf, exponents);
        this.asTheyAre = order.isNatural();
    }

    private int[] exponents(ActivationQuantizer quantizer) {
        int[] exponents =
                switch (quantizer) {
                    case TripQuantizer trip -> trip.exponents();
                    case TokenwiseQuantizer tokenwise -> tokenwise.exponents();
                    case ChannelwiseQuantizer uniform -> {
                        if (!uniform.isTensorwise()) {
                            throw new UserException(
                                    "%s: activations.granularity channel has a free scale per channel, which integer kernels cannot carry: use tensor, token or method trip, or execution simulated"
                                            .formatted(where));
                        }
                        yield new int[0];
                    }
                };
        return exponents.length == 0 ? new int[channels] : exponents;
    }

    private void requireSameExponents(ActivationQuantizer marked) {
        if (!Arrays.equals(exponents, exponents(marked))) {
            throw new IllegalStateException(where + ": marked tokens have other factors");
        }
    }

    @Override
    public Activation apply(Matrix values, TokenMarks marks, Workspace workspace) {
        int tokens = values.rows();
        byte[] codes = workspace.bytes(tokens * channels);
        float[] scales = new float[tokens];
        int[] zeros = new int[tokens];
        SiteQuantizer.forTokens(
                values,
                (from, to) -> {
                    float[] steps = new float[channels];
                    byte[] unordered = new byte[channels];
                    for (int t = from; t < to; t++) {
                        AffineQuantizer token = ofToken(quantizer.of(marks, t), values, t);
                        // The kernels' codes are signed: unsigned ones move down with their zero.
                        int middle = token.range().signed() ? 0 : 1 << (token.range().bits() - 1);
                        scales[t] = token.scale();
                        zeros[t] = token.zero() - middle;
                        if (t == from || scales[t] != scales[t - 1]) {
                            for (int c = 0; c < channels; c++) {
                                steps[c] = token.scale() * factors[c];
                            }
                        }
                        encode(values, t, token, steps, middle, unordered, codes);
                    }
                });
        return new ActivationCodes(values, marks, quantizer, codes, scales, zeros);
    }

    /** The quantizer of a token in channels of exponent 0. */
    private AffineQuantizer ofToken(ActivationQuantizer quantizer, Matrix values, int token) {
        return switch (quantizer) {
            case TripQuantizer trip -> trip.finest();
            case ChannelwiseQuantizer uniform -> uniform.parameters().getFirst();
            case TokenwiseQuantizer tokenwise ->
                    tokenwise.ofToken(this.quantizer.kernels(), inverseFactors, values, token);
        };
    }

    /**
     * @param unordered room for the codes of a token whose channels are then put in order
     */
    private void encode(
            Matrix values,
            int token,
            AffineQuantizer affine,
            float[] steps,
            int middle,
            byte[] unordered,
            byte[] codes) {
        int start = token * channels;
        quantizer
                .kernels()
                .encode(
                        values.data(),
                        values.offset(token),
                        channels,
                        steps,
                        affine.zero(),
                        affine.range().minimum(),
                        affine.range().maximum(),
                        middle,
                        asTheyAre ? codes : unordered,
                        asTheyAre ? start : 0);
        if (!asTheyAre) {
            order.arrange(unordered, codes, start);
        }
    }

    /**
     * @param bias {@code [outputs]} or null
     * @throws UserException if the groups of the weight are not those of the site
     */
    LinearOperator linear(Kernels kernels, QuantizedWeight weight, float[] bias) {
        if (!Arrays.equals(weight.groupOf(), groupOf)) {
            throw new UserException(
                    "%s: the linears that read it have different groups of channels, which integer kernels cannot carry: use execution simulated"
                            .formatted(where));
        }
        int middle = 1 << (weight.bits() - 1);
        byte[] values = new byte[weight.outputs() * weight.inputs()];
        int[] places = order.channels();
        forOutputs(
                weight,
                o -> {
                    for (int place = 0; place < channels; place++) {
                        values[o * channels + place] =
                                (byte) (weight.code(o, places[place]) - middle);
                    }
                });
        byte[] zeros = new byte[weight.zeros().length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) (weight.zeros()[i] - middle);
        }
        return new IntegerLinear(
                kernels, pack(kernels, weight, values, zeros), scaledSums(weight), bias);
    }

    private PackedWeights pack(
            Kernels kernels, QuantizedWeight weight, byte[] values, byte[] zeros) {
        if (weight.bits() <= 4) {
            return kernels.packInt4(
                    values,
                    weight.outputs(),
                    weight.inputs(),
                    weight.scales(),
                    zeros,
                    order.runStarts(),
                    order.runGroups(),
                    order.runShifts(),
                    quantizer.quantizer().range().bits());
        }
        return kernels.packInt8(
                values,
                weight.outputs(),
                weight.inputs(),
                weight.scales(),
                zeros,
                order.runStarts(),
                order.runGroups(),
                order.runShifts());
    }

    /** For each output what the zero point of the activations is multiplied by. */
    private float[] scaledSums(QuantizedWeight weight) {
        float[] sums = new float[weight.outputs()];
        forOutputs(weight, o -> sums[o] = scaledSum(weight, o));
        return sums;
    }

    private float scaledSum(QuantizedWeight weight, int output) {
        int first = output * weight.groups();
        long[] ofGroup = new long[weight.groups()];
        for (int c = 0; c < channels; c++) {
            int zero = weight.zeros()[first + groupOf[c]];
            ofGroup[groupOf[c]] += (long) (weight.code(output, c) - zero) << exponents[c];
        }
        double total = 0;
        for (int g = 0; g < ofGroup.length; g++) {
            total += (double) weight.scales()[first + g] * ofGroup[g];
        }
        return (float) total;
    }

    private static void forOutputs(QuantizedWeight weight, IntConsumer body) {
        Workers.shared().forEach(weight.outputs(), 1 + WEIGHTS_PER_PIECE / weight.inputs(), body);
    }
}
