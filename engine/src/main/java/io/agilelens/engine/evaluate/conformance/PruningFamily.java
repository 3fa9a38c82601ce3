package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Cascade token pruning: importance, who leaves at which layer, and what the survivors predict,
 * with positions numbered anew and, as the alternative, kept.
 */
final class PruningFamily implements CaseFamily {
    private static final String REMOVED = "removed/survivors";

    @Override
    public boolean covers(String kind) {
        return kind.startsWith("cascade token pruning");
    }

    @Override
    public void check(KitFolder folder, KitModels models, CaseSink sink) {
        Decoder decoder = models.decoder(folder);
        JsonNode manifest = folder.manifest();
        int[] ids = folder.ints("ids");
        SortedSet<Integer> layers = new TreeSet<>();
        for (int layer : KitFolder.integers(manifest.path("pruned_layers_1based"))) {
            layers.add(layer - 1);
        }
        double beta = manifest.path("beta").doubleValue();
        var renumbered = new PruningSchedule(beta, layers, TokenScore.START, false);
        sink.check(
                "gamma",
                () ->
                        Measurement.absolute(
                                manifest.path("gamma").doubleValue(), renumbered.gamma(), 1e-15));
        Run run = Run.of(decoder, ids, renumbered, models.cancellation());
        for (Step step : run.steps) {
            step(folder, step, sink);
        }
        sink.check(
                "remaining_after_layer",
                () ->
                        Measurement.exact(
                                KitFolder.integers(manifest.path("remaining_after_layer")),
                                run.remaining));
        sink.check(
                "survivors_original",
                () -> Measurement.exact(folder.ints("survivors_original"), run.pass.survivors()));
        sink.check(
                "logits",
                () ->
                        Measurement.absolute(
                                folder.floats("logits"),
                                run.logits.data(),
                                Tolerance.number(folder.tolerance(), "logits_abs")));
        losses(folder, manifest, "nll", "", run, sink);
        double mean = sparsity(run, ids.length);
        sparsity(manifest, "sparsity_mean", mean, sink);
        sparsity(manifest, "sparsity_sum", mean * run.remaining.length, sink);
        alternative(folder, decoder, ids, beta, layers, models.cancellation(), sink);
    }

    private static void alternative(
            KitFolder folder,
            Decoder decoder,
            int[] ids,
            double beta,
            SortedSet<Integer> layers,
            Cancellation cancellation,
            CaseSink sink) {
        JsonNode alternative = folder.manifest().path("alternative_original_positions");
        if (!alternative.isObject()) {
            return;
        }
        sink.attempt(
                "alternative_original_positions",
                () -> {
                    var kept = new PruningSchedule(beta, layers, TokenScore.START, true);
                    Run run = Run.of(decoder, ids, kept, cancellation);
                    sink.check(
                            "original positions survivors",
                            () ->
                                    Measurement.exact(
                                            folder.ints("alt_original_positions_survivors"),
                                            run.pass.survivors()));
                    losses(
                            folder,
                            alternative,
                            "alt_original_positions_nll",
                            "original positions ",
                            run,
                            sink);
                });
    }

    private static void step(KitFolder folder, Step step, CaseSink sink) {
        String layer = "layer" + (step.layer + 1);
        sink.check(
                layer + "_score",
                () ->
                        Measurement.absolute(
                                folder.floats(layer + "_score"),
                                step.scores,
                                Tolerance.number(folder.tolerance(), "score_abs")));
        sink.check(
                layer + "_removed_local",
                () ->
                        gap(
                                folder,
                                step.layer,
                                Measurement.exact(
                                        folder.ints(layer + "_removed_local"), step.removedLocal)));
        sink.check(
                layer + "_removed_original",
                () ->
                        gap(
                                folder,
                                step.layer,
                                Measurement.exact(
                                        folder.ints(layer + "_removed_original"),
                                        step.removedOriginal)));
    }

