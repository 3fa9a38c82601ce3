package io.agilelens.app.command;

import io.agilelens.engine.search.RunFigures;
import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepRow;
import io.agilelens.engine.search.SweepSubject;
import io.agilelens.engine.search.SweepTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The reproduction tables, in Markdown. */
final class ResultsPage {
    /** The rows of the papers' tables, by the names of presets. */
    static final List<String> ROWS =
            List.of(
                    "FP",
                    "RTN-W4",
                    "GPTQ-W4",
                    "AWQ-W4A16",
                    "SmoothQuant-W8A8",
                    "Agile-Quant-8",
                    "Agile-Quant-8*",
                    "Agile-Quant-4",
                    "Agile-Quant-4*",
                    "Agile published");

    /**
     * What a paper's tables show: one row better than another.
     *
     * @param claim in words
     */
    private record Order(String better, String worse, String claim) {}

    private static final List<Order> ORDERS =
            List.of(
                    new Order("GPTQ-W4", "RTN-W4", "GPTQ loses less than rounding"),
                    new Order("AWQ-W4A16", "RTN-W4", "AWQ loses less than rounding"),
                    new Order("AWQ-W4A16", "GPTQ-W4", "AWQ loses less than GPTQ"),
                    new Order(
                            "Agile-Quant-8",
                            "Agile published",
                            "TRIP loses less than the published default"),
                    new Order(
                            "Agile-Quant-8", "Agile-Quant-4", "8-bit activations lose less than 4"),
                    new Order(
                            "Agile-Quant-8*",
                            "Agile-Quant-8",
                            "pruning helps with 8-bit activations"),
                    new Order(
                            "Agile-Quant-4*",
                            "Agile-Quant-4",
                            "pruning helps with 4-bit activations"));

    private ResultsPage() {}

    /** The tables. */
    static String of(SweepTable table, SweepPlan plan) {
        StringBuilder page = new StringBuilder();
        Map<String, List<SweepRow>> byModel = new LinkedHashMap<>();
        for (SweepRow row : table.rows()) {
            byModel.computeIfAbsent(row.model(), _ -> new ArrayList<>()).add(row);
        }
        addMethod(page, plan);
        byModel.forEach((model, rows) -> addTable(page, model, rows));
        addOrders(page, byModel);
        return page.toString();
    }

    private static void addMethod(StringBuilder page, SweepPlan plan) {
        SweepSubject first = plan.subjects().getFirst();
        page.append(
                """
                Text: %s, calibration: %s, %d windows of %d tokens. Protocol `%s`, %d tokens a window, up to %d windows. \
                Simulated unless a recipe says otherwise. PPL is over the positions that reach the output, *all* over all \
                positions (a pruned one is predicted by the nearest survivor before it), coverage is the share of the \
                former; KL is the mean divergence from the float model in nats at the former. Bits and bytes are those of \
                the decoder layers' linears as stored: codes, a 16-bit scale and a zero point for each group.

                """
                        .formatted(
                                first.text().source(),
                                first.calibration().source(),
                                first.calibration().windows().size(),
                                first.calibration().windows().getFirst().length,
                                first.text().protocol().title(),
                                first.text().length(),
                                plan.subjects().stream()
                                        .mapToInt(subject -> subject.text().windows().size())
                                        .max()
                                        .orElseThrow()));
    }

    private static void addTable(StringBuilder page, String model, List<SweepRow> rows) {
        page.append("## %s%n%n".formatted(title(model)));
        page.append("| row | PPL | ± | PPL all | KL | top-1 | bits | bytes | coverage |\n");
        page.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        List<String> notes = new ArrayList<>();
        for (SweepRow row : rows) {
            page.append("| %s ".formatted(row.name().replace("*", "\\*")));
            row.figures()
                    .ifPresentOrElse(
                            figures -> page.append(cells(figures)),
                            () -> {
                                page.append("| – | – | – | – | – | – | – | – |\n");
                                notes.add(
                                        "%s: %s"
                                                .formatted(
                                                        row.name().replace("*", "\\*"),
                                                        row.error().orElse("")));
                            });
        }
        notes.forEach(note -> page.append("\n– %s%n".formatted(note)));
        page.append('\n');
    }

    private static String cells(RunFigures f) {
        return String.format(
                Locale.ROOT,
                "| %.3f | %.3f | %.3f | %.5f | %.1f %% | %.3f | %,d | %.1f %% |%n",
                f.perplexity(),
                f.standardError(),
                f.allPositions(),
                f.divergence(),
                100 * f.agreement(),
                f.bitsPerWeight(),
                f.weightBytes(),
                100 * f.coverage());
    }

    /** Which of the papers' orders hold here, by perplexity and by divergence. */
    private static void addOrders(StringBuilder page, Map<String, List<SweepRow>> byModel) {
        page.append("## The papers' order\n\n");
        page.append(
                "What the papers' tables show, and whether it holds here: by PPL and by KL; where"
                    + " pruning makes the scored positions differ, by PPL over the kept ones, as"
                    + " the papers' code prints it, and over all.\n\n");
        page.append("|  |");
        byModel.keySet().forEach(model -> page.append(" %s |".formatted(title(model))));
        page.append("\n|---|").append("---|".repeat(byModel.size())).append('\n');
        for (Order order : ORDERS) {
            page.append("| %s |".formatted(order.claim()));
            for (List<SweepRow> rows : byModel.values()) {
                page.append(" %s |".formatted(verdict(order, rows)));
            }
            page.append('\n');
        }
        page.append('\n');
    }

    private static String verdict(Order order, List<SweepRow> rows) {
        Optional<RunFigures> better = figures(order.better(), rows);
        Optional<RunFigures> worse = figures(order.worse(), rows);
        if (better.isEmpty() || worse.isEmpty()) {
            return "–";
        }
        String all = word(better.get().allNll() < worse.get().allNll());
        if (better.get().coverage() != worse.get().coverage()) {
            // Divergences at different positions are not comparable.
            return "kept %s, all %s"
                    .formatted(word(better.get().perplexity() < worse.get().perplexity()), all);
        }
        return "PPL %s, KL %s"
                .formatted(all, word(better.get().divergence() < worse.get().divergence()));
    }

    private static String word(boolean holds) {
        return holds ? "yes" : "no";
    }

    private static Optional<RunFigures> figures(String name, List<SweepRow> rows) {
        return rows.stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .flatMap(SweepRow::figures);
    }

    /** A sample's name, or the last part of a path, which is nobody's business beyond that. */
    private static String title(String model) {
        int colon = model.indexOf(':');
        if (model.startsWith("sample:")) {
            return model.substring(colon + 1);
        }
        Path name = Path.of(model).getFileName();
        return name == null ? model : name.toString();
    }
}
