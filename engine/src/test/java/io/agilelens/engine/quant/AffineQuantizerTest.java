package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The uniform quantizer and the two that are made of it. */
class AffineQuantizerTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final IntegerRange SIGNED_4 = new IntegerRange(4, true);

    @Test
    void roundsHalfToEven() {
        var unit = new AffineQuantizer(1, 0, SIGNED_4);
        float[] ties = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f};
        int[] even = {-2, -2, 0, 0, 2, 2, 4};
        for (int i = 0; i < ties.length; i++) {
            assertEquals(even[i], unit.encode(ties[i]), "of " + ties[i]);
        }
    }

    @Test
    void addsTheZeroPointBeforeRounding() {
        // 0.5 + 3 is a tie whose even neighbour is 4; rounding first would give 0 + 3.
        assertEquals(4, new AffineQuantizer(1, 3, SIGNED_4).encode(0.5f));
    }

    @Test
    void clampsToTheRange() {
        var quantizer = new AffineQuantizer(0.5f, 0, SIGNED_4);
        assertEquals(7, quantizer.encode(1e30f));
        assertEquals(-8, quantizer.encode(-1e30f));
        assertEquals(3.5f, quantizer.apply(100));
        assertEquals(-4, quantizer.apply(-100));
    }

    @Test
    void fitsSignedRangesSymmetrically() {
        var fitted = AffineQuantizer.fit(-3, 1.5f, SIGNED_4);
        assertEquals(3 / 7.5f, fitted.scale());
        assertEquals(0, fitted.zero());
        // The largest magnitude lies on a tie, −7.5, whose even neighbour is in the range.
        assertEquals(-8, fitted.encode(-3));
    }

    @Test
    void fitsUnsignedRangesFromMinimumToMaximum() {
        var fitted = AffineQuantizer.fit(-1, 2, new IntegerRange(4, false));
        assertEquals(3 / 15f, fitted.scale());
        assertEquals(5, fitted.zero());
        assertEquals(0, fitted.encode(-1));
        assertEquals(15, fitted.encode(2));
        // Not widened to contain 0: all-positive values clamp the zero point instead.
        assertEquals(0, AffineQuantizer.fit(2, 3, new IntegerRange(4, false)).zero());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsAPositiveScaleForAConstant(boolean signed) {
        var fitted = AffineQuantizer.fit(0, 0, new IntegerRange(8, signed));
        assertEquals(1.1920929e-07f, fitted.scale());
        assertEquals(0, fitted.apply(0));
    }

    @ParameterizedTest
    @CsvSource({"2,true", "4,true", "8,true", "2,false", "4,false", "8,false"})
    void isIdempotentAndAtMostHalfAStepOffInsideTheRange(int bits, boolean signed) {
        Random random = new Random(bits);
        var range = new IntegerRange(bits, signed);
        for (int trial = 0; trial < 200; trial++) {
            float low = -(float) Math.abs(random.nextGaussian()) * 10;
            float high = (float) Math.abs(random.nextGaussian()) * 10;
            var quantizer = AffineQuantizer.fit(low, high, range);
            double step = quantizer.scale();
            double lowest = quantizer.decode(range.minimum()) - step / 2;
            double highest = quantizer.decode(range.maximum()) + step / 2;
            for (int i = 0; i < 50; i++) {
                float x = low + random.nextFloat() * (high - low);
                float once = quantizer.apply(x);
                assertEquals(once, quantizer.apply(once), "again of " + x);
                if (x >= lowest && x <= highest) {
                    assertTrue(Math.abs(x - once) <= step * 0.50001, x + " became " + once);
                }
            }
        }
    }

    @Test
    void refusesBitsThatNoCodeHas() {
        assertThrows(IllegalArgumentException.class, () -> new IntegerRange(1, true));
        assertThrows(IllegalArgumentException.class, () -> new IntegerRange(9, true));
    }

    @Test
    void sharesParametersAmongRunsOfChannels() {
        float[] minimum = {-1, -4, 0, 0};
        float[] maximum = {2, 1, 6, 15};
        var heads = ChannelwiseQuantizer.fit(minimum, maximum, 2, SIGNED_4);
        assertEquals(2, heads.parameters().size());
        assertEquals(4 / 7.5f, heads.step(0));
        assertEquals(heads.step(0), heads.step(1));
        assertEquals(15 / 7.5f, heads.step(2));
        assertTrue(ChannelwiseQuantizer.fit(minimum, maximum, 4, SIGNED_4).isTensorwise());
        Matrix x = new Matrix(1, 4, new float[] {2, -3.9f, 1, 13});
        float a = 4 / 7.5f;
        assertArrayEquals(
                new float[] {4 * a, -7 * a, 0, 6 * (15 / 7.5f)}, heads.simulate(KERNELS, x).data());
        assertArrayEquals(new float[] {2, -3.9f, 1, 13}, x.data(), "the input is left alone");
    }

    @Test
    void findsAScaleForEveryToken() {
        var tokenwise = new TokenwiseQuantizer(SIGNED_4);
        Matrix x = new Matrix(3, 2, new float[] {7, 3.2f, -0.7f, 0.42f, 0, 0});
        assertArrayEquals(
                new float[] {7, 3, -0.7f, 0.4f, 0, 0},
                tokenwise.simulate(KERNELS, x).data(),
                1e-6f);
        assertEquals(
                7,
                tokenwise.ofToken(KERNELS, tokenwise.inverseFactors(x.columns()), x, 0).encode(7));
        assertEquals(
                -7,
                tokenwise
                        .ofToken(KERNELS, tokenwise.inverseFactors(x.columns()), x, 1)
                        .encode(-0.7f));
    }
}
