package io.agilelens.engine.export.gguf;

import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Encodes floats into the types of GGUF. Q8_0, Q4_0 and Q4_1 are to the bit what ggml's reference
 * quantizers give ({@code ggml-quants.c}, {@code quantize_row_…_ref}): they multiply by the inverse
 * of the float32 scale and store the scale in half precision afterwards. Q4_K and Q6_K have a
 * search of their own ({@link KBlocks}).
 */
public final class BlockEncoder {
    private static final int CHUNK = 1 << 20;
    private static final int SMALL_BLOCK = 32;

    private BlockEncoder() {}

    /** Writes a tensor's values in a type whose blocks fill its rows. */
    public static void write(WritableByteChannel channel, GgufType type, Tensor tensor)
            throws IOException {
        float[] values = new float[(int) Math.min(CHUNK, tensor.elements())];
        for (long first = 0; first < tensor.elements(); first += values.length) {
            int count = (int) Math.min(values.length, tensor.elements() - first);
            tensor.widen(first, values, 0, count);
            ByteBuffer bytes = ByteBuffer.wrap(encode(type, values, count));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /**
     * Encodes values.
     *
     * @param count how many, a multiple of the type's block
     */
    public static byte[] encode(GgufType type, float[] values, int count) {
        byte[] bytes = new byte[Math.toIntExact(type.bytes(count))];
        int elements = type.blockElements();
        Workers.shared()
                .forRanges(
                        count / elements,
                        Math.max(1, 4096 / elements),
                        (from, to) -> {
                            ByteBuffer target =
                                    ByteBuffer.wrap(bytes)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .position(from * type.blockBytes());
                            for (int block = from; block < to; block++) {
                                put(type, values, block * elements, target);
                            }
                        });
        return bytes;
    }

    private static void put(GgufType type, float[] values, int at, ByteBuffer target) {
        switch (type) {
            case F32 -> target.putFloat(values[at]);
            case F16 -> target.putShort(Float.floatToFloat16(values[at]));
            case Q8_0 -> putQ80(values, at, target);
            case Q4_0 -> putQ40(values, at, target);
            case Q4_1 -> putQ41(values, at, target);
            case Q4_K -> KBlocks.putQ4K(values, at, target);
            case Q6_K -> KBlocks.putQ6K(values, at, target);
        }
    }

    private static void putQ80(float[] values, int at, ByteBuffer target) {
        float d = Math.abs(signedLargest(values, at)) / 127;
        float inverse = d == 0 ? 0 : 1 / d;
        target.putShort(Float.floatToFloat16(d));
        for (int i = 0; i < SMALL_BLOCK; i++) {
            float scaled = values[at + i] * inverse;
            // Halves away from zero, as C rounds. The sum is exact in double precision.
            target.put((byte) (Math.signum(scaled) * Math.floor(Math.abs((double) scaled) + 0.5)));
        }
    }

    private static void putQ40(float[] values, int at, ByteBuffer target) {
        float d = signedLargest(values, at) / -8;
        float inverse = d == 0 ? 0 : 1 / d;
        target.putShort(Float.floatToFloat16(d));
        int[] codes = new int[SMALL_BLOCK];
        for (int i = 0; i < SMALL_BLOCK; i++) {
            codes[i] = Math.min(15, (int) (values[at + i] * inverse + 8.5f));
        }
        putNibbles(codes, target);
    }

    private static void putQ41(float[] values, int at, ByteBuffer target) {
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        for (int i = 0; i < SMALL_BLOCK; i++) {
            least = Math.min(least, values[at + i]);
            most = Math.max(most, values[at + i]);
        }
        float d = (most - least) / 15;
        float inverse = d == 0 ? 0 : 1 / d;
        target.putShort(Float.floatToFloat16(d)).putShort(Float.floatToFloat16(least));
        int[] codes = new int[SMALL_BLOCK];
        for (int i = 0; i < SMALL_BLOCK; i++) {
            codes[i] = Math.min(15, (int) ((values[at + i] - least) * inverse + 0.5f));
        }
        putNibbles(codes, target);
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

    /** Two codes a byte: the first half of the block in the low nibbles. */
    static void putNibbles(int[] codes, ByteBuffer target) {
        for (int i = 0; i < codes.length / 2; i++) {
            target.put((byte) (codes[i] | codes[i + codes.length / 2] << 4));
        }
    }
}
