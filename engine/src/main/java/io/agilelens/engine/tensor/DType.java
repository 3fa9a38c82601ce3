package io.agilelens.engine.tensor;

/** Element types of stored tensors, all little-endian; names as safetensors spells them. */
public enum DType {
    F32(4),
    F16(2),
    BF16(2),
    I8(1),
    U8(1),
    I32(4),
    I64(8);

    /** Stored numbers that are copied out at once. */
    private static final int CHUNK = 4096;

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
        return this == F32 || this == F16 || this == BF16;
    }

    /**
     * Widens stored floating-point elements exactly to float32.
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
                short[] chunk = new short[Math.min(CHUNK, count)];
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
            default -> throw new IllegalStateException(this + " is not a floating-point type");
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
