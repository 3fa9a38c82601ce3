package io.agilelens.engine.kernel;

/**
 * How far ahead the loops of one token touch packed weights. There are two ways: <em>near</em>,
 * later bytes of the panel that is multiplied, which costs next to nothing and is best where
 * weights come from a cache; and <em>far</em>, the quarters of the next panel in turns. Processors
 * fetch ahead of each stream of addresses by itself, and so several times as much of several, which
 * is best where weights come from memory, on some.
 *
 * <p>Each thread finds out by itself which one is faster: every {@value #PERIOD} pieces of products
 * two are done the other way. The first of them is not measured, nor the first one behind them, for
 * the panel that a piece begins with was touched, or not, by the piece before.
 */
final class ReadAhead {

    /** The loops, for each of which the answer may be another one. */
    enum Reader {
        HALVES,
        FOUR_BIT_LANES,
        FOUR_BIT_GROUPS,
        EIGHT_BIT_GROUPS,
        EIGHT_BIT_INTEGERS
    }

    /**
     * Loops that do the same and read ahead in different ways.
     *
     * @param far form that touches the panel behind the one it multiplies, so there must be one
     */
    record Forms<T>(T near, T far) {

        static <T> Forms<T> of(Class<T> contract, Class<? extends T> template, int bits) {
            return new Forms<>(
                    WidthTemplate.instantiate(contract, template, bits),
                    WidthTemplate.instantiateFar(contract, template, bits));
        }

        T of(boolean isFar) {
            return isFar ? far : near;
        }
    }

    /**
     * How far ahead the near way is, in elements of the array; arrays of bytes have so many behind
     * the last panel.
     */
    static final int DISTANCE = 512;

    /** A prime number, so that all shapes of a model's weights come to be measured. */
    static final int PERIOD = 61;

    /** What a piece counts that was faster than the ones before, and one that was not. */
    private static final double OF_FASTER = 1.0 / 4;

    private static final double OF_SLOWER = 1.0 / 16;

    /** A piece that something else held up counts as so many times what is usual. */
    private static final double SLOWEST = 2;

    private double near = Double.NaN;
    private double far = Double.NaN;
    private int piece;
    private long begun;

    /**
     * A piece begins; {@link #end} ends it.
     *
     * @return whether it is to be done the far way
     */
    boolean begin() {
        begun = System.nanoTime();
        return isFar();
    }

    /**
     * @param bytes that the piece read
     */
    void end(long bytes) {
        took(System.nanoTime() - begun, bytes);
    }

    /** Whether the next piece is to be done the far way. */
    boolean isFar() {
        boolean usual = far < near;
        return usual != piece >= PERIOD - 2;
    }

    /**
     * The piece was done as {@link #isFar} said, and the next one begins.
     *
     * @param bytes that it read
     */
    void took(long nanoseconds, long bytes) {
        boolean told = nanoseconds > 0 && bytes > 0; // a coarse clock tells nothing of a short one
        boolean measured = told && piece != 0 && piece != PERIOD - 2;
        double perByte = (double) nanoseconds / bytes;
        if (measured && isFar()) {
            far = mean(far, perByte);
        } else if (measured) {
            near = mean(near, perByte);
        }
        piece = (piece + 1) % PERIOD;
    }

    /**
     * Where a step of the far way touches the next panel: its quarters in turns. A loop works that
     * out anew at each step, for what it kept from one to the next the near form would keep as
     * well.
     *
     * @param step number of the step, from where the touches begin
     * @param stepLength elements that a step multiplies
     * @param panelLength elements from one panel to the next
     * @return behind where the touches begin
     */
    static int touch(int step, int stepLength, int panelLength) {
        return (step & 3) * (panelLength / 4) + (step >>> 2) * stepLength;
    }

    private static double mean(double before, double now) {
        if (Double.isNaN(before)) {
            return now;
        }
        return now < before
                ? before + (now - before) * OF_FASTER
                : before + (Math.min(now, SLOWEST * before) - before) * OF_SLOWER;
    }
}
