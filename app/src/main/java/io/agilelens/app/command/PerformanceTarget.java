package io.agilelens.app.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * A ratio that the engine is to reach.
 *
 * @param name short, for the text around the tables
 * @param claim in words
 * @param goal the ratio
 * @param atMost whether it is to stay below the goal rather than reach it
 * @param reached of a run; NaN where it was not measured
 */
record PerformanceTarget(
        String name,
        String claim,
        double goal,
        boolean atMost,
        ToDoubleFunction<PerformanceRun> reached) {

    static final List<PerformanceTarget> ALL =
            List.of(
                    of(
                            "FP32 GEMM",
                            "FP32 products of a prompt reach the multiply-add peak",
                            0.9,
                            PerformanceRun::productsOfPeak),
                    new PerformanceTarget(
                            "TRIP",
                            "TRIP products of a prompt cost at most a tenth more than plain ones, 4"
                                    + " bit",
                            1.1,
                            true,
                            run -> run.productCost("INT4-TRIP", "INT4")),
                    new PerformanceTarget(
                            "TRIP 8",
                            "the same, W4A8",
                            1.1,
                            true,
                            run -> run.productCost("W4A8-TRIP", "W4A8")),
                    of(
                            "W4A16 decode",
                            "W4A16 decodes faster than FP16",
                            3,
                            run -> run.ratio("decode", BenchRow.W4A16)),
                    of(
                            "W4A16 bandwidth",
                            "W4A16 decoding reaches what the memory gives",
                            0.9,
                            run -> run.figure("decode", BenchRow.W4A16, "share_of_bandwidth")),
                    of(
                            "W4A8 prefill",
                            "W4A8 prefill is faster than FP16 (wish: 1.9)",
                            1.4,
                            run -> run.ratio("prefill", BenchRow.W4A8)),
                    of(
                            "W4A8 TRIP prefill",
                            "the same with TRIP and Log2",
                            1.4,
                            run -> run.ratio("prefill", BenchRow.W4A8_TRIP)),
                    of(
                            "W4A4 prefill",
                            "W4A4 prefill with TRIP and Log2 is faster than FP16",
                            1.7,
                            run -> run.ratio("prefill", BenchRow.W4A4_TRIP)),
                    of(
                            "W4A4 pruned prefill",
                            "the same with token pruning",
                            2.55,
                            run -> run.ratio("prefill", BenchRow.W4A4_TRIP_PRUNED)),
                    of(
                            "llama.cpp prefill",
                            "4-bit prefill against llama.cpp's Q4_0, scaled by peak",
                            2,
                            run ->
                                    run.prefillAgainst(
                                            BenchRow.W4A4_TRIP, PeerFigures.LLAMA_CPP, "Q4_0")),
                    of(
                            "llama3.java prefill",
                            "4-bit prefill against llama3.java's Q4_0, scaled by peak",
                            10,
                            run ->
                                    run.prefillAgainst(
                                            BenchRow.W4A4_TRIP, PeerFigures.LLAMA3_JAVA, "Q4_0")),
                    of(
                            "llama.cpp FP16 prefill",
                            "FP16 prefill against llama.cpp's F16, scaled by peak",
                            1.1,
                            run -> run.prefillAgainst(BenchRow.FP16, PeerFigures.LLAMA_CPP, "F16")),
                    of(
                            "llama.cpp decode",
                            "4-bit decoding against llama.cpp's Q4_0, scaled by bandwidth",
                            1,
                            run -> run.decodeAgainst(BenchRow.W4A8, PeerFigures.LLAMA_CPP, "Q4_0")),
                    of(
                            "llama3.java decode",
                            "4-bit decoding against llama3.java's Q4_0, scaled by bandwidth",
                            2.5,
                            run ->
                                    run.decodeAgainst(
                                            BenchRow.W4A16, PeerFigures.LLAMA3_JAVA, "Q4_0")));

    private static PerformanceTarget of(
            String name, String claim, double goal, ToDoubleFunction<PerformanceRun> reached) {
        return new PerformanceTarget(name, claim, goal, false, reached);
    }

    /** Empty where a run has not measured it. */
    OptionalDouble value(PerformanceRun run) {
        double value = reached.applyAsDouble(run);
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    boolean isReached(double value) {
        return atMost ? value <= goal : value >= goal;
    }

    /** As a cell of a table. */
    String goalText() {
        return String.format(Locale.ROOT, "%s %.2f", atMost ? "≤" : "≥", goal);
    }

    /** As a cell of a table: one that is missed stands out. */
    String valueText(PerformanceRun run) {
        return Optional.of(value(run))
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .map(
                        value ->
                                String.format(
                                        Locale.ROOT,
                                        isReached(value) ? "%.2f" : "**%.2f missed**",
                                        value))
                .orElse("–");
    }
}
