package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BloomTest {
    private static final double EXACT = 1e-12;

    @Test
    void slopesFallGeometrically() {
        assertArrayEquals(
                new double[] {1. / 4, 1. / 16, 1. / 64, 1. / 256}, Bloom.slopes(4), EXACT);
        assertArrayEquals(
                new double[] {
                    1. / 2, 1. / 4, 1. / 8, 1. / 16, 1. / 32, 1. / 64, 1. / 128, 1. / 256
                },
                Bloom.slopes(8),
                EXACT);
    }

    @Test
    void headsBeyondAPowerOfTwoTakeEveryOtherSlopeOfTheFinerSeries() {
        double root = Math.sqrt(0.5);
        assertArrayEquals(
                new double[] {1. / 4, 1. / 16, 1. / 64, 1. / 256, 1. / 2, 1. / 8},
                Bloom.slopes(6),
                EXACT);
        double[] twelve = Bloom.slopes(12);
        assertEquals(1. / 256, twelve[7], EXACT);
        assertEquals(root, twelve[8], EXACT);
        assertEquals(root / 8, twelve[11], EXACT);
    }

    @Test
    void theBiasGrowsWithTheDistanceAndHidesTheFuture() {
        DecoderShape shape = new DecoderShape(new Bloom(), 262, 64, 1, 4, 4, 256, 24);
        Architecture.Table table = new Bloom().tables(shape, 3).getFirst();
        assertArrayEquals(new long[] {1, 4, 3, 3}, table.shape());
        float future = Float.NEGATIVE_INFINITY;
        float[] secondHead = new float[9];
        System.arraycopy(table.values(), 9, secondHead, 0, 9);
        assertArrayEquals(
                new float[] {
                    0, future, future, -1 / 16f, 0, future, -2 / 16f, -1 / 16f, 0,
                },
                secondHead);
    }
}
