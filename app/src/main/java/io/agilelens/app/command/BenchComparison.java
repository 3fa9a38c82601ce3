package io.agilelens.app.command;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.engine.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two saved runs of {@code bench} side by side. Ratios are the second run's figure by the first
 * one's; scaled ones also divide by what the machines could do: by their peaks where arithmetic is
 * the limit, many tokens at once, and by their bandwidths where memory is, one token at a time.
 *
 * @param differences of the two machines and models, a sentence each
 * @param rows what both have
 * @param onlyInFirst names of rows
 * @param onlyInSecond names of rows
 */
record BenchComparison(
        BenchFile first,
        BenchFile second,
        List<String> differences,
        List<Row> rows,
        List<String> onlyInFirst,
        List<String> onlyInSecond) {

    /**
     * @param phase {@code prefill}, {@code decode} or {@code kernels}
     * @param first tokens a second, or 10^9 multiply-accumulates a second
     * @param scaled ratio, by peak or bandwidth
     */
    record Row(
            String phase, String name, double first, double second, double ratio, double scaled) {}

    private record Figure(double value, boolean boundByMemory) {}

    /**
     * @throws UserException if they have no row in common
     */
    static BenchComparison of(BenchFile first, BenchFile second) {
        double peaks = second.peak() / first.peak();
        double bandwidths = second.bandwidth() / first.bandwidth();
        List<Row> rows = new ArrayList<>();
        List<String> onlyInFirst = new ArrayList<>();
        List<String> onlyInSecond = new ArrayList<>();
        for (String phase : List.of("prefill", "decode", "kernels")) {
            Map<String, Figure> before = figures(first, phase);
            Map<String, Figure> after = figures(second, phase);
            before.forEach(
                    (name, figure) -> {
                        Figure other = after.remove(name);
                        if (other == null) {
                            onlyInFirst.add(phase + " " + name);
                            return;
                        }
                        double ratio = other.value() / figure.value();
                        rows.add(
                                new Row(
                                        phase,
                                        name,
                                        figure.value(),
                                        other.value(),
                                        ratio,
                                        ratio / (figure.boundByMemory() ? bandwidths : peaks)));
                    });
            after.keySet().forEach(name -> onlyInSecond.add(phase + " " + name));
        }
        if (rows.isEmpty()) {
            throw new UserException(
                    "%s and %s have no row in common: compare runs with the same --rows and --prompt"
                            .formatted(first.name(), second.name()));
        }
        return new BenchComparison(
                first,
                second,
                differences(first, second),
                List.copyOf(rows),
                List.copyOf(onlyInFirst),
                List.copyOf(onlyInSecond));
    }

    private static Map<String, Figure> figures(BenchFile file, String phase) {
        Map<String, Figure> figures = new LinkedHashMap<>();
        for (JsonNode row : file.rows(phase)) {
            if (phase.equals("kernels")) {
                JsonNode shape = row.path("shape");
                double macs = 1;
                for (JsonNode side : shape) {
                    macs *= side.asDouble();
                }
                figures.put(
                        "%s %d × %d × %d"
                                .formatted(
                                        row.path("name").asString(),
                                        shape.path(0).asInt(),
                                        shape.path(1).asInt(),
                                        shape.path(2).asInt()),
                        new Figure(
                                macs / row.path("microseconds").asDouble() * 1e-3,
                                shape.path(0).asInt() == 1));
            } else {
                double beta = row.path("beta").asDouble();
                figures.put(
                        "%s/%s%s, %d tokens"
                                .formatted(
                                        row.path("weights").asString(),
                                        row.path("activations").asString(),
                                        beta > 0 ? " β " + beta : "",
                                        row.path("prompt_tokens").asInt()),
                        new Figure(
                                row.path("tokens_per_second").asDouble(), phase.equals("decode")));
            }
        }
        return figures;
    }

    private static List<String> differences(BenchFile first, BenchFile second) {
        List<String> differences = new ArrayList<>();
        addDifference(differences, "models", first.json(), second.json(), "model");
        for (String key : List.of("processor", "simd_bits", "threads", "jit")) {
            addDifference(differences, "machines", first.machine(), second.machine(), key);
        }
        if (first.group() != 0 && second.group() != 0 && first.group() != second.group()) {
            differences.add(
                    "the inputs that share a scale differ: %s, %s"
                            .formatted(first.groupWords(), second.groupWords()));
        }
        return List.copyOf(differences);
    }

    private static void addDifference(
            List<String> differences, String what, JsonNode first, JsonNode second, String key) {
        String before = first.path(key).asString("unknown");
        String after = second.path(key).asString("unknown");
        if (!before.equals(after)) {
            differences.add("the %s differ in %s: %s, %s".formatted(what, key, before, after));
        }
    }

    ObjectNode toJson() {
        ObjectNode node =
                EngineCommand.object().put("first", first.name()).put("second", second.name());
        EngineCommand.put(node, "peak_ratio", second.peak() / first.peak());
        EngineCommand.put(node, "bandwidth_ratio", second.bandwidth() / first.bandwidth());
        add(node.putArray("differences"), differences);
        ArrayNode list = node.putArray("rows");
        for (Row row : rows) {
            ObjectNode entry = list.addObject().put("phase", row.phase()).put("name", row.name());
            EngineCommand.put(entry, "first", row.first());
            EngineCommand.put(entry, "second", row.second());
            EngineCommand.put(entry, "ratio", row.ratio());
            EngineCommand.put(entry, "scaled_ratio", row.scaled());
        }
        add(node.putArray("only_in_first"), onlyInFirst);
        add(node.putArray("only_in_second"), onlyInSecond);
        return node;
    }

    private static void add(ArrayNode list, List<String> texts) {
        texts.forEach(list::add);
    }

    String toText() {
        StringBuilder text = new StringBuilder();
        differences.forEach(line -> text.append(line).append(System.lineSeparator()));
        text.append(
                "peak × %.2f, bandwidth × %.2f from %s to %s%n"
                        .formatted(
                                second.peak() / first.peak(),
                                second.bandwidth() / first.bandwidth(),
                                first.name(),
                                second.name()));
        String phase = "";
        for (Row row : rows) {
            if (!row.phase().equals(phase)) {
                phase = row.phase();
                text.append(
                        "%n%-32s %12s %12s %8s %8s%n"
                                .formatted(
                                        phase.equals("kernels")
                                                ? "products, GMAC/s"
                                                : phase + ", tokens/s",
                                        "first",
                                        "second",
                                        "ratio",
                                        "scaled"));
            }
            text.append(
                    "%-32s %12.1f %12.1f %8.2f %8.2f%n"
                            .formatted(
                                    row.name(),
                                    row.first(),
                                    row.second(),
                                    row.ratio(),
                                    row.scaled()));
        }
        onlyInFirst.forEach(name -> text.append("only in the first: %s%n".formatted(name)));
        onlyInSecond.forEach(name -> text.append("only in the second: %s%n".formatted(name)));
        return text.toString();
    }
}
