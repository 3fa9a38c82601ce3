package io.agilelens.engine.kernel;

/**
 * What is faster on a processor where two ways of computing the same compete.
 *
 * @param tripleFrom inputs that segments of four-bit weights, for 8-bit codes, must have on average
 *     for three weights in a double to be faster than one in a float; {@link #NEVER} if they never
 *     are; the results of both differ in the last bits
 * @param streams panels of half-precision weights that one token is multiplied with in turns,
 *     {@link #ONE_STREAM} or {@link #MORE_STREAMS}: some processors fetch one long stream of bytes
 *     fastest, others several; the results are the same
 */
public record KernelTuning(int tripleFrom, int streams) {

    public static final int NEVER = Integer.MAX_VALUE;

    public static final int ONE_STREAM = 1;

    public static final int MORE_STREAMS = 4;

    /** Of the kernels that compete; what was measured with those of another one says nothing. */
    public static final int GENERATION = 3;

    public KernelTuning {
        if (tripleFrom < 0 || streams != ONE_STREAM && streams != MORE_STREAMS) {
            throw new IllegalArgumentException(tripleFrom + " inputs, " + streams + " streams");
        }
    }

    /**
     * What holds where nothing was measured. Of the processors measured, one was up to 1.3 times as
     * fast with more streams, the other up to 1.8 times with one.
     *
     * @param bits of a vector
     */
    static KernelTuning expected(int bits) {
        return new KernelTuning(bits == 256 ? 96 : NEVER, ONE_STREAM);
    }
}
