package io.agilelens.engine.evaluate;

import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of a pass goes, measured on one thread.
 *
 * @param shares share of the time by operator; together 1; read only
 */
public record OperatorProfile(Map<Operator, Double> shares) {
    private static final int WARM_UP_TOKENS = 32;
    private static final int MOST_REPETITIONS = 5;

    /** Long enough, whatever the number of repetitions. */
    private static final long ENOUGH_NANOS = 1_000_000_000L;

    /** What a decoder layer is made of. */
    public enum Operator {
        LINEAR,
        /**
         * Products of queries with keys and of probabilities with values, ALiBi's bias included.
         */
        ATTENTION,
        SOFTMAX,
        NORM,
        ROTARY,
        /** The MLP's nonlinearity. */
        ACTIVATION,
        /** Turning activations and probabilities into what a recipe says. */
        QUANTIZATION,
        /** Adding to the residual stream. */
        RESIDUAL,
        /** What none of them accounts for: rows copied together, the cache, new arrays. */
        OTHER
    }

    public OperatorProfile {
        shares = Collections.unmodifiableMap(new EnumMap<>(shares));
    }

    /** Adds up nanoseconds by operator; for one thread. */
    static final class Clock {
        private final long[] nanos = new long[Operator.values().length];

        void add(Operator operator, long start) {
            nanos[operator.ordinal()] += System.nanoTime() - start;
        }

        void reset() {
            Arrays.fill(nanos, 0);
        }

        /**
         * @param whole nanoseconds since the last reset, the clock's own included
         */
        OperatorProfile profile(long whole) {
            long known = Arrays.stream(nanos).sum();
            nanos[Operator.OTHER.ordinal()] = Math.max(0, whole - known);
            double total = Math.max(whole, known);
            Map<Operator, Double> shares = new EnumMap<>(Operator.class);
            for (Operator operator : Operator.values()) {
                shares.put(operator, nanos[operator.ordinal()] / total);
            }
            return new OperatorProfile(shares);
        }
    }

    /**
     * Of a prompt at once, the last token's logits included.
     *
     * @param ids the prompt
     */
    public static OperatorProfile ofPrefill(
            Decoder decoder, TokenPruner pruner, int[] ids, Cancellation cancellation) {
        Clock clock = new Clock();
        Decoder timed = timed(decoder, clock);
        int warmUp = Math.min(WARM_UP_TOKENS, ids.length);
        long[] whole = new long[1];
        onOneThread(
                () -> {
                    step(timed, null, pruner, Arrays.copyOf(ids, warmUp), cancellation);
                    clock.reset();
                    long start = System.nanoTime();
                    for (int i = 0; i < MOST_REPETITIONS && whole[0] < ENOUGH_NANOS; i++) {
                        step(timed, null, pruner, ids, cancellation);
                        whole[0] = System.nanoTime() - start;
                    }
                });
        return clock.profile(whole[0]);
    }

    /**
     * Of single tokens behind a prompt, each one's logits included.
     *
     * @param ids the prompt and, behind it, the tokens
     * @param prompt tokens of the prompt; at least one more is there
     */
    public static OperatorProfile ofDecode(
            Decoder decoder, TokenPruner pruner, int[] ids, int prompt, Cancellation cancellation) {
        Clock clock = new Clock();
        Decoder timed = timed(decoder, clock);
        KeyValueCache cache = timed.cache();
        step(decoder, cache, pruner, Arrays.copyOf(ids, prompt), cancellation);
        long[] whole = new long[1];
        onOneThread(
                () -> {
                    long start = System.nanoTime();
                    for (int t = prompt; t < ids.length; t++) {
                        step(timed, cache, TokenPruner.NONE, new int[] {ids[t]}, cancellation);
                        if (t - prompt < (ids.length - prompt) / 4) { // still warming up
                            clock.reset();
                            start = System.nanoTime();
                        }
                    }
                    whole[0] = System.nanoTime() - start;
                });
        return clock.profile(whole[0]);
    }

    private static Decoder timed(Decoder decoder, Clock clock) {
        return new Decoder(
                decoder.model(),
                new TimedKernels(decoder.kernels(), clock),
                new TimedNumerics(decoder.numerics(), clock));
    }

    private static void step(
            Decoder decoder,
            KeyValueCache cache,
            TokenPruner pruner,
            int[] ids,
            Cancellation cancellation) {
        Decoder.Pass pass = decoder.run(ids, cache, pruner, Probe.NONE, cancellation);
        decoder.logits(pass.hidden(), pass.hidden().rows() - 1, 1);
    }

    /** Work that is shared out from inside a worker stays on its thread, as the clock needs it. */
    private static void onOneThread(Runnable work) {
        Workers.shared()
                .forRanges(
                        2,
                        1,
                        (from, to) -> {
                            if (from == 0) {
                                work.run();
                            }
                        });
    }
}
