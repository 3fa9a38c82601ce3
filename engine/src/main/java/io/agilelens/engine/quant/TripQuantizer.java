package io.agilelens.engine.quant;

import io.agilelens.engine.kernel.Kernels;
import java.util.Arrays;
import java.util.Objects;

/**
 * TRIP, the two-refine quantizer of Agile-Quant: one scale and one zero point for the whole tensor,
 * and for each channel a power of two that the scale is multiplied by. In a matrix product the
 * powers become shifts, so the product stays an integer one (METHOD §2.2).
 *
 * @param base the finest scale
 * @param zero zero point shared by all channels and exponents
 * @param exponents α of each channel, 0…K; the channel's scale is {@code base · 2^α}
 * @param range signed
 */
public record TripQuantizer(float base, int zero, int[] exponents, IntegerRange range)
        implements ActivationQuantizer {

    public TripQuantizer {
        exponents = exponents.clone();
    }

    /** The exponents; a copy. */
    @Override
    public int[] exponents() {
        return exponents.clone();
    }

    public int exponent(int channel) {
        return exponents[channel];
    }

    public int channels() {
        return exponents.length;
    }

    /** The same quantizer with another exponent in one channel. */
    public TripQuantizer withExponent(int channel, int exponent) {
        int[] changed = exponents.clone();
        changed[channel] = exponent;
        return new TripQuantizer(base, zero, changed, range);
    }

    /** The affine quantizer of a channel with exponent {@code exponent}. */
    AffineQuantizer withExponent(int exponent) {
        return finest().shifted(exponent);
    }

    /** The affine quantizer of a channel with exponent 0. */
    AffineQuantizer finest() {
        return new AffineQuantizer(base, zero, range);
    }

    /**
     * The same factors with a scale and a zero point for each token, found while running, so that
     * no activation is cut off.
     */
    public TokenwiseQuantizer tokenwise() {
        return new TokenwiseQuantizer(new IntegerRange(range.bits(), false), exponents);
    }

    /**
     * The quantizer with the same factors and representable range, but fewer bits: a kernel into
     * whose weights the factors were folded can use either.
     */
    public TripQuantizer coarser(float minimum, float maximum, int largest, int bits) {
        return TripFit.unrefined(
                minimum, maximum, largest, exponents, new IntegerRange(bits, range.signed()));
    }

    public int encode(int channel, float x) {
        return range.clamp((float) Math.rint(x / step(channel) + zero));
    }

    @Override
    public TokenSimulation simulation(Kernels kernels, int channels) {
        float[] steps = new float[channels];
        float[] zeros = new float[channels];
        for (int c = 0; c < channels; c++) {
            steps[c] = step(c);
            zeros[c] = zero;
        }
        ChannelGrid grid = new ChannelGrid(steps, zeros, range);
        return (x, token, y) -> grid.simulate(kernels, x, token, y);
    }

    @Override
    public float step(int channel) {
        return Math.scalb(base, exponents[channel]);
    }

    @Override
    public float level(int channel, int code) {
        return (code - zero) * step(channel);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TripQuantizer trip
                && Float.compare(base, trip.base) == 0
                && zero == trip.zero
                && range.equals(trip.range)
                && Arrays.equals(exponents, trip.exponents);
    }

    @Override
    public int hashCode() {
        return Objects.hash(base, zero, range, Arrays.hashCode(exponents));
    }
}
