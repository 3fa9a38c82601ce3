package io.agilelens.engine.format.gguf;

import io.agilelens.engine.tensor.BlockType;
import io.agilelens.engine.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a test writes the matrices of a file. The 32-element types are quantized here by the rules of
 * ggml's reference quantizers; the K types need ggml itself, for their search over scales.
 */
enum Encoding {
    F32(0, 1, 4),
    F16(1, 1, 2),
    BF16(30, 1, 2),
    Q4_0(BlockType.Q4_0),
    Q4_1(BlockType.Q4_1),
    Q5_0(BlockType.Q5_0),
    Q5_1(BlockType.Q5_1),
    Q8_0(BlockType.Q8_0),
    Q2_K(BlockType.Q2_K),
    Q3_K(BlockType.Q3_K),
    Q4_K(BlockType.Q4_K),
    Q5_K(BlockType.Q5_K),
    Q6_K(BlockType.Q6_K);

    private static final int SMALL_BLOCK = 32;

    private final int code;
    private final int blockElements;
    private final int blockBytes;

    Encoding(int code, int blockElements, int blockBytes) {
        this.code = code;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    Encoding(BlockType type) {
        this(GgufTypes.code(type), type.elements(), type.bytes());
    }

    static Encoding of(DType type) {
        return valueOf(type.name());
    }

    /** ggml's number of the type. */
    int code() {
        return code;
    }

    boolean fits(long columns) {
        return columns % blockElements == 0;
    }

    /** Whether only ggml can write it. */
    boolean needsGgml() {
        return blockElements > SMALL_BLOCK;
    }

    byte[] encode(float[] values, int columns) {
        int size = Math.toIntExact((long) values.length / blockElements * blockBytes);
        if (needsGgml()) {
            return LlamaCpp.quantize(code, values, columns, size);
        }
        ByteBuffer target = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += blockElements) {
            put(values, at, target);
        }
        return target.array();
    }

    /** What ggml makes of encoded values. */
    float[] decode(byte[] encoded, int elements) {
        ByteBuffer source = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[elements];
        switch (this) {
            case F32 -> source.asFloatBuffer().get(values);
            case F16, BF16 -> {
                for (int i = 0; i < elements; i++) {
                    short bits = source.getShort();
                    values[i] =
                            this == F16
                                    ? Float.float16ToFloat(bits)
                                    : Float.intBitsToFloat(bits << 16);
                }
            }
            default -> {
                return LlamaCpp.dequantize(name().replace('Q', 'q'), encoded, elements);
            }
        }
        return values;
    }

    private void put(float[] values, int at, ByteBuffer target) {
        switch (this) {
            case F32 -> target.putFloat(values[at]);
            case F16 -> target.putShort(Float.floatToFloat16(values[at]));
            case BF16 -> target.putShort(brain(values[at]));
            case Q4_0 -> {
                float d = signedLargest(values, at) / -8;
                target.putShort(Float.floatToFloat16(d));
                putNibbles(codes(values, at, d, 0, 8.5f, 15), target);
            }
            case Q5_0 -> {
                float d = signedLargest(values, at) / -16;
                target.putShort(Float.floatToFloat16(d));
                putFiveBits(codes(values, at, d, 0, 16.5f, 31), target);
            }
            case Q4_1, Q5_1 -> {
                int top = this == Q4_1 ? 15 : 31;
                float least = Float.POSITIVE_INFINITY;
                float most = Float.NEGATIVE_INFINITY;
                for (int i = 0; i < SMALL_BLOCK; i++) {
                    least = Math.min(least, values[at + i]);
                    most = Math.max(most, values[at + i]);
                }
                float d = (most - least) / top;
                target.putShort(Float.floatToFloat16(d)).putShort(Float.floatToFloat16(least));
                int[] codes = codes(values, at, d, least, 0.5f, top);
                if (this == Q4_1) {
                    putNibbles(codes, target);
                } else {
                    putFiveBits(codes, target);
                }
            }
            case Q8_0 -> {
                float d = Math.abs(signedLargest(values, at)) / 127;
                target.putShort(Float.floatToFloat16(d));
                for (int i = 0; i < SMALL_BLOCK; i++) {
                    float scaled = d == 0 ? 0 : values[at + i] * (1 / d);
                    // Halves away from zero, as C rounds.
                    target.put((byte) (Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5f)));
                }
            }
            default -> throw new IllegalStateException(name());
        }
    }

    /** The upper half, rounded to even. */
    private static short brain(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static float signedLargest(float[] values, int at) {
        float largest = 0;
        for (int i = 0; i < SMALL_BLOCK; i++) {
            if (Math.abs(values[at + i]) > Math.abs(largest)) {
                largest = values[at + i];
            }
        }
        return largest;
    }

    private static int[] codes(
            float[] values, int at, float d, float least, float shift, int most) {
        float inverse = d == 0 ? 0 : 1 / d;
        int[] codes = new int[SMALL_BLOCK];
        for (int i = 0; i < SMALL_BLOCK; i++) {
            codes[i] = Math.min(most, (int) ((values[at + i] - least) * inverse + shift));
        }
        return codes;
    }

    private static void putNibbles(int[] codes, ByteBuffer target) {
        for (int i = 0; i < SMALL_BLOCK / 2; i++) {
            target.put((byte) (codes[i] & 15 | (codes[i + SMALL_BLOCK / 2] & 15) << 4));
        }
    }

    private static void putFiveBits(int[] codes, ByteBuffer target) {
        int high = 0;
        for (int i = 0; i < SMALL_BLOCK; i++) {
            high |= codes[i] >> 4 << i;
        }
        target.putInt(high);
        putNibbles(codes, target);
    }
}
