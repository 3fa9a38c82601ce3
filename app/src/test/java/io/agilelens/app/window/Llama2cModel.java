package io.agilelens.app.window;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes a random LLaMA as llama2.c does, with its tokenizer of single bytes beside it. */
final class Llama2cModel {
    private static final int HIDDEN = 32;
    private static final int FEED_FORWARD = 48;
    private static final int LAYERS = 3;
    private static final int HEADS = 4;
    private static final int BYTES_FROM = 3;
    private static final int VOCABULARY = BYTES_FROM + 256 + 95;
    private static final int CONTEXT = 128;

    private Llama2cModel() {}

    static Path write(Path file) throws IOException {
        long matrices = LAYERS * (4L * HIDDEN * HIDDEN + 3L * HIDDEN * FEED_FORWARD);
        long norms = (2L * LAYERS + 1) * HIDDEN;
        long floats = (long) VOCABULARY * HIDDEN + matrices + norms + CONTEXT * (HIDDEN / HEADS);
        ByteBuffer bytes = little((int) (28 + 4 * floats));
        int[] sizes = {HIDDEN, FEED_FORWARD, LAYERS, HEADS, HEADS, VOCABULARY, CONTEXT};
        for (int size : sizes) {
            bytes.putInt(size);
        }
        Random random = new Random(5);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (0.2 * random.nextGaussian()));
        }
        Files.write(file.resolveSibling("tokenizer.bin"), tokenizer());
        return Files.write(file, bytes.array());
    }

    private static byte[] tokenizer() {
        ByteBuffer bytes = little(4 + VOCABULARY * 24);
        bytes.putInt(8);
        put(bytes, "<unk>");
        put(bytes, "\n<s>\n");
        put(bytes, "\n</s>\n");
        for (int value = 0; value < 256; value++) {
            put(bytes, "<0x%02X>".formatted(value));
        }
        for (char character = ' '; character < ' ' + 95; character++) {
            put(bytes, Character.toString(character));
        }
        byte[] written = new byte[bytes.position()];
        bytes.flip().get(written);
        return written;
    }

    private static void put(ByteBuffer target, String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        target.putFloat(0).putInt(bytes.length).put(bytes);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
