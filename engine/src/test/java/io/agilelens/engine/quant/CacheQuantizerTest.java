package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and values as codes. */
class CacheQuantizerTest {
    private static final int HEADS = 3;
    private static final int ROWS = 4;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void storesWhatItRoundsTo(int bits) {
        for (int dimension : new int[] {1, 6, 8, 13}) {
            var quantizer = new CacheQuantizer(bits, dimension, HEADS);
            assertEquals(HEADS * (5 + (dimension * bits + 7) / 8), quantizer.rowBytes());
            float[] rows = rows(new Random(bits), dimension);
            float[] rounded = rows.clone();
            quantizer.round(rounded, ROWS);
            byte[] stored = new byte[(ROWS + 2) * quantizer.rowBytes()];
            Arrays.fill(stored, (byte) -1);
            quantizer.encode(rows, ROWS, stored, 2);
            float[] decoded = new float[rows.length];
            quantizer.decode(
                    Arrays.copyOfRange(stored, 2 * quantizer.rowBytes(), stored.length),
                    ROWS,
                    decoded);
            assertArrayEquals(rounded, decoded);
            for (int i = 0; i < 2 * quantizer.rowBytes(); i++) {
                assertEquals(-1, stored[i], "earlier rows stay");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void everyTokenAndHeadHasItsOwnStep(int bits) {
        int dimension = 8;
        var quantizer = new CacheQuantizer(bits, dimension, HEADS);
        float[] rows = rows(new Random(1), dimension);
        float[] rounded = rows.clone();
        quantizer.round(rounded, ROWS);
        for (int block = 0; block < ROWS * HEADS; block++) {
            float low = 0;
            float high = 0;
            for (int i = block * dimension; i < (block + 1) * dimension; i++) {
                low = Math.min(low, rows[i]);
                high = Math.max(high, rows[i]);
            }
            double step = (high - low) / ((1 << bits) - 1);
            for (int i = block * dimension; i < (block + 1) * dimension; i++) {
                assertEquals(rows[i], rounded[i], step * 1.0001);
            }
        }
    }

    @Test
    void silenceAndOneSidedRowsSurvive() {
        var quantizer = new CacheQuantizer(8, 2, 1);
        float[] rows = {0, 0, 5, 6, -6, -5};
        quantizer.round(rows, 3);
        assertEquals(0, rows[0]);
        assertEquals(0, rows[1]);
        assertEquals(5, rows[2], 6 / 255.0);
        assertEquals(6, rows[3], 1e-5);
        assertEquals(-6, rows[4], 1e-5);
        assertTrue(rows[5] < -4.9);
        assertThrows(IllegalArgumentException.class, () -> new CacheQuantizer(9, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new CacheQuantizer(1, 2, 1));
    }

    private static float[] rows(Random random, int dimension) {
        float[] rows = new float[ROWS * HEADS * dimension];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian() * (1 + i / dimension);
        }
        return rows;
    }
}
