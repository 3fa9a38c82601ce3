package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.views.Comparison;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;

/** What the Quality station shows, derived from the workbench's perplexities. */
public final class QualityViewModel {
    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final ObjectProperty<Comparison> comparison =
            new SimpleObjectProperty<>(this, "comparison", Comparison.TUNED);

    public QualityViewModel(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        this.actions = actions;
    }

    /** Whether pictures show the baseline, the tuned model beside it, or the difference. */
    public ObjectProperty<Comparison> comparisonProperty() {
        return comparison;
    }

    public Quality quality() {
        return workbench.qualityProperty().get();
    }

    /** Whether there is a tuned value to judge. */
    public boolean isKnown() {
        return quality().baseline().isPresent() && quality().tuned().isPresent();
    }

    /** Windows that both models were evaluated on. */
    public int windows() {
        return isKnown()
                ? Math.min(quality().baseline().get().windows(), quality().tuned().get().windows())
                : 0;
    }

    /** Whether the recipe prunes, so that kept and all positions differ. */
    public boolean prunes() {
        return quality().tuned().filter(tuned -> tuned.coverage() < 1).isPresent();
    }

    /** The verdict, line by line; empty while nothing is known. */
    public List<VerdictRow> rows() {
        List<VerdictRow> rows = new ArrayList<>();
        if (!isKnown()) {
            return rows;
        }
        Perplexity tuned = quality().tuned().get();
        RunningPerplexity baseline = RunningPerplexity.of(quality().baseline().get(), windows());
        rows.add(
                new VerdictRow(
                        prunes() ? "kept" : "perplexity",
                        withError(baseline.last(), baseline.lastError()),
                        withError(tuned.perplexity(), tuned.standardError()),
                        change(tuned.perplexity(), baseline.last())));
        if (prunes()) {
            rows.add(
                    new VerdictRow(
                            "all",
                            Figures.number(baseline.last()),
                            Figures.number(tuned.allPositions()),
                            change(tuned.allPositions(), baseline.last())));
            rows.add(
                    new VerdictRow(
                            "coverage", "100 %", Figures.number(100 * tuned.coverage(), "%"), ""));
        }
        rows.add(
                new VerdictRow(
                        "divergence",
                        Figures.NONE,
                        Figures.number(tuned.divergence(), Messages.text("quality.nats")),
                        ""));
        rows.add(
                new VerdictRow(
                        "agreement",
                        Figures.NONE,
                        Figures.number(100 * tuned.agreement(), "%"),
                        ""));
        return rows;
    }

    /** Percents, or from ten times on how many times as much. */
    private static String change(double value, double baseline) {
        double ratio = value / baseline;
        return ratio >= 10 ? Figures.times(ratio) : Figures.relative(value, baseline);
    }

    private static String withError(double value, double error) {
        return Figures.number(value) + " ± " + Figures.number(rounded(error));
    }

    /** Two digits of an error say all there is to say. */
    private static double rounded(double error) {
        return Double.isFinite(error) && error > 0
                ? new java.math.BigDecimal(error).round(new java.math.MathContext(2)).doubleValue()
                : error;
    }

    /** How windows were cut and scored, in one sentence; empty while nothing is known. */
    public String protocol() {
        if (!isKnown()) {
            return "";
        }
        Perplexity baseline = quality().baseline().get();
        String key =
                baseline.protocol() == Protocol.GPTQ
                        ? "quality.protocol.gptq"
                        : "quality.protocol.llamacpp";
        return Messages.text(
                key,
                Integer.toString(windows()),
                Integer.toString(baseline.totalWindows()),
                Integer.toString(baseline.window()),
                Integer.toString(baseline.windowTokens().getFirst()));
    }

    /** The curve of a model's perplexity over the windows so far. */
    public Optional<RunningPerplexity> running(Comparison model) {
        return side(model).map(result -> RunningPerplexity.of(result, result.windows()));
    }

    /** The curve of the perplexity's change. */
    public Optional<RunningChange> change() {
        return isKnown()
                ? Optional.of(
                        RunningChange.of(
                                windowLoss(Comparison.BASELINE), windowLoss(Comparison.TUNED)))
                : Optional.empty();
    }

    /** Mean loss of each common window in nats, {@code [windows]}. */
    public double[] windowLoss(Comparison model) {
        return side(model)
                .map(result -> RunningPerplexity.windowLoss(result, windows()))
                .orElse(new double[0]);
    }

    private Optional<Perplexity> side(Comparison model) {
        return model == Comparison.BASELINE ? quality().baseline() : quality().tuned();
    }

    /** Shows a window of the text in every view. */
    public void showWindow(int window) {
        actions.showWindow(window);
    }

    /** Selects a token of the shown window in every view. */
    public void selectToken(int token) {
        workbench.selection().select(workbench.selection().place().withToken(token));
    }
}
