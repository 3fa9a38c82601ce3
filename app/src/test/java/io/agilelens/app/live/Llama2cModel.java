package io.agilelens.app.live;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes a random LLaMA as llama2.c does, with its tokenizer of single bytes beside it. */
public final class Llama2cModel {
    private static final int HIDDEN = 32;
    private static final int FEED_FORWARD = 48;
    private static final int LAYERS = 3;
    private static final int HEADS = 4;
    private static final int BYTES_FROM = 3;
    private static final int VOCABULARY = BYTES_FROM + 256 + 95;
    private static final int CONTEXT = 128;

    private Llama2cModel() {}

    public static Path write(Path file) throws IOException {
        ByteBuffer bytes = little((int) length(HIDDEN, FEED_FORWARD, LAYERS));
        bytes.put(header(HIDDEN, FEED_FORWARD, LAYERS));
        Random random = new Random(5);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (0.2 * random.nextGaussian()));
        }
        Files.write(file.resolveSibling("tokenizer.bin"), tokenizer());
        return Files.write(file, bytes.array());
    }

    /** A model whose weights are all zero and take no room on the disk. */
    public static Path claim(Path file, int hidden, int feedForward, int layers)
            throws IOException {
        Files.write(file.resolveSibling("tokenizer.bin"), tokenizer());
        Files.write(file, header(hidden, feedForward, layers).array());
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length(hidden, feedForward, layers));
        }
        return file;
    }

    private static long length(long hidden, long feedForward, long layers) {
        long matrices = layers * (4 * hidden * hidden + 3 * hidden * feedForward);
        long norms = (2 * layers + 1) * hidden;
        return 28 + 4 * (VOCABULARY * hidden + matrices + norms + CONTEXT * (hidden / HEADS));
    }

    private static ByteBuffer header(int hidden, int feedForward, int layers) {
        ByteBuffer header = little(28);
        int[] sizes = {hidden, feedForward, layers, HEADS, HEADS, VOCABULARY, CONTEXT};
        for (int size : sizes) {
            header.putInt(size);
        }
        return header.flip();
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
