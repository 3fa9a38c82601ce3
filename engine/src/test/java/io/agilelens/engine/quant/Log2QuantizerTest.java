package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log2 codes, exact at every rounding boundary down to the subnormal floats. */
class Log2QuantizerTest {

    @Test
    void knowsEveryPowerOfTwoAndItsNeighbours() {
        for (int r = 0; r <= 149; r++) {
            float power = Math.scalb(1f, -r);
            check(power);
            check(Math.nextUp(power));
            check(Math.nextDown(power));
            assertEquals(r, Log2Quantizer.exponent(power));
        }
    }

    @Test
    void isExactAroundEveryRoundingBoundary() {
        for (int r = 0; r <= 149; r++) {
            float boundary = (float) (Math.sqrt(2) * Math.scalb(1.0, -r - 1));
            float below = boundary;
            float above = boundary;
            for (int i = 0; i < 4; i++) {
                check(below);
                check(above);
                below = Math.nextDown(below);
                above = Math.nextUp(above);
            }
        }
    }

    @Test
    void isExactForRandomProbabilities() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            check(random.nextFloat());
            check(Float.intBitsToFloat(random.nextInt(Float.floatToIntBits(1f))));
        }
    }

    /** {@code r} is right if {@code 2^(−r−½) < p < 2^(−r+½)}, that is {@code ½ < p²·4^r < 2}. */
    private static void check(float p) {
        if (p <= 0 || p > 1) {
            return;
        }
        int r = Log2Quantizer.exponent(p);
        BigDecimal square = new BigDecimal(p).pow(2).multiply(BigDecimal.valueOf(4).pow(r));
        assertTrue(square.compareTo(new BigDecimal("0.5")) > 0, r + " is too small for " + p);
        assertTrue(square.compareTo(BigDecimal.TWO) < 0, r + " is too large for " + p);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void endsTheLadderWithZero(int bits) {
        var quantizer = new Log2Quantizer(bits);
        int largest = (1 << bits) - 1;
        assertEquals(largest, quantizer.encode(0));
        assertTrue(quantizer.isZero(0));
        assertEquals(0, quantizer.apply(0));
        assertEquals(0, quantizer.encode(1));
        assertEquals(1, quantizer.apply(1));
        if (largest < 149) {
            float last = Math.scalb(1f, -largest);
            assertEquals(largest, quantizer.encode(last));
            assertFalse(quantizer.isZero(last));
            assertEquals(last, quantizer.apply(last));
            assertEquals(last, quantizer.apply(last * 0.75f));
            assertEquals(largest, quantizer.encode(last / 2));
            assertTrue(quantizer.isZero(last / 2));
            assertEquals(0, quantizer.apply(last / 2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void isIdempotentAndWithinASquareRootOfTwo(int bits) {
        var quantizer = new Log2Quantizer(bits);
        Random random = new Random(bits);
        for (int i = 0; i < 10_000; i++) {
            float p = (float) Math.exp(-12 * random.nextDouble());
            float once = quantizer.apply(p);
            assertEquals(once, quantizer.apply(once));
            if (once > 0) {
                double ratio = once / (double) p;
                assertTrue(ratio < Math.sqrt(2) * 1.000001 && ratio > Math.sqrt(0.499999));
            }
        }
    }

    @Test
    void acceptsAProbabilityThatRoundingPushedAboveOne() {
        assertEquals(0, new Log2Quantizer(4).encode(Math.nextUp(1f)));
        assertEquals(1, new Log2Quantizer(4).apply(Math.nextUp(1f)));
    }

    @Test
    void refusesOtherBits() {
        assertThrows(IllegalArgumentException.class, () -> new Log2Quantizer(1));
        assertThrows(IllegalArgumentException.class, () -> new Log2Quantizer(9));
    }

    @Test
    void theUniformBaselineCutsTheUnitIntervalEvenly() {
        var quantizer = new UnitQuantizer(2);
        assertEquals(0, quantizer.apply(0.16f));
        assertEquals(1 / 3f, quantizer.apply(0.3f));
        assertEquals(2 / 3f, quantizer.apply(0.5001f));
        assertEquals(1, quantizer.apply(1));
    }
}
