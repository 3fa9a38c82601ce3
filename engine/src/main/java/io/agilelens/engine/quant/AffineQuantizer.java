package io.agilelens.engine.quant;

/**
 * The uniform quantizer {@code q = clamp(round(x / scale + zero))}, {@code x̂ = (q − zero) ·
 * scale}, rounding half to even, all in float32 (Agile-Quant's published quantizer; METHOD §2.1).
 *
 * @param scale positive
 * @param zero zero point, added before rounding
 */
public record AffineQuantizer(float scale, int zero, IntegerRange range) {

    /** The smallest scale: float32's machine epsilon, as the published observers have it. */
    public static final float SMALLEST_SCALE = 1.1920929e-07f;

    /** Symmetric around zero for signed codes, minimum to maximum for unsigned ones. */
    public static AffineQuantizer fit(float minimum, float maximum, IntegerRange range) {
        if (range.signed()) {
            float magnitude = Math.max(-minimum, maximum);
            return new AffineQuantizer(
                    Math.max(magnitude / (range.steps() / 2f), SMALLEST_SCALE), 0, range);
        }
        float scale = Math.max((maximum - minimum) / range.steps(), SMALLEST_SCALE);
        int zero = range.clamp(range.minimum() - (float) Math.rint(minimum / scale));
        return new AffineQuantizer(scale, zero, range);
    }

    /** The same codes with a step {@code 2^exponent} times as large. */
    AffineQuantizer shifted(int exponent) {
        return new AffineQuantizer(Math.scalb(scale, exponent), zero, range);
    }

    public int encode(float x) {
        return range.clamp((float) Math.rint(x / scale + zero));
    }

    public float decode(int code) {
        return (code - zero) * scale;
    }

    /** What is left of a value after quantizing it. */
    public float apply(float x) {
        return decode(encode(x));
    }
}
