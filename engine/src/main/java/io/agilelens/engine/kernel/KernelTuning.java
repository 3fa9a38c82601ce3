package io.agilelens.engine.kernel;

/**
 * What is faster on a processor where two ways of computing the same compete. The sums of codes are
 * exact in both; what is rounded behind them differs in the last bits.
 *
 * @param tripleFrom inputs that segments of four-bit weights, for 8-bit codes, must have on average
 *     for three weights in a double to be faster than one in a float; {@link #NEVER} if they never
 *     are
 */
public record KernelTuning(int tripleFrom) {

    public static final int NEVER = Integer.MAX_VALUE;

    /**
     * What holds where nothing was measured. Shorter vectors than 256 bits have no conversion from
     * bytes to the two doubles they hold.
     *
     * @param bits of a vector
     */
    static KernelTuning expected(int bits) {
        return new KernelTuning(bits >= 256 ? 96 : NEVER);
    }
}
