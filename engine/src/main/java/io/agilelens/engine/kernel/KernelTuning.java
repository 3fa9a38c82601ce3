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
     * What holds where nothing was measured. Of the processors measured AMD's with vectors of 512
     * bits had 16-bit integers gain, 1.4 times of one weight in a float: it adds on more units than
     * it multiplies on. On Intel's they were 0.7 times as fast, and three in a double gained 2 to
     * 14 % at 64 inputs and more beyond.
     *
     * @param bits of a vector
     * @param processor its name, as the system tells it
     */
    public static KernelTuning expected(int bits, String processor) {
        boolean shorts = bits == 512 && processor.startsWith("AMD ");
        return new KernelTuning(shorts ? 0 : NEVER, NEVER, 48);
    }
}
