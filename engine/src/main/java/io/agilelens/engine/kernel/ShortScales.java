package io.agilelens.engine.kernel;

/**
 * Scales in 16 bits: {@code scale[o, g] = code[o, g] · unit[o]}, a unit being a power of two.
 * Scales that come from half precision stay what they are unless they are below a sixteenth of
 * their output's largest; any other is off by at most 2^-15 of that largest, where half precision
 * would be off by 2^-11 of the scale itself.
 *
 * @param codes {@code [outputs, groups]}
 * @param units {@code [outputs]}
 */
record ShortScales(short[] codes, float[] units) {

    private static final int LARGEST_CODE = Short.MAX_VALUE;

    /** Binary places between the largest scale and the unit. */
    private static final int PLACES = 14;

    /**
     * @param scales {@code [outputs, groups]}, finite
     */
    static ShortScales of(float[] scales, int outputs) {
        int groups = scales.length / outputs;
        short[] codes = new short[scales.length];
        float[] units = new float[outputs];
        for (int o = 0; o < outputs; o++) {
            float unit = unit(largest(scales, o * groups, groups));
            units[o] = unit;
            for (int i = o * groups; i < (o + 1) * groups; i++) {
                codes[i] = code(scales[i] / unit);
            }
        }
        return new ShortScales(codes, units);
    }

    private static float largest(float[] scales, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(scales[i]));
        }
        return largest;
    }

    private static float unit(float largest) {
        return Math.scalb(1f, Math.max(Math.getExponent(largest) - PLACES, Float.MIN_EXPONENT));
    }

    /** The nearest code there is: 2^15, to which the largest may round, is none. */
    private static short code(float units) {
        return (short) Math.clamp(Math.round(units), -LARGEST_CODE, LARGEST_CODE);
    }

    /** The scale that is worked with. */
    float scale(int output, int group) {
        return codes[output * (codes.length / units.length) + group] * units[output];
    }
}
