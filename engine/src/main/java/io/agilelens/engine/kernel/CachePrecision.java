package io.agilelens.engine.kernel;

/** In what numbers keys and values are kept for later tokens. */
public enum CachePrecision {
    /** 32 bits: as they are. */
    SINGLE(Float.BYTES),
    /**
     * 16 bits, IEEE 754 binary16: rounded half to even, and what lies beyond ±65504 becomes that.
     */
    HALF(Short.BYTES);

    /** The largest finite number of half precision. */
    private static final float LARGEST = 65504;

    private final int bytes;

    CachePrecision(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a number. */
    public int bytes() {
        return bytes;
    }

    /** What is left of a number that was kept. */
    public float round(float x) {
        return this == SINGLE ? x : Float.float16ToFloat(half(x));
    }

    /** Bits of the nearest number of half precision. */
    static short half(float x) {
        return Float.floatToFloat16(Math.max(-LARGEST, Math.min(LARGEST, x)));
    }
}
