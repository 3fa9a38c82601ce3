package io.agilelens.app.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The tables about speed, in Markdown: ratios, for absolute times are one machine's. */
final class PerformancePage {
    private final StringBuilder page = new StringBuilder();
    private final List<PerformanceRun> runs;

    private PerformancePage(List<PerformanceRun> runs) {
        this.runs = runs;
    }

    static String of(List<PerformanceRun> runs, Optional<LlamaCppRun> llamaCpp) {
        PerformancePage page = new PerformancePage(runs);
        page.addMachine();
        page.addTargets();
        for (PerformanceRun run : runs) {
            page.line("## %s", run.title());
            page.line("");
            page.addPasses(run);
            page.addKernels(run);
            page.addOperators(run, "prefill");
            page.addOperators(run, "decode");
        }
        page.addPeers();
        llamaCpp.ifPresent(page::addLlamaCpp);
        return page.page.toString();
    }

    private void addMachine() {
        line("## The machine");
        line("");
        line("| model | processor | vectors | threads | Java | FMA peak, GFLOP/s | memory, GB/s |");
        line("|---|---|---:|---:|---|---:|---:|");
        for (PerformanceRun run : runs) {
            JsonNode machine = run.run().machine();
            line(
                    "| %s | %s | %d bits | %d | %s | %.0f | %.1f |",
                    run.title(),
                    machine.path("processor").asString(""),
                    machine.path("simd_bits").asInt(),
                    run.threads(),
                    machine.path("jit").asString(""),
                    run.run().peak(),
                    run.run().bandwidth());
        }
        line("");
    }

    private void addTargets() {
        line("## Targets");
        line("");
        line("Each is a ratio. What is missed stands out; why, the text above says by its name.");
        line("");
        page.append("| name | target | goal |");
        runs.forEach(run -> page.append(" %s |".formatted(run.title())));
        line("");
        line("|---|---|---:|%s", "---:|".repeat(runs.size()));
        for (PerformanceTarget target : PerformanceTarget.ALL) {
            page.append(
                    "| %s | %s | %s |".formatted(target.name(), target.claim(), target.goalText()));
            runs.forEach(run -> page.append(" %s |".formatted(target.valueText(run))));
            line("");
        }
        line("");
    }

    private void addPasses(PerformanceRun run) {
        line(
                "Prefill of %d tokens and decoding behind it, as ratios to FP16 in the same rounds,"
                    + " ± the ratio's interquartile range. *Of peak*: multiply-accumulates of the"
                    + " linears by the FMA peak of the same rounds. *By bytes*: what decoding could"
                    + " reach at most if memory were all, FP16's bytes a token by the row's. *Of"
                    + " memory*: bytes of weights, keys and values read by what a plain loop reads"
                    + " of as many bytes in the same rounds.",
                run.prompt());
        line("");
        line(
                "| row | weights | activations | prefill | ± | of peak | decode | ± | by bytes | of"
                        + " memory |");
        line("|---|---|---|---:|---:|---:|---:|---:|---:|---:|");
        Optional<JsonNode> reference = run.row("decode", BenchRow.FP16);
        for (BenchRow row : BenchRow.values()) {
            Optional<JsonNode> prefill = run.row("prefill", row);
            Optional<JsonNode> decode = run.row("decode", row);
            if (prefill.isPresent() && decode.isPresent()) {
                double beta = prefill.get().path("beta").asDouble();
                line(
                        "| %s | %s | %s%s | %s | %s | %s | %s | %s | %s | %s |",
                        row.title(),
                        prefill.get().path("weights").asString(),
                        prefill.get().path("activations").asString(),
                        beta > 0 ? pruning(prefill.get()) : "",
                        ratio(prefill.get(), "ratio_to_fp16"),
                        ratio(prefill.get(), "ratio_spread"),
                        share(prefill.get(), "share_of_peak"),
                        ratio(decode.get(), "ratio_to_fp16"),
                        ratio(decode.get(), "ratio_spread"),
                        number(bytes(reference) / bytes(decode)),
                        share(decode.get(), "share_of_bandwidth"));
            }
        }
        line("");
    }

    /** That a step of decoding reads; not a number if nobody said. */
    private static double bytes(Optional<JsonNode> row) {
        return row.map(found -> found.path("bytes_per_token").asDouble(Double.NaN))
                .orElse(Double.NaN);
    }

    private static String pruning(JsonNode row) {
        return String.format(
                Locale.ROOT,
                ", β %.2f, %.0f %% of the token–layer pairs gone",
                row.path("beta").asDouble(),
                100 * row.path("sparsity").asDouble());
    }

