package io.agilelens.app.conformance;

import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.task.Cancellation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Token pruning: who leaves where, and what is lost. */
final class PruneFamily implements Family {

    @Override
    public boolean covers(String kind) {
        return kind.equals("cascade token pruning");
    }

    @Override
    public List<CaseResult> run(String name, GoldenFolder golden, KitModels models) {
        Path folder = golden.model();
        if (!models.runs(folder)) {
            return List.of(CaseResult.unsupported(name, "architecture is not run by this version"));
        }
        Decoder decoder = models.decoder(folder);
        List<CaseResult> results = new ArrayList<>();
        results.add(CaseResult.of(name, renumbered(golden, decoder)));
        if (golden.has("alt_original_positions_nll")) {
            results.add(CaseResult.of(name + "/original-positions", original(golden, decoder)));
        }
        return results;
    }

    private static PruningSchedule schedule(GoldenFolder golden, boolean keepsPositions) {
        TreeSet<Integer> layers = new TreeSet<>();
        for (JsonNode layer : golden.manifest().path("pruned_layers_1based")) {
            layers.add(layer.asInt() - 1);
        }
        return new PruningSchedule(
                golden.manifest().path("beta").asDouble(0),
                layers,
                TokenScore.START,
                keepsPositions);
    }

    private static List<Check> renumbered(GoldenFolder golden, Decoder decoder) {
        int[] ids = golden.ints("ids");
        PruningSchedule schedule = schedule(golden, false);
        List<Check> checks = new ArrayList<>();
        double scoreTolerance = golden.tolerance("score_abs", 1e-4);
        Probe probe =
                new Probe() {
                    @Override
                    public void pruned(int layer, float[] scores, int[] kept) {
                        String prefix = "layer" + (layer + 1);
                        checks.add(
                                Check.largestDistance(
                                        prefix + " scores",
                                        golden.floats(prefix + "_score"),
                                        scores.clone(),
                                        scoreTolerance));
                        checks.add(
                                Check.differences(
                                        prefix + " removed",
                                        golden.ints(prefix + "_removed_local"),
                                        removed(scores.length, kept)));
                    }
                };
        Decoder.Pass pass = decoder.run(ids, null, schedule, probe, Cancellation.never());
        checks.add(
                Check.differences(
                        "survivors", golden.ints("survivors_original"), pass.survivors()));
        checks.add(
                Check.largestDistance(
                        "logits",
                        golden.floats("logits"),
                        decoder.logits(pass.hidden(), 0, pass.hidden().rows()).data(),
                        golden.tolerance("logits_abs", 1e-3)));
        checks.add(meanLoss(golden, "nll", decoder, schedule, ids));
        checks.add(
                new Check(
                        "gamma",
                        Math.abs(
                                schedule.gamma()
                                        - golden.manifest().path("gamma").asDouble(Double.NaN)),
                        1e-12));
        return checks;
    }

    private static List<Check> original(GoldenFolder golden, Decoder decoder) {
        int[] ids = golden.ints("ids");
        PruningSchedule schedule = schedule(golden, true);
        Decoder.Pass pass = decoder.run(ids, null, schedule, Probe.NONE, Cancellation.never());
        return List.of(
                Check.differences(
                        "survivors",
                        golden.ints("alt_original_positions_survivors"),
                        pass.survivors()),
                meanLoss(golden, "alt_original_positions_nll", decoder, schedule, ids));
    }

    private static Check meanLoss(
            GoldenFolder golden,
            String array,
            Decoder decoder,
            PruningSchedule schedule,
            int[] ids) {
        float[] kept =
                PerplexityEvaluator.of(decoder, schedule)
                        .score(ids, 0, Cancellation.never())
                        .kept();
        float[] expected = golden.floats(array);
        double[] actual =
                IntStream.range(0, kept.length)
                        .mapToDouble(t -> kept[t])
                        .filter(loss -> !Double.isNaN(loss))
                        .toArray();
        double error =
                expected.length == actual.length
                        ? Math.abs(
                                mean(expected)
                                        - IntStream.range(0, actual.length)
                                                .mapToDouble(i -> actual[i])
                                                .average()
                                                .orElse(Double.NaN))
                        : Double.NaN;
        return new Check("mean nll", error, golden.tolerance("nll_mean_abs", 1e-3));
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static int[] removed(int tokens, int[] kept) {
        TreeSet<Integer> left = new TreeSet<>();
        for (int t = 0; t < tokens; t++) {
            left.add(t);
        }
        for (int t : kept) {
            left.remove(t);
        }
        return left.stream().mapToInt(Integer::intValue).toArray();
    }
}
