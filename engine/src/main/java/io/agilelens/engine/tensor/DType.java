package io.agilelens.engine.tensor;

/** Element types of stored tensors, all little-endian; names as safetensors spells them. */
public enum DType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    /**
     * Sign, four bits of exponent with bias 7, three of mantissa, with subnormals. There is no
     * infinity: the exponent that elsewhere means it holds numbers up to 448, and only all ones are
     * NaN.
     */
    F8_E4M3(1),
    /** The upper half of an {@link #F16}, infinities and NaN included. */
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    /** Stored numbers that are copied out at once. */
    private static final int CHUNK = 4096;

    /**
     * What halves are copied into: rows of an embedding are read one by one, each of them for the
     * first time, and an array for each would be most of what a prompt allocates.
     */
    private static final ThreadLocal<short[]> HALVES =
            ThreadLocal.withInitial(() -> new short[CHUNK]);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers, which is what a weight must be. */
    public boolean isFloat() {
        return switch (this) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> false;
        };
    }

    /**
     * Rounds to the nearest value of this type, half to even.
     *
     * @throws IllegalStateException for integers and for types that nothing is written in
     */
    public float round(float value) {
        return switch (this) {
            case F64, F32 -> value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> Float.intBitsToFloat(toBfloat16(value) << 16);
            default -> throw new IllegalStateException("nothing is rounded to " + this);
        };
    }

    /** Whether floats can be rounded to this type. */
    public boolean isWritable() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /**
     * The upper half of a float32, rounded half to even. A NaN keeps its sign and its upper payload
     * bits and is made quiet, so that it cannot round to infinity.
     */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x0040);
        }
        int halfMinusOddness = 0x7FFF + (bits >>> 16 & 1);
        return (short) (bits + halfMinusOddness >>> 16);
    }

    /**
     * Gives stored floating-point elements as float32: F64 rounded to nearest, half to even, all
     * others exactly.
     *
     * @param source the tensor's bytes
     * @param first index of the first element
     * @param target receives {@code count} values from {@code offset}
     * @throws IllegalStateException for an integer type
     */
    void widen(StoredBytes source, long first, float[] target, int offset, int count) {
        switch (this) {
            case F32 -> source.copyTo(first * Float.BYTES, target, offset, count);
            case F16, BF16 -> {
                short[] chunk = HALVES.get();
                for (int done = 0; done < count; done += CHUNK) {
                    int size = Math.min(CHUNK, count - done);
                    source.copyTo((first + done) * Short.BYTES, chunk, 0, size);
                    if (this == F16) {
                        widenHalves(chunk, size, target, offset + done);
                    } else {
                        widenBrains(chunk, size, target, offset + done);
                    }
                }
            }
            case F8_E4M3, F8_E5M2 -> {
                float[] values = this == F8_E4M3 ? EightBits.E4M3 : EightBits.E5M2;
                byte[] chunk = new byte[Math.min(CHUNK, count)];
                for (int done = 0; done < count; done += CHUNK) {
                    int size = Math.min(CHUNK, count - done);
                    source.copyTo(first + done, chunk, 0, size);
                    for (int i = 0; i < size; i++) {
                        target[offset + done + i] = values[chunk[i] & 0xFF];
                    }
                }
            }
            case F64 -> {
                long[] chunk = new long[Math.min(CHUNK, count)];
                for (int done = 0; done < count; done += CHUNK) {
                    int size = Math.min(CHUNK, count - done);
                    source.copyTo((first + done) * Long.BYTES, chunk, 0, size);
                    for (int i = 0; i < size; i++) {
                        target[offset + done + i] = (float) Double.longBitsToDouble(chunk[i]);
                    }
                }
            }
            default -> throw new IllegalStateException(this + " is not a floating-point type");
        }
    }

    /**
     * What the 256 codes of an eight-bit floating-point type stand for; a fresh array.
     *
     * @throws IllegalStateException for any other type
     */
    public float[] eightBitValues() {
        return switch (this) {
            case F8_E4M3 -> EightBits.E4M3.clone();
            case F8_E5M2 -> EightBits.E5M2.clone();
            default -> throw new IllegalStateException(this + " has no eight-bit codes");
        };
    }

    /** The values of the eight-bit types, made when the first of them is read. */
    private static final class EightBits {
        static final float[] E4M3 = new float[256];
        static final float[] E5M2 = new float[256];

        static {
            for (int code = 0; code < 256; code++) {
                E4M3[code] = e4m3(code);
                E5M2[code] = Float.float16ToFloat((short) (code << 8));
            }
        }

        private static float e4m3(int code) {
            int exponent = code >> 3 & 0xF;
            int mantissa = code & 7;
            float magnitude;
            if ((code & 0x7F) == 0x7F) {
                magnitude = Float.NaN;
            } else if (exponent == 0) {
                magnitude = Math.scalb((float) mantissa, -9);
            } else {
                magnitude = Math.scalb((float) (8 + mantissa), exponent - 10);
            }
            return (code & 0x80) == 0 ? magnitude : -magnitude;
        }
    }

    private static void widenHalves(short[] halves, int count, float[] target, int offset) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.float16ToFloat(halves[i]);
        }
    }

    private static void widenBrains(short[] brains, int count, float[] target, int offset) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Float.intBitsToFloat(brains[i] << 16);
        }
    }
}
