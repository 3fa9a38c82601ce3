package io.agilelens.trainer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Documents as one stream of tokens, an end token after each, cut into windows.
 *
 * <p>A window is the start token and then a slice of the stream, so the start token says nothing
 * about what follows and every position can see it: attention that has nothing better to do settles
 * there. In training one window in eight goes without it, because perplexity is commonly measured
 * on windows that lack it; there the first token takes its part. Where the tokenizer puts nothing
 * in front of a text, every window is a bare slice.
 */
final class TokenStream {
    private static final double WINDOWS_WITHOUT_START = 1.0 / 8;

    private final TokenizerConvention convention;
    private final int[] tokens;

    TokenStream(BytePairEncoding encoding, List<Document> documents) {
        convention = encoding.convention();
        List<int[]> parts = new ArrayList<>();
        int length = 0;
        for (Document document : documents) {
            int[] ids = encoding.encode(document.text());
            parts.add(ids);
            length += ids.length + 1;
        }
        tokens = new int[length];
        int position = 0;
        for (int[] part : parts) {
            System.arraycopy(part, 0, tokens, position, part.length);
            position += part.length;
            tokens[position++] = convention.endId();
        }
    }

    /** The stream's length in tokens. */
    int length() {
        return tokens.length;
    }

    /** The token at a place in the stream. */
    int token(int index) {
        return tokens[index];
    }

    /** How many windows fit side by side, each predicting {@code context} tokens of its own. */
    int windows(int context) {
        return tokens.length / context;
    }

    /**
     * The windows side by side from the start of the stream, each with the start token first if
     * there is one.
     *
     * @return {@code [windows][context + 1]}: inputs and, one place on, targets
     */
    int[][] evaluationWindows(int context, int first, int count) {
        int[][] windows = new int[count][];
        for (int i = 0; i < count; i++) {
            windows[i] = window((first + i) * context, context, true);
        }
        return windows;
    }

    /**
     * The same windows without start token: slices of the bare stream.
     *
     * @return {@code [windows][context + 1]}: inputs and, one place on, targets
     */
    int[][] bareWindows(int context, int first, int count) {
        int[][] windows = new int[count][];
        for (int i = 0; i < count; i++) {
            windows[i] = window((first + i) * context, context, false);
        }
        return windows;
    }

    /**
     * The windows of one training step. Each pass over the stream visits every window once, in a
     * random order and with a random shift; the outcome depends on seed and step alone.
     *
     * @return {@code [count][context + 1]}: inputs and, one place on, targets
     */
    int[][] trainingWindows(int context, int count, int step, long seed) {
        int perPass = (tokens.length - 2 * context) / context;
        int[][] windows = new int[count][];
        Pass pass = null;
        for (int i = 0; i < count; i++) {
            long index = (long) step * count + i;
            if (pass == null || pass.number() != index / perPass) {
                pass = Pass.of(index / perPass, perPass, context, seed);
            }
            int place = (int) (index % perPass);
            int begin = pass.shift() + pass.order().get(place) * context;
            windows[i] = window(begin, context, pass.withStart()[place]);
        }
        return windows;
    }

    /**
     * How one pass over the stream goes.
     *
     * @param number counted from 0
     * @param shift first token of the first window
     * @param order the windows in the order of their turn
     * @param withStart by turn, whether a start token comes first
     */
    private record Pass(long number, int shift, List<Integer> order, boolean[] withStart) {
        private static Pass of(long number, int windows, int context, long seed) {
            Random random = new Random(seed * 1_000_003 + number);
            int shift = random.nextInt(context);
            List<Integer> order = new ArrayList<>();
            for (int window = 0; window < windows; window++) {
                order.add(window);
            }
            Collections.shuffle(order, random);
            boolean[] withStart = new boolean[windows];
            for (int window = 0; window < windows; window++) {
                withStart[window] = random.nextDouble() >= WINDOWS_WITHOUT_START;
            }
            return new Pass(number, shift, order, withStart);
        }
    }

    private int[] window(int begin, int context, boolean withStart) {
        return withStart && convention.startId().isPresent()
                ? convention.withStart(Arrays.copyOfRange(tokens, begin, begin + context))
                : Arrays.copyOfRange(tokens, begin, begin + context + 1);
    }
}
