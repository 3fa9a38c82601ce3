package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.views.Comparison;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
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
        Quality quality = quality();
        return quality.baseline().isPresent()
                && quality.comparable().isPresent()
                && quality.tuned().isPresent();
    }

    /** Windows that both models were evaluated on. */
    public int windows() {
        return isKnown() ? quality().tuned().get().windows() : 0;
    }

    /** The model and the text that the values are of. */
    public Optional<OpenedModel> opened() {
        return workbench.modelProperty().get();
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
        Perplexity comparable = quality().comparable().get();
        List<String> both = Figures.alike(comparable.perplexity(), tuned.perplexity());
        rows.add(
                new VerdictRow(
                        prunes() ? "kept" : "perplexity",
                        Figures.withError(both.getFirst(), comparable.standardError()),
                        Figures.withError(both.getLast(), tuned.standardError()),
                        Figures.change(tuned.perplexity(), comparable.perplexity())));
        if (prunes()) {
            double all = RunningPerplexity.of(quality().baseline().get(), windows()).last();
            List<String> ofAll = Figures.alike(all, tuned.allPositions());
            rows.add(
                    new VerdictRow(
                            "all",
                            ofAll.getFirst(),
                            ofAll.getLast(),
                            Figures.change(tuned.allPositions(), all)));
            rows.add(
                    new VerdictRow(
                            "coverage", Figures.percent(1), Figures.percent(tuned.coverage()), ""));
        }
        rows.add(
                new VerdictRow(
                        "divergence",
                        Figures.NONE,
                        Figures.number(tuned.divergence(), Messages.text("quality.nats")),
                        ""));
        rows.add(new VerdictRow("agreement", Figures.NONE, Figures.percent(tuned.agreement()), ""));
        return rows;
    }

    /** How windows were cut and scored, in one sentence; empty while nothing is known. */
    public String protocol() {
        if (!isKnown()) {
            return "";
        }
        Perplexity baseline = quality().baseline().get();
        String key =
                switch (baseline.protocol()) {
                    case GPTQ -> gptqKey();
                    case LLAMA_CPP -> "quality.protocol.llamacpp";
                    case WORD -> "quality.protocol.word";
                };
        return Messages.text(
                key,
                Integer.toString(windows()),
                Integer.toString(baseline.totalWindows()),
                Integer.toString(baseline.window()),
                Integer.toString(baseline.windowTokens().getFirst()));
    }

    private String gptqKey() {
        boolean startToken =
                workbench.modelProperty().get().map(OpenedModel::hasStartToken).orElse(true);
        return startToken ? "quality.protocol.gptq" : "quality.protocol.gptq.position";
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

    /** Beside the tuned model the float model counts at the positions that the tuned one kept. */
    private Optional<Perplexity> side(Comparison model) {
        if (model == Comparison.TUNED) {
            return quality().tuned();
        }
        return comparison.get() == Comparison.BASELINE
                ? quality().baseline()
                : quality().comparable();
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
