package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuantizedNumericsTest {

    /**
     * A model of 1.1 billion weights in a heap of 8 GiB, 3.5 of them taken: kept as floats, its
     * weights left no room to read an export again.
     */
    @Test
    void leavesRoomToReadAnExportAgain() {
        long codes = 968_884_224L;
        assertFalse(QuantizedNumerics.fits(codes, 4_640L << 20));
        assertTrue(QuantizedNumerics.fits(codes, 6L << 30));
        assertTrue(QuantizedNumerics.fits(0, 0));
    }
}
