package io.agilelens.app.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A run of {@code bench} for a person to read. */
final class BenchText {
    private final StringBuilder text = new StringBuilder();

    private BenchText() {}

    static String of(JsonNode result) {
        BenchText bench = new BenchText();
        bench.addMachine(result.path("machine"));
        for (String phase : List.of("prefill", "decode")) {
            bench.addPasses(phase, result.path(phase));
        }
        bench.addKernels(result.path("kernels"));
        for (String phase : List.of("prefill", "decode")) {
            bench.addOperators(phase, result.path("operators"));
        }
        return bench.text.toString();
    }

    private void addMachine(JsonNode machine) {
        int bits = machine.path("simd_bits").asInt();
        line(
                "%s, %s, %d threads, peak %.1f GFLOP/s, %.1f GB/s",
                machine.path("processor").asString(),
                bits == 0 ? "scalar code" : bits + "-bit vectors",
                machine.path("threads").asInt(),
                number(machine, "fma_peak_gflops"),
                number(machine, "bandwidth_gb_per_s"));
    }

    private void addPasses(String phase, JsonNode rows) {
        boolean prefill = phase.equals("prefill");
        line(
                "%n%-17s %-10s %-11s %10s %9s %7s %11s",
                phase,
                "weights",
                "activations",
                "tokens/s",
                "± spread",
                "× fp16",
                prefill ? "of the peak" : "of the GB/s");
        for (JsonNode row : rows) {
            double beta = number(row, "beta");
            line(
                    "%-17s %-10s %-11s %10.1f %9.1f %7s %11s",
                    row.path("name").asString(),
                    row.path("weights").asString() + group(row),
                    row.path("activations").asString() + (beta > 0 ? " β " + beta : ""),
                    number(row, "tokens_per_second"),
                    number(row, "spread"),
                    optional(row, "ratio_to_fp16"),
                    optional(row, prefill ? "share_of_peak" : "share_of_bandwidth"));
        }
    }

    private void addKernels(JsonNode rows) {
        if (rows.isEmpty()) {
            return;
        }
        line(
                "%n%-10s %18s %11s %9s %8s %7s %8s %7s %7s",
                "product",
                "m × n × k",
                "µs",
                "± spread",
                "GMAC/s",
                "× FP32",
                "of peak",
                "GB/s",
                "of GB/s");
        for (JsonNode row : rows) {
            JsonNode shape = row.path("shape");
            line(
                    "%-10s %18s %11.1f %9.1f %8.2f %7.2f %8.2f %7.1f %7.2f",
                    row.path("name").asString(),
                    "%d × %d × %d"
                            .formatted(
                                    shape.path(0).asInt(),
                                    shape.path(1).asInt(),
                                    shape.path(2).asInt()),
                    number(row, "microseconds"),
                    number(row, "spread"),
                    number(row, "gmac_per_s"),
                    number(row, "ratio_to_fp32"),
                    number(row, "share_of_peak"),
                    number(row, "gb_per_s"),
                    number(row, "share_of_bandwidth"));
        }
    }

    /** A line for each row: where its time goes, largest share first. */
    private void addOperators(String phase, JsonNode operators) {
        Map<String, List<JsonNode>> byName = new LinkedHashMap<>();
        for (JsonNode row : operators) {
            if (row.path("phase").asString().equals(phase)) {
                byName.computeIfAbsent(row.path("name").asString(), _ -> new ArrayList<>())
                        .add(row);
            }
        }
        line("%n%s on one thread, share of the time", phase);
        byName.forEach(
                (name, rows) -> {
                    rows.sort(Comparator.comparingDouble(row -> -number(row, "share")));
                    StringBuilder shares = new StringBuilder("%-17s".formatted(name));
                    for (JsonNode row : rows) {
                        double share = number(row, "share");
                        if (share >= 0.005) {
                            shares.append(
                                    "  %s %.0f %%"
                                            .formatted(
                                                    row.path("operator").asString(), 100 * share));
                        }
                    }
                    line("%s", shares);
                });
    }

    /** Of quantized weights, of which a run that was saved long ago says nothing. */
    private static String group(JsonNode row) {
        int group = row.path("group").asInt(0);
        return group == 0 ? "" : group < 0 ? " rows" : " g" + group;
    }

    private static double number(JsonNode row, String key) {
        return row.path(key).asDouble();
    }

    private static String optional(JsonNode row, String key) {
        return row.path(key).isNumber() ? "%.2f".formatted(number(row, key)) : "";
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values)).append(System.lineSeparator());
    }
}
