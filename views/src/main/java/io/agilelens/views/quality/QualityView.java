package io.agilelens.views.quality;

import io.agilelens.views.Arrangement;
import io.agilelens.views.Badge;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonSwitch;
import io.agilelens.views.DividedPane;
import io.agilelens.views.EmptyState;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.StationPane;
import io.agilelens.views.Theme;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javafx.geometry.Orientation;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;

/** The station Quality: the verdict with its protocol, and where in the text the losses lie. */
public final class QualityView extends StackPane {
    private static final double WIDE = 820;
    private static final double ROOMY = 1400;
    private static final double ROOMY_LEFT = 520;
    private static final double LOW_CHART = 180;
    private static final double VERDICT_WIDTH = 400;
    private static final double STALE_OPACITY = 0.5;

    private final Workbench workbench;
    private final QualityViewModel model;
    private final VerdictTable table = new VerdictTable();
    private final Label protocol = words("quality-protocol");
    private final Label rule = words("quality-rule");
    private final ProtocolBar choose;
    private final VBox verdict = new VBox(8, table);
    private final HBox badges = new HBox(4);
    private final LineChartPane running =
            new LineChartPane(Messages.text("quality.running.title"), runningX(), perplexityAxis());
    private final BarChartPane windows =
            new BarChartPane(
                    Messages.text("quality.windows.heading"),
                    Messages.text("quality.windows.x"),
                    lossAxis());
    private final LineChartPane positions =
            new LineChartPane(
                    Messages.text("quality.positions.title"),
                    ChartPane.Axis.linear(Messages.text("quality.positions.x"), ""),
                    lossAxis());
    private final ChartCard runningCard;
    private final ChartCard windowsCard;
    private final ChartCard positionsCard;
    private final StationPane station;
    private final EmptyState empty =
            new EmptyState(Feather.ACTIVITY, Messages.text("quality.empty"));
    private Comparison axesFor;

    public QualityView(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        model = new QualityViewModel(workbench, actions);
        rule.setText(Messages.text("quality.rule"));
        choose = new ProtocolBar(actions);
        verdict.getChildren().addAll(choose, protocol, rule);
        workbench.modelProperty().subscribe(opened -> opened.ifPresent(choose::show));
        runningCard = new ChartCard(Messages.text("quality.running.title"), "", running);
        windowsCard = ChartCard.of("quality.windows", windows);
        positionsCard = new ChartCard(Messages.text("quality.positions.title"), "", positions);
        ComparisonSwitch comparison = new ComparisonSwitch();
        comparison.valueProperty().bindBidirectional(model.comparisonProperty());
        comparison.setMinWidth(USE_PREF_SIZE);
        badges.setMinWidth(USE_PREF_SIZE);
        badges.getStyleClass().add("card-tools");
        StudyTabs studies =
                new StudyTabs(
                        workbench,
                        actions,
                        new Arrangement(
                                WIDE,
                                this::narrow,
                                () -> new Arrangement(ROOMY, this::wide, this::roomy)));
        // The studies have badges of their own and show both models at once.
        badges.visibleProperty().bind(studies.verdictShownProperty());
        comparison.visibleProperty().bind(studies.verdictShownProperty());
        station = new StationPane(Messages.text("quality.title"), studies, badges, comparison);
        getChildren().setAll(empty, station);
        empty.waitFor(workbench);

        running.staleProperty().bind(workbench.qualityStaleProperty());
        windows.staleProperty().bind(workbench.qualityStaleProperty());
        positions.staleProperty().bind(workbench.comparisonStaleProperty());
        workbench
                .qualityStaleProperty()
                .subscribe(stale -> verdict.setOpacity(stale ? STALE_OPACITY : 1));
        windows.setOnPick(pick -> model.showWindow(pick.index()));
        positions.setOnPick(pick -> model.selectToken(pick.index()));
        workbench.qualityProperty().subscribe(this::showQuality);
        workbench
                .comparisonProperty()
                .subscribe(
                        () -> {
                            showQuality();
                            showPositions();
                        });
        workbench.selection().placeProperty().subscribe(this::markToken);
        model.comparisonProperty()
                .subscribe(
                        () -> {
                            showQuality();
                            showPositions();
                        });
        showQuality();
        showPositions();
    }

    private static Label words(String id) {
        Label label = new Label();
        label.setId(id);
        label.getStyleClass().addAll("small", "muted");
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }

