package io.agilelens.engine.kernel;

/**
 * What is faster on a processor where two ways of computing the same compete. Their results differ
 * in the last bits.
 *
 * @param tripleFrom inputs that segments of four-bit weights, for 8-bit codes, must have on average
 *     for three weights in a double to be faster than one in a float; {@link #NEVER} if they never
 *     are
 */
public record KernelTuning(int tripleFrom) {

    public static final int NEVER = Integer.MAX_VALUE;

    /** Of the kernels that compete; what was measured with those of another one says nothing. */
    public static final int GENERATION = 2;

    /**
     * What holds where nothing was measured, and held on one processor where something was.
     *
     * @param bits of a vector
     */
    static KernelTuning expected(int bits) {
        return new KernelTuning(bits == 256 ? 96 : NEVER);
    }
}
