package io.agilelens.engine.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** The files of llama2.c written by hand: seven numbers and the weights, and the vocabulary. */
public final class Llama2cBytes {
    private static final int VOCABULARY = 300;

    private Llama2cBytes() {}

    /** The first version: seven 32-bit numbers, then float32 weights in a fixed order. */
    public static Fields model() {
        return model(16, 24, 1, 4, 2, VOCABULARY, 8);
    }

    /**
     * @param vocabulary negative where the head is not the embedding
     */
    public static Fields model(
            int hidden,
            int feedForward,
            int layers,
            int heads,
            int keyValueHeads,
            int vocabulary,
            int context) {
        Random random = new Random(3);
        Fields file = new Fields();
        for (int number :
                new int[] {
                    hidden, feedForward, layers, heads, keyValueHeads, vocabulary, context
                }) {
            file.u32(number);
        }
        int head = hidden / heads;
        int keyValues = head * keyValueHeads;
        int tokens = Math.abs(vocabulary);
        weights(file, random, tokens * hidden);
        weights(file, random, layers * hidden);
        weights(file, random, layers * hidden * hidden);
        weights(file, random, layers * keyValues * hidden);
        weights(file, random, layers * keyValues * hidden);
        weights(file, random, layers * hidden * hidden);
        weights(file, random, layers * hidden);
        weights(file, random, layers * feedForward * hidden);
        weights(file, random, layers * feedForward * hidden);
        weights(file, random, layers * feedForward * hidden);
        weights(file, random, hidden);
        // Tables of the rotation that nothing reads any more.
        weights(file, random, context * head / 2);
        weights(file, random, context * head / 2);
        if (vocabulary < 0) {
            weights(file, random, tokens * hidden);
        }
        return file;
    }

    private static void weights(Fields file, Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() / 4;
        }
        file.floats(values);
    }

    /** The vocabulary: the longest piece, then score, length and bytes of each. */
    public static Fields tokenizer() {
        Fields file = new Fields().u32(8);
        for (int id = 0; id < VOCABULARY; id++) {
            byte[] piece = piece(id).getBytes(StandardCharsets.UTF_8);
            file.f32(-id).u32(piece.length).bytes(piece);
        }
        return file;
    }

    private static String piece(int id) {
        return switch (id) {
            case 0 -> "<unk>";
            case 1 -> "\n<s>\n";
            case 2 -> "\n</s>\n";
            default ->
                    id < 259
                            ? "<0x%02X>".formatted(id - 3)
                            : id - 259 < 26
                                    ? Character.toString('a' + id - 259)
                                    : " " + Character.toString('a' + id - 285);
        };
    }
}