    private static ChartPane.Axis runningX() {
        return ChartPane.Axis.linear(Messages.text("quality.running.x"), "");
    }

    private static ChartPane.Axis perplexityAxis() {
        return ChartPane.Axis.linear(Messages.text("quality.running.y"), "");
    }

    private static ChartPane.Axis lossAxis() {
        return ChartPane.Axis.linear(Messages.text("quality.loss"), Messages.text("quality.nats"));
    }

    private Region narrow() {
        Region lower =
                Theme.magnificationProperty().get() > 1
                        ? new VBox(12, windowsCard, positionsCard)
                        : row(windowsCard, positionsCard);
        verdict.setMinWidth(0);
        for (ChartCard each : List.of(runningCard, windowsCard, positionsCard)) {
            each.keepHeight(LOW_CHART);
            VBox.setVgrow(each, Priority.ALWAYS);
        }
        VBox.setVgrow(lower, Priority.ALWAYS);
        return new VBox(12, verdict, runningCard, lower);
    }

    private Region wide() {
        HBox upper = new HBox(24, verdict, runningCard);
        verdict.setPrefWidth(VERDICT_WIDTH);
        verdict.setMinWidth(VERDICT_WIDTH);
        runningCard.setPrefWidth(100);
        HBox.setHgrow(runningCard, Priority.ALWAYS);
        HBox lower = row(windowsCard, positionsCard);
        return new DividedPane(
                "quality.running",
                workbench.dividers(),
                Orientation.HORIZONTAL,
                room -> room / 2,
                upper,
                lower);
    }

    /** The verdict leaves room below itself in a large window. */
    private Region roomy() {
        verdict.setMinWidth(VERDICT_WIDTH);
        VBox.setVgrow(windowsCard, Priority.ALWAYS);
        VBox left = new VBox(24, verdict, windowsCard);
        left.setMinWidth(ROOMY_LEFT);
        left.setMaxWidth(ROOMY_LEFT);
        DividedPane right =
                new DividedPane(
                        "quality.running",
                        workbench.dividers(),
                        Orientation.HORIZONTAL,
                        room -> room / 2,
                        runningCard,
                        positionsCard);
        HBox.setHgrow(right, Priority.ALWAYS);
        return new HBox(24, left, right);
    }

    private static HBox row(Region left, Region right) {
        HBox row = new HBox(24, left, right);
        for (Region each : List.of(left, right)) {
            HBox.setHgrow(each, Priority.ALWAYS);
            each.setPrefWidth(100);
        }
        return row;
    }

    private void showQuality() {
        boolean known = model.isKnown();
        station.setVisible(known);
        empty.setVisible(!known);
        if (!known) {
            return;
        }
        table.show(model.rows());
        protocol.setText(model.protocol());
        rule.setVisible(model.prunes());
        rule.setManaged(model.prunes());
        badges.getChildren()
                .setAll(
                        model.quality().isExact()
                                ? Badge.of(Badge.Kind.EXACT)
                                : Badge.estimate(model.quality(), model.opened()),
                        Badge.arithmetic(model.quality().recipe()));
        Badge.planted(workbench).ifPresent(badges.getChildren()::add);
        Comparison shown = model.comparisonProperty().get();
        showRunning(shown);
        showWindows(shown);
    }

    private void showRunning(Comparison shown) {
        if (shown != axesFor) {
            axesFor = shown;
            boolean difference = shown == Comparison.DIFFERENCE;
            ChartPane.Axis change =
                    ChartPane.Axis.linear(Messages.text("quality.running.change"), "%");
            running.setAxes(runningX(), difference ? change : perplexityAxis());
            runningCard.setSentence(Messages.text("quality.running.sentence." + shown));
            positionsCard.setSentence(Messages.text("quality.positions.sentence." + shown));
        }
        List<LineChartPane.Line> lines = new ArrayList<>();
        if (shown == Comparison.DIFFERENCE) {
            model.change().ifPresent(change -> lines.add(line(change)));
            running.setMarkers(List.of(new ChartPane.Marker(false, 0, "", Ink.MUTED)));
        } else {
            running.setMarkers(List.of());
            model.running(Comparison.BASELINE)
                    .ifPresent(run -> lines.add(line(Comparison.BASELINE, run)));
            if (shown == Comparison.TUNED) {
                model.running(Comparison.TUNED)
                        .ifPresent(run -> lines.add(line(Comparison.TUNED, run)));
            }
        }
        running.setLines(lines);
    }

