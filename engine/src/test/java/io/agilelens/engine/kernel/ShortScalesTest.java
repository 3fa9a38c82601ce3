package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ShortScalesTest {

    @Test
    void keepsHalfPrecisionDownToASixteenthOfTheLargest() {
        for (int bits = 1; bits < 0x7C00; bits += 37) {
            float largest = Float.float16ToFloat((short) bits);
            float[] scales = {largest, 0, 0, 0};
            int[] below = {1, 777, 4 * 1024};
            for (int i = 0; i < 3; i++) {
                float smaller = Float.float16ToFloat((short) Math.max(0, bits - below[i]));
                scales[i + 1] = smaller * 16 < largest ? largest : smaller;
            }
            ShortScales kept = ShortScales.of(scales, 1);
            for (int g = 0; g < scales.length; g++) {
                assertEquals(scales[g], kept.scale(0, g));
            }
        }
    }

    @Test
    void roundsOthersToAFractionOfTheLargest() {
        KernelInputs inputs = new KernelInputs(4);
        float[] scales = inputs.floats(3 * 1000);
        scales[5] = Math.nextDown(4f);
        scales[1500] = -100;
        scales[2500] = 1e-38f;
        ShortScales kept = ShortScales.of(scales, 3);
        for (int o = 0; o < 3; o++) {
            float largest = 0;
            for (int g = 0; g < 1000; g++) {
                largest = Math.max(largest, Math.abs(scales[o * 1000 + g]));
            }
            for (int g = 0; g < 1000; g++) {
                assertEquals(scales[o * 1000 + g], kept.scale(o, g), 0x1p-15 * largest);
            }
        }
    }

    @Test
    void holdsTheSmallestAndTheLargestFloats() {
        float[] scales = {Float.MIN_VALUE, 0, Float.MAX_VALUE, 1, Float.MIN_NORMAL, 0};
        ShortScales kept = ShortScales.of(scales, 3);
        assertEquals(0, kept.scale(0, 0), "far below every other number");
        assertEquals(Float.MAX_VALUE, kept.scale(1, 0), 0x1p-15 * Float.MAX_VALUE);
        assertEquals(0, kept.scale(1, 1));
        assertEquals(Float.MIN_NORMAL, kept.scale(2, 0));
    }
}
