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
 */
public record KernelTuning(int shortFromEight, int shortFromFour, int tripleFrom) {

    public static final int NEVER = Integer.MAX_VALUE;

    /** Of the kernels that compete; what was measured with those of another one says nothing. */
    public static final int GENERATION = 5;

    public KernelTuning {
        if (shortFromEight < 0 || shortFromFour < 0 || tripleFrom < 0) {
            throw new IllegalArgumentException(
                    "%d, %d, %d inputs".formatted(shortFromEight, shortFromFour, tripleFrom));
        }
    }

    /**
     * What holds where nothing was measured. Only one of the processors measured had 16-bit
     * integers gain, 1.4 times of one weight in a float; it has as many units for vectors of 512
     * bits as for shorter ones. With shorter ones three in a double gained from 64 inputs on.
     *
     * @param bits of a vector
     */
    static KernelTuning expected(int bits) {
        return new KernelTuning(bits == 512 ? 0 : NEVER, NEVER, bits == 512 ? NEVER : 48);
    }
}
