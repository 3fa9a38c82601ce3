package io.agilelens.engine.quant;

/** Rounding of floats to integers, half to even, in a form that is two additions. */
final class FloatRounding {

    /**
     * Added and taken off, it rounds a float half to even. Far larger ones stay about what they
     * are, which the clamp behind every rounding makes no difference to.
     */
    private static final float ROUNDING = 0x1.8p23f;

    private FloatRounding() {}

    static float round(float x) {
        return x + ROUNDING - ROUNDING;
    }
}
