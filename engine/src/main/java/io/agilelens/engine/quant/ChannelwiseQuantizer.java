package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import java.util.List;

/**
 * Uniform quantization with one set of parameters for each run of {@code width} channels: one
 * channel (the published default for linear inputs), one head (for queries, keys and values), or
 * the whole tensor.
 *
 * @param parameters one for each run of channels
 * @param width channels that share parameters
 */
public record ChannelwiseQuantizer(List<AffineQuantizer> parameters, int width)
        implements ActivationQuantizer {

    public ChannelwiseQuantizer {
        parameters = List.copyOf(parameters);
    }

    /**
     * Fits parameters, symmetric ones if codes are signed.
     *
     * @param minimum of each channel
     * @param maximum of each channel
     * @param width channels that share parameters, a divisor of their number
     */
    public static ChannelwiseQuantizer fit(
            float[] minimum, float[] maximum, int width, IntegerRange range) {
        AffineQuantizer[] parameters = new AffineQuantizer[minimum.length / width];
        for (int run = 0; run < parameters.length; run++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int c = run * width; c < (run + 1) * width; c++) {
                low = Math.min(low, minimum[c]);
                high = Math.max(high, maximum[c]);
            }
            parameters[run] = AffineQuantizer.fit(low, high, range);
        }
        return new ChannelwiseQuantizer(List.of(parameters), width);
    }

    /** Whether all zero points are 0. */
    boolean isSymmetric() {
        return parameters.stream().allMatch(quantizer -> quantizer.zero() == 0);
    }

    /** Whether all channels share one scale, which integer kernels need. */
    public boolean isTensorwise() {
        return parameters.size() == 1;
    }

    @Override
    public IntegerRange range() {
        return parameters.getFirst().range();
    }

    @Override
    public TokenSimulation simulation(Kernels kernels, int channels) {
        float[] steps = new float[channels];
        float[] zeros = new float[channels];
        for (int c = 0; c < channels; c++) {
            AffineQuantizer quantizer = parameters.get(c / width);
            steps[c] = quantizer.scale();
            zeros[c] = quantizer.zero();
        }
        ChannelGrid grid = new ChannelGrid(steps, zeros, range());
        return (x, token, y) -> grid.simulate(kernels, x, token, y);
    }

    @Override
    public float step(int channel) {
        return parameters.get(channel / width).scale();
    }

    @Override
    public float level(int channel, int code) {
        return parameters.get(channel / width).decode(code);
    }
}
