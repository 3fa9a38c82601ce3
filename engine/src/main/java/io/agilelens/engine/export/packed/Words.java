package io.agilelens.engine.export.packed;

import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/** Tensors of integers, computed when their turn to be written comes. */
final class Words {
    private static final int CHUNK_BYTES = 1 << 20;

    private Words() {}

    static void add(SafetensorsWriter writer, String name, Supplier<int[]> words, long... shape) {
        writer.add(name, DType.I32, shape, channel -> write(channel, words.get()));
    }

    private static void write(WritableByteChannel channel, int[] words) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            if (!chunk.hasRemaining()) {
                drain(channel, chunk);
            }
            chunk.putInt(word);
        }
        drain(channel, chunk);
    }

    static void write(WritableByteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void drain(WritableByteChannel channel, ByteBuffer chunk) throws IOException {
        chunk.flip();
        while (chunk.hasRemaining()) {
            channel.write(chunk);
        }
        chunk.clear();
    }

    /**
     * Puts a field of {@code bits} bits at a bit position; it may straddle two words {@code stride}
     * apart.
     */
    static void put(int[] words, int first, int stride, long bit, int bits, int value) {
        int word = first + (int) (bit / Integer.SIZE) * stride;
        int shift = (int) (bit % Integer.SIZE);
        words[word] |= value << shift;
        if (shift + bits > Integer.SIZE) {
            words[word + stride] |= value >>> Integer.SIZE - shift;
        }
    }
}
