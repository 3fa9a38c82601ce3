package io.agilelens.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Element types of stored tensors, all little-endian; names as safetensors spells them. */
public enum DType {
    F32(4),
    F16(2),
    BF16(2),
    I8(1),
    U8(1),
    I32(4),
    I64(8);

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
    public void widen(MemorySegment source, long first, float[] target, int offset, int count) {
        switch (this) {
            case F32 -> MemorySegment.copy(source, FLOAT, first * 4, target, offset, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = Float.float16ToFloat(source.get(SHORT, (first + i) * 2));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] =
                            Float.intBitsToFloat(source.get(SHORT, (first + i) * 2) << 16);
                }
            }
            default -> throw new IllegalStateException(this + " is not a floating-point type");
        }
    }
}
