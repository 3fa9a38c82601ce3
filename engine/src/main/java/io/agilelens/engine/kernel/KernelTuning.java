package io.agilelens.engine.kernel;

/**
 * What is faster on a processor where several ways of computing the same compete. Those of
 * multiplying four-bit weights go by the inputs that segments have on average: what is done at the
 * end of each is the price of what is gained within. Results of different ways may differ in the
 * last bits.
 *
 * @param shortFromEight from which length on 16-bit integers are faster than one weight in a float
 *     and three in a double, for codes of more than 4 bits; {@link #NEVER} if they never are
 * @param shortFromFour from which length on they are faster than two in a float, for codes of up to
 *     4 bits
 * @param tripleFrom from which length on three weights in a double are faster than one in a float
 * @param streams panels of half-precision weights that one token is multiplied with in turns,
 *     {@link #ONE_STREAM} or {@link #MORE_STREAMS}: some processors fetch one long stream of bytes
 *     fastest, others several; the results are the same
 */
public record KernelTuning(int shortFromEight, int shortFromFour, int tripleFrom, int streams) {

    public static final int NEVER = Integer.MAX_VALUE;

    public static final int ONE_STREAM = 1;

    public static final int MORE_STREAMS = 4;

    /** Of the kernels that compete; what was measured with those of another one says nothing. */
    public static final int GENERATION = 4;

    public KernelTuning {
        if (shortFromEight < 0
                || shortFromFour < 0
                || tripleFrom < 0
                || streams != ONE_STREAM && streams != MORE_STREAMS) {
            throw new IllegalArgumentException(
                    "%d, %d, %d inputs, %d streams"
                            .formatted(shortFromEight, shortFromFour, tripleFrom, streams));
        }
    }

    /**
     * What holds where nothing was measured. Of the processors measured, one was up to 1.3 times as
     * fast with more streams, the other up to 1.8 times with one. Only one of them was measured
     * with 16-bit integers, which gained 1.4 times of one weight in a float; it has as many units
     * for vectors of 512 bits as for shorter ones.
     *
     * @param bits of a vector
     */
    static KernelTuning expected(int bits) {
        return new KernelTuning(
                bits == 512 ? 0 : NEVER, NEVER, bits == 256 ? 96 : NEVER, ONE_STREAM);
    }
}
