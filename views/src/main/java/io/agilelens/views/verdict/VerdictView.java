package io.agilelens.views.verdict;

import io.agilelens.engine.evaluate.LocalErrors.LocalError;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.views.Badge;
import io.agilelens.views.Figures;
import io.agilelens.views.LessonLinks;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** Quality against the baseline, in sight at every station. */
public final class VerdictView extends VBox {
    private final Workbench workbench;
    private final Label baseline = new Label();
    private final Label tuned = new Label();
    private final Label change = new Label();
    private final HBox numbers = new HBox(8);
    private final Label detail = new Label();
    private final HBox badges = new HBox(4);
    private final Label changed = new Label();
    private final Tooltip changedHelp = new Tooltip();
    private final Label speed = new Label();
    private boolean brief;

    public VerdictView(Workbench workbench) {
        this.workbench = workbench;
        setId("verdict");
        getStyleClass().add("verdict");
        Label title = new Label(Messages.text("verdict.perplexity"));
        title.getStyleClass().add("recipe-section");
        LessonLinks.explain(title, "verdict.perplexity", Messages.text("verdict.perplexity.help"));
        baseline.setId("verdict-baseline");
        tuned.setId("verdict-tuned");
        change.setId("verdict-change");
        baseline.getStyleClass().addAll("verdict-number", "baseline-ink");
        tuned.getStyleClass().addAll("verdict-number", "tuned-ink");
        change.getStyleClass().add("verdict-change");
        detail.getStyleClass().addAll("small", "muted");
        detail.setWrapText(true);
        detail.setMinHeight(USE_PREF_SIZE);
        Label arrow = new Label("→");
        arrow.getStyleClass().add("muted");
        numbers.getChildren().addAll(baseline, arrow, tuned, change);
        numbers.setAlignment(Pos.BASELINE_LEFT);
        badges.setAlignment(Pos.CENTER_LEFT);
        speed.setId("verdict-speed");
        speed.getStyleClass().add("small");
        speed.setWrapText(true);
        speed.setMinHeight(USE_PREF_SIZE);
        changed.setId("verdict-changed");
        changed.getStyleClass().add("small");
        changed.setWrapText(true);
        changed.setMinHeight(USE_PREF_SIZE);
        changedHelp.setWrapText(true);
        changedHelp.setMaxWidth(320);
        changed.setTooltip(changedHelp);
        getChildren().addAll(title, numbers, detail, badges, changed, speed);
        workbench.changedLayersProperty().subscribe(this::showChanged);
        workbench.kernelsProperty().subscribe(this::showSpeed);
        workbench.qualityProperty().addListener((_, _, _) -> show());
        workbench.qualityStaleProperty().addListener((_, _, _) -> show());
        show();
    }

    /** Says the figures and how they came about only, where something else needs the room. */
    public void setBrief(boolean wanted) {
        brief = wanted;
        arrange();
    }

    private void arrange() {
        for (Label part : List.of(detail, changed, speed)) {
            boolean said = !brief && !part.getText().isEmpty();
            part.setVisible(said);
            part.setManaged(said);
        }
    }

    private void show() {
        Quality quality = workbench.qualityProperty().get();
        boolean stale = workbench.qualityStaleProperty().get();
        for (Node ofQuality : List.of(numbers, detail, badges)) {
            ofQuality.setOpacity(stale ? 0.5 : 1);
        }
        Optional<Perplexity> value = quality.tuned();
        List<String> both =
                Figures.alike(
                        quality.comparableBaseline(),
                        value.map(Perplexity::perplexity).orElse(Double.NaN));
        baseline.setText(both.getFirst());
        tuned.setText(both.getLast());
        change.setText(
                value.isEmpty()
                        ? ""
                        : Figures.change(value.get().perplexity(), quality.comparableBaseline()));
        detail.setText(value.map(p -> describe(p)).orElse(Messages.text("verdict.none")));
        arrange();
        badges.getChildren().clear();
        if (value.isPresent()) {
            badges.getChildren()
                    .addAll(
                            quality.isExact()
                                    ? Badge.of(Badge.Kind.EXACT)
                                    : Badge.estimate(quality, workbench.modelProperty().get()),
                            Badge.arithmetic(quality.recipe()));
            Badge.planted(workbench).ifPresent(badges.getChildren()::add);
        }
    }

    private void showChanged(Optional<ChangedLayers> layers) {
        changed.setText(layers.map(VerdictView::describe).orElse(""));
        arrange();
        layers.ifPresent(
                told ->
                        changedHelp.setText(
                                Messages.text("verdict.changed.help", told.worst().tokens())));
    }

    private static String describe(ChangedLayers layers) {
        LocalError worst = layers.worst();
        if (Double.isInfinite(worst.signalToNoise())) {
            return Messages.text("verdict.changed.same", layers.changed());
        }
        return Messages.text(
                layers.measured() < layers.changed() ? "verdict.changed.some" : "verdict.changed",
                layers.changed(),
                worst.layer(),
                Figures.number(worst.signalToNoise(), "dB"),
                layers.measured());
    }

    private void showSpeed(Optional<KernelReport> report) {
        String text =
                report.map(
                                kernels ->
                                        Messages.text(
                                                "verdict.speed",
                                                ratio(kernels, "INT4-TRIP"),
                                                ratio(kernels, "INT8-TRIP")))
                        .orElse("");
        speed.setText(text);
        arrange();
    }

    private static String ratio(KernelReport report, String name) {
        return Figures.times(report.speedup(name, "FP16").orElse(Double.NaN));
    }

    private static String describe(Perplexity value) {
        String text =
                Messages.text(
                        "verdict.detail",
                        Figures.error(value.standardError()),
                        value.windows(),
                        value.totalWindows(),
                        value.window(),
                        value.protocol().title());
        return value.coverage() < 1
                ? text
                        + " "
                        + Messages.text(
                                "verdict.coverage",
                                Figures.percent(value.coverage()),
                                Figures.fourDigits(value.allPositions()))
                : text;
    }
}
