package io.agilelens.engine.quant;

/**
 * GPTQ's row quantizer (METHOD §4): the range of some weights of a row, widened to contain 0, is
 * cut into {@code 2^bits − 1} steps, and the zero point is added after rounding. All in float32.
 *
 * <p>The symmetric range is symmetric for every group. GPTQ's own code leaves it one-sided where a
 * group has no negative weight, which clips the upper half of such a group.
 *
 * @param bits 2…8
 * @param symmetric range symmetric around zero, zero point in the middle
 */
record RowQuantizer(int bits, boolean symmetric) {

    int largest() {
        return (1 << bits) - 1;
    }

    /**
     * Finds the scale and zero point of {@code weights[from … to − 1]}.
     *
     * @param place where they go in {@code scales} and {@code zeros}
     */
    void fit(float[] weights, int from, int to, float[] scales, int[] zeros, int place) {
        int least = 0;
        int most = 0;
        for (int i = from; i < to; i++) {
            int weight = ordered(Float.floatToRawIntBits(weights[i]));
            least = Math.min(least, weight);
            most = Math.max(most, weight);
        }
        float low = Float.intBitsToFloat(ordered(least));
        float high = Float.intBitsToFloat(ordered(most));
        if (symmetric) {
            high = Math.max(-low, high);
            low = -high;
        }
        if (low == 0 && high == 0) {
            low = -1;
            high = 1;
        }
        int largest = largest();
        float scale = (high - low) / largest;
        scales[place] = scale;
        zeros[place] =
                symmetric
                        ? (largest + 1) / 2
                        : Math.clamp((long) Math.rint(-low / scale), 0, largest);
    }

    /**
     * Turns the bits of a float into an integer that is as much larger or smaller than others as
     * the float is, and back; integers are compared at half the cost.
     */
    private static int ordered(int bits) {
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    int encode(float weight, float scale, int zero) {
        float code = FloatRounding.round(weight / scale) + zero;
        return (int) Math.min(Math.max(code, 0), largest());
    }

    /**
     * Encodes many weights, a scale and a zero point each; one loop over a whole row, for those
     * over single groups are too short to be done in vectors.
     *
     * @param codes receives a code for each weight from {@code offset} on
     */
    void encode(float[] weights, float[] scales, float[] zeros, byte[] codes, int offset) {
        float largest = largest();
        for (int i = 0; i < weights.length; i++) {
            float code = FloatRounding.round(weights[i] / scales[i]) + zeros[i];
            codes[offset + i] = (byte) (int) Math.min(Math.max(code, 0), largest);
        }
    }
}
