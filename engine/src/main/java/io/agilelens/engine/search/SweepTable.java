package io.agilelens.engine.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of a sweep in the order of its runs. The same plan gives the same bytes, wherever the
 * runs were done, as long as no speeds are in it.
 */
public record SweepTable(List<SweepRow> rows) {

    private static final List<Column> COLUMNS =
            List.of(
                    new Column("protocol", f -> f.protocol().title()),
                    new Column("windows", f -> f.windows()),
                    new Column("window", f -> f.window()),
                    new Column("tokens", f -> f.tokens()),
                    new Column("perplexity", f -> f.perplexity()),
                    new Column("standard_error", f -> f.standardError()),
                    new Column("nll", f -> f.nll()),
                    new Column("all_positions_perplexity", f -> f.allPositions()),
                    new Column("all_positions_nll", f -> f.allNll()),
                    new Column("coverage", f -> f.coverage()),
                    new Column("kl_divergence", f -> f.divergence()),
                    new Column("top1_agreement", f -> f.agreement()),
                    new Column("bits_per_weight", f -> f.bitsPerWeight()),
                    new Column("weight_bytes", f -> f.weightBytes()));

    private record Column(String key, Function<RunFigures, Object> value) {}

    public SweepTable {
        rows = rows.stream().sorted(Comparator.comparingInt(SweepRow::index)).toList();
    }

    /** Runs that have no figures. */
    public long failures() {
        return rows.stream().filter(row -> row.error().isPresent()).count();
    }

    /** One object with a list of runs. */
    public ObjectNode toJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode runs = root.putArray("runs");
        rows.forEach(row -> runs.add(row.toJson()));
        return root;
    }

    /** A line of names and a line a run; the recipe itself is only in the JSON. */
    public String toCsv() {
        boolean timed =
                rows.stream()
                        .anyMatch(
                                row ->
                                        row.figures()
                                                .filter(f -> f.prefillTokensPerSecond().isPresent())
                                                .isPresent());
        StringBuilder csv = new StringBuilder();
        List<Object> heads = new ArrayList<>(List.of("model", "text", "name", "recipe"));
        COLUMNS.forEach(column -> heads.add(column.key()));
        if (timed) {
            heads.add("prefill_tokens_per_second");
        }
        heads.add("error");
        line(csv, heads);
        for (SweepRow row : rows) {
            List<Object> cells = new ArrayList<>();
            cells.addAll(List.of(row.model(), row.text(), row.name(), row.recipe().summary()));
            for (Column column : COLUMNS) {
                cells.add(row.figures().map(column.value()).orElse(""));
            }
            if (timed) {
                cells.add(
                        row.figures()
                                .map(f -> (Object) f.prefillTokensPerSecond().orElse(Double.NaN))
                                .orElse(""));
            }
            cells.add(row.error().orElse(""));
            line(csv, cells);
        }
        return csv.toString();
    }

    private static void line(StringBuilder csv, List<Object> cells) {
        for (int i = 0; i < cells.size(); i++) {
            csv.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
        }
        csv.append('\n');
    }

    private static String cell(Object value) {
        String text =
                value instanceof Double number && !Double.isFinite(number)
                        ? ""
                        : String.format(Locale.ROOT, "%s", value);
        return text.matches("(?s).*[,\"\\n\\r].*")
                ? "\"" + text.replace("\"", "\"\"") + "\""
                : text;
    }
}
