package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/** Lets a decoder write on, to see what it has learned. */
final class Sampler {
    static final double TEMPERATURE = 0.7;
    static final int TOP_K = 40;

    private final Decoder decoder;
    private final NDArray weights;
    private final BytePairEncoding encoding;

    Sampler(Decoder decoder, NDArray weights, BytePairEncoding encoding) {
        this.decoder = decoder;
        this.weights = weights;
        this.encoding = encoding;
    }

    /**
     * Continues a text.
     *
     * @param prompt the text to go on from; the start token comes before it, if there is one
     * @param count tokens to add; prompt and tokens must fit the model's context
     * @param random decides which tokens
     * @return the prompt and its continuation
     */
    String sample(String prompt, int count, Random random) {
        int[] promptIds = encoding.convention().withStart(encoding.encode(prompt));
        int[] ids = Arrays.copyOf(promptIds, promptIds.length + count);
        for (int length = promptIds.length; length < ids.length; length++) {
            ids[length] = next(ids, length, random);
        }
        return encoding.decode(ids);
    }

    /** Draws the token after the first {@code length} of {@code ids}; later ones have no effect. */
    private int next(int[] ids, int length, Random random) {
        float[] logits;
        try (NDManager scratch = weights.getManager().newSubManager()) {
            long[] wide = Arrays.stream(ids).asLongStream().toArray();
            NDArray input = scratch.create(wide, new Shape(1, wide.length));
            logits = decoder.logits(weights, input).get(0).get(length - 1).toFloatArray();
        }
        int[] best =
                IntStream.range(0, logits.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(id -> -logits[id]))
                        .mapToInt(Integer::intValue)
                        .limit(TOP_K)
                        .toArray();
        double[] weight = new double[best.length];
        double sum = 0;
        for (int i = 0; i < best.length; i++) {
            weight[i] = Math.exp((logits[best[i]] - logits[best[0]]) / TEMPERATURE);
            sum += weight[i];
        }
        double drawn = random.nextDouble() * sum;
        int chosen = 0;
        while (chosen < best.length - 1 && drawn >= weight[chosen]) {
            drawn -= weight[chosen++];
        }
        return best[chosen];
    }
}
