package io.agilelens.engine.evaluate.generate;

import io.agilelens.engine.kernel.MachineMeter;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Speed of whole passes: a prompt at once, and then token by token behind it. Several arithmetics
 * are measured in rounds, one after the other and beside the machine's own peak, so that other load
 * hits all alike. The ids are random, for no arithmetic here depends on them.
 *
 * @param prompt tokens, at least 1
 * @param tokens single-token steps, at least 1
 * @param rounds at least 1
 */
public record PassBenchmark(int prompt, int tokens, int rounds) {
    private static final int USUAL_ROUNDS = 5;
    private static final double NANOS = 1e9;

    /** Compiled code takes a while to come; without it whatever is measured first looks slow. */
    private static final long WARM_UP_NANOS = 2_000_000_000L;

    /** With a number of rounds that a median and its spread need. */
    public PassBenchmark(int prompt, int tokens) {
        this(prompt, tokens, USUAL_ROUNDS);
    }

    /** A model in one arithmetic. */
    public record Contender(Decoder decoder, TokenPruner pruner) {}

    /**
     * @param prefill prompt tokens a second
     * @param decode tokens a second behind the prompt
     * @param cachedBytes keys and values that a step of {@code decode} reads, the mean of all
     */
    public record Once(double prefill, double decode, long cachedBytes) {}

    /**
     * What the rounds gave, round by round.
     *
     * @param prefill prompt tokens a second, the last token's logits included
     * @param decode tokens a second behind the prompt, each one's logits included
     * @param gigaFlops the machine's multiply-adds, see {@link MachineMeter#gigaFlops()}; 0 without
     *     a meter
     * @param gigabytesPerSecond what the machine reads of a working set of as many bytes as a step
     *     of {@code decode} reads; 0 without a meter
     * @param decodedBytes that a step of {@code decode} reads: every linear's weight, the head and,
     *     the mean of all steps, the keys and values so far
     */
    public record Speeds(
            double[] prefill,
            double[] decode,
            double[] gigaFlops,
            double[] gigabytesPerSecond,
            long decodedBytes) {

        private Speeds(int rounds, long decodedBytes) {
            this(
                    new double[rounds],
                    new double[rounds],
                    new double[rounds],
                    new double[rounds],
                    decodedBytes);
        }

        /** Median prompt tokens a second. */
        public double prefillSpeed() {
            return Quartiles.of(prefill).median();
        }
    }

    /** Measures one arithmetic by itself. */
    public Speeds measure(Contender contender, Cancellation cancellation) {
        return run(List.of(contender), null, Progress.NONE, cancellation).getFirst();
    }

    /**
     * Measures several in the same rounds.
     *
     * @param meter of the decoders' width and threads
     * @return in the order of the contenders
     */
    public List<Speeds> measure(
            List<Contender> contenders,
            MachineMeter meter,
            Progress progress,
            Cancellation cancellation) {
        return run(contenders, meter, progress, cancellation);
    }

    private List<Speeds> run(
            List<Contender> contenders,
            MachineMeter meter,
            Progress progress,
            Cancellation cancellation) {
        int total = (1 + rounds) * contenders.size();
        int done = 0;
        // Nobody's room is made within a measurement, and all that can share the first one's.
        KeyValueCache first = contenders.getFirst().decoder().cache();
        List<KeyValueCache> caches =
                contenders.stream().map(contender -> contender.decoder().cache(first)).toList();
        List<Speeds> speeds = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            progress.report("warming up", done++, total);
            Once once = warmUp(contenders.get(i), caches.get(i), cancellation);
            long weights = PassWork.weightBytes(contenders.get(i).decoder());
            speeds.add(new Speeds(rounds, weights + once.cachedBytes()));
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                progress.report("measuring", done++, total);
                // There and back again: a trend within the rounds favours nobody.
                int at = round % 2 == 0 ? i : contenders.size() - 1 - i;
                Contender contender = contenders.get(at);
                measure(contender, caches.get(at), meter, speeds.get(at), round, cancellation);
            }
        }
        progress.report("measuring", total, total);
        return speeds;
    }

    private Once warmUp(Contender contender, KeyValueCache cache, Cancellation cancellation) {
        long warm = System.nanoTime() + WARM_UP_NANOS;
        Once once;
        do {
            once = once(contender, cache, cancellation);
        } while (System.nanoTime() < warm);
        return once;
    }

    private void measure(
            Contender contender,
            KeyValueCache cache,
            MachineMeter meter,
            Speeds speeds,
            int round,
            Cancellation cancellation) {
        if (meter != null) {
            speeds.gigaFlops()[round] = meter.gigaFlops();
            speeds.gigabytesPerSecond()[round] = meter.gigabytesPerSecond(speeds.decodedBytes());
        }
        Once once = once(contender, cache, cancellation);
        speeds.prefill()[round] = once.prefill();
        speeds.decode()[round] = once.decode();
    }

    /**
     * Runs the prompt and the steps behind it once, for a measurement that has its own rounds.
     *
     * @param used the cache of the time before: to make and clear a new one is no part of a pass
     */
    public Once once(Contender contender, KeyValueCache used, Cancellation cancellation) {
        Decoder decoder = contender.decoder();
        int vocabulary = decoder.model().config().vocabularySize();
        int[] ids = new SplittableRandom(1).ints(prompt + tokens, 0, vocabulary).toArray();
        KeyValueCache cache = decoder.cache(used);
        long began = System.nanoTime();
        step(decoder, cache, contender.pruner(), Arrays.copyOf(ids, prompt), cancellation);
        long filled = System.nanoTime();
        long cachedBytes = 0;
        for (int t = prompt; t < ids.length; t++) {
            step(decoder, cache, TokenPruner.NONE, new int[] {ids[t]}, cancellation);
            cachedBytes += cache.bytes();
        }
        long decoded = System.nanoTime();
        return new Once(
                prompt * NANOS / (filled - began),
                tokens * NANOS / (decoded - filled),
                cachedBytes / tokens);
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
