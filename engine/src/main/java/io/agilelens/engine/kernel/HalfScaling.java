package io.agilelens.engine.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps subnormal numbers out of half-precision weights. Some processors need a hundred times as
 * long for a product with one, and every weight of a few thousand is so small. Where no weight
 * reaches 64, all are stored times 1024, which makes the smallest of them normal and rounds none.
 */
final class HalfScaling {

    /** What weights are multiplied with. */
    private static final float FACTOR = 1024;

    /** Bit pattern of the smallest normal number. */
    private static final int NORMAL = 0x0400;

    /** Bit pattern of 64, which becomes infinite. */
    private static final int TOO_LARGE = 0x5400;

    private static final int INFINITE = 0x7C00;

    private static final int MAGNITUDE = 0x7FFF;

    private static final int WEIGHTS_PER_PIECE = 1 << 16;

    private HalfScaling() {}

    /**
     * Scales bit patterns in place if that helps.
     *
     * @param chunks of one weight
     * @return what the numbers now count in: 1, a 1024th, or NaN if some are not finite
     */
    static float scale(short[][] chunks, Workers workers) {
        AtomicInteger smallest = new AtomicInteger(MAGNITUDE);
        AtomicInteger largest = new AtomicInteger();
        for (short[] halves : chunks) {
            workers.forRanges(
                    halves.length,
                    WEIGHTS_PER_PIECE,
                    (from, to) -> {
                        int least = MAGNITUDE;
                        int most = 0;
                        for (int i = from; i < to; i++) {
                            int magnitude = halves[i] & MAGNITUDE;
                            // Zero does not count.
                            least = Math.min(least, magnitude - 1 & MAGNITUDE);
                            most = Math.max(most, magnitude);
                        }
                        smallest.accumulateAndGet(least, Math::min);
                        largest.accumulateAndGet(most, Math::max);
                    });
        }
        if (largest.get() >= INFINITE) {
            return Float.NaN;
        }
        if (smallest.get() + 1 >= NORMAL || largest.get() >= TOO_LARGE) {
            return 1;
        }
        for (short[] halves : chunks) {
            workers.forRanges(
                    halves.length,
                    WEIGHTS_PER_PIECE,
                    (from, to) -> {
                        for (int i = from; i < to; i++) {
                            float scaled = Float.float16ToFloat(halves[i]) * FACTOR;
                            halves[i] = Float.floatToFloat16(scaled);
                        }
                    });
        }
        return 1 / FACTOR;
    }
}