    private void addKernels(PerformanceRun run) {
        if (run.run().rows("kernels").isEmpty()) {
            return;
        }
        line(
                "The products by themselves, under the two roofs: times as fast as FP32, share of"
                        + " the FMA peak, share of the bandwidth, and which roof is nearer.");
        line("");
        line("| tokens × outputs × inputs | product | × FP32 | of peak | of memory | bound by |");
        line("|---|---|---:|---:|---:|---|");
        for (JsonNode row : run.run().rows("kernels")) {
            JsonNode shape = row.path("shape");
            line(
                    "| %d × %d × %d | %s | %s | %s | %s | %s |",
                    shape.path(0).asInt(),
                    shape.path(1).asInt(),
                    shape.path(2).asInt(),
                    row.path("name").asString(),
                    ratio(row, "ratio_to_fp32"),
                    share(row, "share_of_peak"),
                    share(row, "share_of_bandwidth"),
                    row.path("bound").asString(""));
        }
        line("");
    }

    private void addOperators(PerformanceRun run, String phase) {
        Map<String, Map<String, JsonNode>> byRow = new LinkedHashMap<>();
        Map<String, Double> totals = new LinkedHashMap<>();
        for (JsonNode row : run.run().rows("operators")) {
            if (row.path("phase").asString("").equals(phase)) {
                String operator = row.path("operator").asString();
                byRow.computeIfAbsent(row.path("name").asString(), _ -> new LinkedHashMap<>())
                        .put(operator, row);
                totals.merge(operator, row.path("share").asDouble(), Double::sum);
            }
        }
        if (byRow.isEmpty()) {
            return;
        }
        List<String> operators = new ArrayList<>(totals.keySet());
        operators.sort(Comparator.comparingDouble(operator -> -totals.get(operator)));
        line("Where the time of %s goes, on one thread:", phase);
        line("");
        line("| row | %s |", String.join(" | ", operators));
        line("|---|%s", "---:|".repeat(operators.size()));
        byRow.forEach(
                (name, shares) -> {
                    page.append("| %s |".formatted(name));
                    operators.forEach(
                            operator ->
                                    page.append(" %s |".formatted(share(shares.get(operator)))));
                    line("");
                });
        line("");
    }

    private void addPeers() {
        line("## Other engines, scaled to this machine");
        line("");
        line(
                "Figures of other engines on the machine that the project began on, times this"
                    + " machine's FMA peak (prefill of 512 tokens) or memory bandwidth (64 tokens"
                    + " decoded) by that machine's; 1.00 is as fast.");
        line("");
        line("| model | engine and type | threads there | our row | prefill | our row | decode |");
        line("|---|---|---:|---|---:|---|---:|");
        for (PerformanceRun run : runs) {
            for (String engine : List.of(PeerFigures.LLAMA_CPP, PeerFigures.LLAMA3_JAVA)) {
                // llama.cpp multiplies its Q4_0 by codes of 8 bits, llama3.java by floats.
                boolean byCodes = engine.equals(PeerFigures.LLAMA_CPP);
                BenchRow decode = byCodes ? BenchRow.W4A8 : BenchRow.W4A16;
                addPeer(run, engine, "F16", BenchRow.FP16, BenchRow.FP16);
                addPeer(run, engine, "Q8_0", BenchRow.W8A8, BenchRow.W8A8);
                addPeer(run, engine, "Q4_0", BenchRow.W4A4_TRIP, decode);
            }
        }
        line("");
    }

    private void addPeer(
            PerformanceRun run, String engine, String type, BenchRow prefill, BenchRow decode) {
        run.peer(engine, type)
                .ifPresent(
                        figure ->
                                line(
                                        "| %s | %s %s | %d | %s | %s | %s | %s |",
                                        run.model(),
                                        engine,
                                        type,
                                        figure.threads(),
                                        prefill.title(),
                                        number(run.prefillAgainst(prefill, engine, type)),
                                        decode.title(),
                                        number(run.decodeAgainst(decode, engine, type))));
    }

    private void addLlamaCpp(LlamaCppRun llamaCpp) {
        line("## llama.cpp on this machine");
        line("");
        line(
                "Measured in alternating rounds in one process, on files that this program"
                        + " exported; 1.00 is as fast. The library is the portable build that"
                        + " `de.kherud:llama` carries. It says of itself: %s",
                llamaCpp.system());
        line("");
        line("| file | our row | prefill | ± | decode | ± |");
        line("|---|---|---:|---:|---:|---:|");
        for (JsonNode row : llamaCpp.rows()) {
            line(
                    "| %s | %s | %s | %s | %s | %s |",
                    row.path("type").asString(),
                    row.path("row").asString(),
                    ratio(row, "prefill_ratio"),
                    ratio(row, "prefill_spread"),
                    ratio(row, "decode_ratio"),
                    ratio(row, "decode_spread"));
        }
        line("");
    }

    private static String ratio(JsonNode row, String key) {
        return number(row.path(key).asDouble(Double.NaN));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String share(JsonNode row, String key) {
        return row.path(key).isNumber() ? percent(row.path(key).asDouble()) : "–";
    }

    private static String share(JsonNode row) {
        return row == null ? "–" : percent(row.path("share").asDouble());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private void line(String format, Object... values) {
        page.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
