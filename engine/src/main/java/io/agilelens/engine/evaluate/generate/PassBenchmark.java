package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Speed of whole passes: a prompt at once, and then token by token behind it. The ids are random,
 * for no arithmetic here depends on them.
 */
public final class PassBenchmark {
    private static final int REPETITIONS = 5;
    private static final double NANOS = 1e9;

    /** Compiled code takes a while to come; without it whatever is measured first looks slow. */
    private static final long WARM_UP_NANOS = 4_000_000_000L;

    private static final int FEWEST_WARM_UPS = 2;

    private PassBenchmark() {}

    /**
     * @param tokensPerSecond median of the repetitions
     * @param spread their interquartile range
     */
    public record Speed(double tokensPerSecond, double spread) {

        private static Speed of(double[] samples) {
            double[] sorted = samples.clone();
            Arrays.sort(sorted);
            return new Speed(
                    sorted[REPETITIONS / 2], sorted[REPETITIONS * 3 / 4] - sorted[REPETITIONS / 4]);
        }
    }

    /**
     * @param prefill prompt tokens a second, the last token's logits included
     * @param decode tokens a second behind the prompt, each one's logits included
     */
    public record Speeds(Speed prefill, Speed decode) {}

    /**
     * Measures after some seconds to warm up.
     *
     * @param prompt tokens, at least 1
     * @param tokens single-token steps, at least 1
     */
    public static Speeds measure(
            Decoder decoder,
            TokenPruner pruner,
            int prompt,
            int tokens,
            Cancellation cancellation) {
        int vocabulary = decoder.model().config().vocabularySize();
        int[] ids = new SplittableRandom(1).ints(prompt + tokens, 0, vocabulary).toArray();
        double[] prefill = new double[REPETITIONS];
        double[] decode = new double[REPETITIONS];
        long warm = System.nanoTime() + WARM_UP_NANOS;
        for (int i = 0; i < FEWEST_WARM_UPS || System.nanoTime() < warm; i++) {
            run(decoder, pruner, ids, prompt, cancellation);
        }
        for (int repetition = 0; repetition < REPETITIONS; repetition++) {
            long[] nanos = run(decoder, pruner, ids, prompt, cancellation);
            prefill[repetition] = prompt * NANOS / nanos[0];
            decode[repetition] = tokens * NANOS / nanos[1];
        }
        return new Speeds(Speed.of(prefill), Speed.of(decode));
    }

    /**
     * @return nanoseconds of the prompt and of the steps behind it
     */
    private static long[] run(
            Decoder decoder, TokenPruner pruner, int[] ids, int prompt, Cancellation cancellation) {
        KeyValueCache cache = decoder.cache();
        long began = System.nanoTime();
        step(decoder, cache, pruner, Arrays.copyOf(ids, prompt), cancellation);
        long filled = System.nanoTime();
        for (int t = prompt; t < ids.length; t++) {
            step(decoder, cache, TokenPruner.NONE, new int[] {ids[t]}, cancellation);
        }
        return new long[] {filled - began, System.nanoTime() - filled};
    }

    private static void step(
            Decoder decoder,
            KeyValueCache cache,
            TokenPruner pruner,
            int[] ids,
            Cancellation cancellation) {
        Decoder.Pass pass = decoder.run(ids, cache, pruner, Probe.NONE, cancellation);
        float[] logits = decoder.logits(pass.hidden(), pass.hidden().rows() - 1, 1).data();
        if (Float.isNaN(logits[0])) {
            throw new IllegalStateException("the model's logits are not numbers");
        }
    }
}
