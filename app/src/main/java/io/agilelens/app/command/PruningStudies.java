package io.agilelens.app.command;

import io.agilelens.engine.evaluate.BestPoint;
import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.evaluate.TokenWindows;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The perplexity–sparsity curve and the length ablation, as JSON and as tables. */
final class PruningStudies {

    private PruningStudies() {}

    static void add(PruningCurve curve, TokenWindows text, ObjectNode result, StringBuilder words) {
        ObjectNode node =
                result.putObject("curve")
                        .put("windows", text.windows().size())
                        .put("window", text.length())
                        .put("protocol", text.protocol().title())
                        .put("protocol_description", text.protocol().description());
        ArrayNode points = node.putArray("points");
        line(
                words,
                "%d windows of %d tokens, protocol %s, %s",
                text.windows().size(),
                text.length(),
                text.protocol().title(),
                Results.execution(curve.recipe()));
        line(
                words,
                "%6s %9s %9s %10s %14s %11s %19s %11s",
                "β",
                "γ",
                "sparsity",
                "PPL kept",
                "float at kept",
                "coverage",
                "Δnll kept",
                "PPL all");
        for (int i = 0; i < curve.points().size(); i++) {
            PruningCurve.Point point = curve.points().get(i);
            ObjectNode entry = points.addObject();
            EngineCommand.put(entry, "beta", point.beta());
            EngineCommand.put(entry, "gamma", point.gamma());
            EngineCommand.put(entry, "sparsity", point.sparsity());
            EngineCommand.put(entry, "all_positions_perplexity", point.allPerplexity());
            EngineCommand.put(entry, "kept_perplexity", point.keptPerplexity());
            EngineCommand.put(entry, "float_kept_perplexity", point.floatKeptPerplexity());
            entry.set("float", Results.comparison(point.result()));
            line(
                    words,
                    "%6s %9.5f %9.4f %10.4f %14.4f %9.1f %% %+9.4f ± %7.4f %11.4f %s%s",
                    point.beta(),
                    point.gamma(),
                    point.sparsity(),
                    point.keptPerplexity(),
                    point.floatKeptPerplexity(),
                    100 * point.result().coverage(),
                    point.result().keptChange(),
                    point.result().keptChangeError(),
                    point.allPerplexity(),
                    i == curve.best().index() ? "◀ best" : "",
                    i == curve.bestOverAll().index() ? " ◁ best over all" : "");
        }
        node.set("best", best(curve, curve.best()));
        node.set("best_over_all", best(curve, curve.bestOverAll()));
        line(
                words,
                "best β %s, by the loss added at kept positions: %s",
                curve.bestPoint().beta(),
                curve.best().rule().description());
        line(
                words,
                "best β %s over all positions: %s",
                curve.points().get(curve.bestOverAll().index()).beta(),
                curve.bestOverAll().rule().description());
    }

    private static ObjectNode best(PruningCurve curve, BestPoint best) {
        ObjectNode node = EngineCommand.object().put("index", best.index());
        EngineCommand.put(node, "beta", curve.points().get(best.index()).beta());
        return node.put("rule", best.rule().name().toLowerCase(Locale.ROOT))
                .put("rule_description", best.rule().description());
    }

    static void add(LengthAblation ablation, ObjectNode result, StringBuilder words) {
        ObjectNode node = result.putObject("lengths").put("predictions", ablation.predictions());
        ArrayNode rows = node.putArray("rows");
        if (!words.isEmpty()) {
            line(words, "");
        }
        line(
                words,
                "%s, the same %,d predictions read in windows of each length; perplexities ±"
                        + " standard errors",
                ablation.recipe().summary(),
                ablation.predictions());
        line(
                words,
                "%7s %8s %18s %18s %18s %13s %14s %9s",
                "length",
                "windows",
                "float",
                "unpruned",
                "pruned, all",
                "pruned, kept",
                "float at kept",
                "coverage");
        for (LengthAblation.Row row : ablation.rows()) {
            ObjectNode entry =
                    rows.addObject().put("length", row.length()).put("windows", row.windows());
            entry.set("float", loss(row.floats()));
            entry.set("unpruned", loss(row.tuned()));
            row.pruned().ifPresent(pruned -> entry.set("pruned", loss(pruned)));
            row.prunedKept().ifPresent(kept -> entry.set("pruned_kept", loss(kept)));
            row.floatKept().ifPresent(kept -> entry.set("float_kept", loss(kept)));
            EngineCommand.put(entry, "coverage", row.coverage());
            line(
                    words,
                    "%7d %8d %18s %18s %18s %13s %14s %7.1f %%",
                    row.length(),
                    row.windows(),
                    words(row.floats()),
                    words(row.tuned()),
                    row.pruned().map(PruningStudies::words).orElse(""),
                    row.prunedKept().map(kept -> "%.4f".formatted(kept.perplexity())).orElse(""),
                    row.floatKept().map(kept -> "%.4f".formatted(kept.perplexity())).orElse(""),
                    100 * row.coverage());
        }
    }

    private static ObjectNode loss(LengthAblation.Loss loss) {
        ObjectNode node = EngineCommand.object();
        EngineCommand.put(node, "perplexity", loss.perplexity());
        EngineCommand.put(node, "nll", loss.nll());
        EngineCommand.put(node, "nll_standard_error", loss.standardError());
        return node;
    }

    private static String words(LengthAblation.Loss loss) {
        return "%.4f ± %.4f".formatted(loss.perplexity(), loss.perplexity() * loss.standardError());
    }

    private static void line(StringBuilder words, String format, Object... values) {
        words.append(format.formatted(values)).append(System.lineSeparator());
    }
}