    /** Tells how near to a tie the choice was, if it came out differently. */
    private static Measurement gap(KitFolder folder, int layer, Measurement found) {
        if (found.passes()) {
            return found;
        }
        for (JsonNode step : folder.manifest().path("steps")) {
            if (step.path("layer_1based").asInt() == layer + 1) {
                return found.withNote(
                        "%s; %s, gap of the scores at the cut %s"
                                .formatted(
                                        found.note(),
                                        folder.tolerance().path(REMOVED).asString(""),
                                        step.path("score_gap_at_cut")));
            }
        }
        return found;
    }

    private static void losses(
            KitFolder folder,
            JsonNode expected,
            String array,
            String prefix,
            Run run,
            CaseSink sink) {
        double tolerance = Tolerance.number(folder.tolerance(), "nll_mean_abs");
        double mean = Losses.sum(run.losses) / run.losses.length;
        sink.check(
                prefix + "nll",
                () ->
                        Measurement.absolute(
                                folder.floats(array),
                                Losses.narrow(run.losses),
                                Tolerance.number(folder.tolerance(), "logits_abs")));
        sink.check(
                prefix + "nll_mean",
                () ->
                        Measurement.absolute(
                                expected.path("nll_mean").doubleValue(), mean, tolerance));
        sink.check(
                prefix + "nll_count",
                () -> Measurement.exact(expected.path("nll_count").asInt(), run.losses.length));
        // A mean that is off by δ makes the perplexity off by a factor e^δ.
        sink.check(
                prefix + "perplexity",
                () ->
                        Measurement.relative(
                                expected.path("perplexity").doubleValue(),
                                Math.exp(mean),
                                Math.expm1(tolerance)));
    }

    private static double sparsity(Run run, int tokens) {
        long gone = 0;
        for (int remaining : run.remaining) {
            gone += tokens - remaining;
        }
        return (double) gone / ((long) tokens * run.remaining.length);
    }

    private static void sparsity(JsonNode manifest, String key, double actual, CaseSink sink) {
        if (manifest.has(key)) {
            sink.check(
                    key,
                    () -> Measurement.absolute(manifest.path(key).doubleValue(), actual, 1e-12));
        }
    }

    /** A pass over the sequence and what was seen on the way. */
    private static final class Run implements Probe {
        private final List<Step> steps = new ArrayList<>();
        private final int[] remaining;
        private int[] alive;
        private Decoder.Pass pass;
        private Matrix logits;
        private double[] losses;

        private Run(int layers, int tokens) {
            remaining = new int[layers];
            alive = new int[tokens];
            Arrays.setAll(alive, t -> t);
        }

        static Run of(
                Decoder decoder, int[] ids, PruningSchedule schedule, Cancellation cancellation) {
            Run run = new Run(decoder.model().config().layers(), ids.length);
            run.pass = decoder.run(ids, null, schedule, run, cancellation);
            run.logits = decoder.logits(run.pass.hidden(), 0, run.pass.survivors().length);
            run.losses = Losses.next(run.logits, ids, run.pass.survivors());
            return run;
        }

        @Override
        public void pruned(int layer, float[] scores, int[] kept) {
            int[] before = alive;
            boolean[] stays = new boolean[before.length];
            for (int k : kept) {
                stays[k] = true;
            }
            int[] removed = new int[before.length - kept.length];
            int next = 0;
            for (int i = 0; i < stays.length; i++) {
                if (!stays[i]) {
                    removed[next++] = i;
                }
            }
            alive = Arrays.stream(kept).map(i -> before[i]).toArray();
            steps.add(
                    new Step(
                            layer,
                            scores.clone(),
                            removed,
                            Arrays.stream(removed).map(i -> before[i]).toArray()));
        }

        @Override
        public void layerOutput(int layer, Matrix residual) {
            remaining[layer] = residual.rows();
        }
    }

    /** What happened at a pruned layer. */
    private record Step(int layer, float[] scores, int[] removedLocal, int[] removedOriginal) {}
}