    private static LineChartPane.Line line(Comparison which, RunningPerplexity run) {
        double[] low = new double[run.windows()];
        double[] high = new double[run.windows()];
        for (int w = 0; w < low.length; w++) {
            double reach = RunningPerplexity.CONFIDENCE * run.standardError()[w];
            low[w] = run.perplexity()[w] - reach;
            high[w] = run.perplexity()[w] + reach;
        }
        return new LineChartPane.Line(
                name(which), ink(which), counting(run.windows()), run.perplexity(), low, high);
    }

    private static LineChartPane.Line line(RunningChange change) {
        return new LineChartPane.Line(
                name(Comparison.DIFFERENCE),
                Ink.TUNED,
                counting(change.change().length),
                percent(change.change()),
                percent(change.low()),
                percent(change.high()));
    }

    private static double[] counting(int count) {
        return IntStream.rangeClosed(1, count).asDoubleStream().toArray();
    }

    private static double[] percent(double[] shares) {
        return Arrays.stream(shares).map(share -> 100 * share).toArray();
    }

    private static String name(Comparison which) {
        return Messages.text("comparison." + which);
    }

    private static Ink ink(Comparison which) {
        return which == Comparison.BASELINE ? Ink.BASELINE : Ink.TUNED;
    }

    private void showWindows(Comparison shown) {
        int looked = workbench.comparisonProperty().get().map(WindowComparison::window).orElse(-1);
        List<String> groups =
                IntStream.range(0, model.windows())
                        .mapToObj(
                                w ->
                                        w == looked
                                                ? Messages.text("quality.windows.shown", w + 1)
                                                : Integer.toString(w + 1))
                        .toList();
        double[] baseline = model.windowLoss(Comparison.BASELINE);
        double[] tuned = model.windowLoss(Comparison.TUNED);
        BarChartPane.Bars baselineBars =
                BarChartPane.Bars.of(name(Comparison.BASELINE), Ink.BASELINE, baseline);
        BarChartPane.Bars tunedBars =
                BarChartPane.Bars.of(name(Comparison.TUNED), Ink.TUNED, tuned);
        windows.setBars(
                groups,
                switch (shown) {
                    case BASELINE -> List.of(baselineBars);
                    case TUNED -> List.of(baselineBars, tunedBars);
                    case DIFFERENCE ->
                            List.of(
                                    BarChartPane.Bars.of(
                                            name(shown), Ink.TUNED, less(tuned, baseline)));
                });
    }

    private static double[] less(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private void showPositions() {
        Comparison shown = model.comparisonProperty().get();
        positions.setLines(
                workbench
                        .comparisonProperty()
                        .get()
                        .map(
                                window -> {
                                    float[] baseline = window.baseline().loss().carried();
                                    float[] tuned = window.tuned().loss().carried();
                                    return curves(shown, baseline, tuned);
                                })
                        .orElse(List.of()));
        workbench
                .comparisonProperty()
                .get()
                .ifPresent(
                        window -> {
                            String number = Integer.toString(window.window() + 1);
                            positionsCard.setHeading(
                                    Messages.text("quality.positions.heading", number));
                        });
        markToken();
    }

    private static List<LineChartPane.Line> curves(
            Comparison shown, float[] baseline, float[] tuned) {
        if (shown == Comparison.DIFFERENCE) {
            float[] difference = new float[tuned.length];
            for (int t = 0; t < tuned.length; t++) {
                difference[t] = tuned[t] - baseline[t];
            }
            return List.of(curve(shown, difference));
        }
        List<LineChartPane.Line> lines = new ArrayList<>();
        lines.add(curve(Comparison.BASELINE, baseline));
        if (shown == Comparison.TUNED) {
            lines.add(curve(Comparison.TUNED, tuned));
        }
        return lines;
    }

    private static LineChartPane.Line curve(Comparison which, float[] losses) {
        double[] x = IntStream.range(0, losses.length).asDoubleStream().toArray();
        double[] smooth = LossCurve.smooth(LossCurve.byPredictedToken(losses));
        return LineChartPane.Line.of(name(which), ink(which), x, smooth);
    }

    private void markToken() {
        int token = workbench.selection().place().token();
        positions.setMarkers(
                token == Selection.NONE
                        ? List.of()
                        : List.of(
                                new ChartPane.Marker(
                                        true,
                                        token,
                                        Messages.text("selection.token", Integer.toString(token)),
                                        Ink.MUTED)));
    }
}
