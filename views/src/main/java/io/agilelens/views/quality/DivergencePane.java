package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.model.Site;
import io.agilelens.views.Arrangement;
import io.agilelens.views.CellPicks;
import io.agilelens.views.ChartPair;
import io.agilelens.views.Messages;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.Departures;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** Where the tuned model first leaves the float model, and how noisy each site is. */
final class DivergencePane extends StackPane {
    private final StudiesViewModel model;
    private final Label departure = words("first-departure");
    private final Hyperlink showDeparture = link("show-departure");
    private final Label turn = words("first-turn");
    private final Hyperlink showTurn = link("show-turn");
    private final LineChartPane trails =
            new LineChartPane(
                    Messages.text("study.trails.heading"),
                    ChartPane.Axis.linear(Messages.text("study.trails.x"), ""),
                    ChartPane.Axis.linear(Messages.text("study.noise"), Messages.text("study.db")));
    private final Heatmap noise = new Heatmap();
    private final ChartCard trailsCard = ChartCard.of("study.trails", trails);
    private final ChartCard noiseCard;
    private final StudyPane pane;
    private List<List<FirstDivergence.Step>> shownTrails = List.of();
    private List<Site> sites = List.of();

    DivergencePane(Workbench workbench, StudiesViewModel model, WorkbenchActions actions) {
        this.model = model;
        noise.setId("site-noise");
        noise.titleProperty().set(Messages.text("study.noise.heading"));
        CellPicks.of(noise, cell -> model.selectPlace(cell.row(), sites.get(cell.column())));
        noiseCard = ChartCard.of("study.noise", noise);
        trails.setOnPick(
                pick -> {
                    FirstDivergence.Step step = shownTrails.get(pick.series()).get(pick.index());
                    model.selectPlace(step.layer(), step.site());
                });
        Arrangement pictures = ChartPair.of("divergence", trailsCard, 0.5, noiseCard);
        VBox.setVgrow(pictures, Priority.ALWAYS);
        VBox content =
                new VBox(
                        8,
                        line(departure, showDeparture),
                        line(turn, showTurn),
                        pictures,
                        new PlaceLine(workbench, actions, "quality"));
        content.setMinSize(0, 0);
        pane = new StudyPane(QualityStudy.DIVERGENCE, model, actions, content);
        getChildren().add(pane);
    }

    private static Label words(String id) {
        Label label = new Label();
        label.setId(id);
        label.setWrapText(true);
        label.setMinWidth(0);
        label.setMinHeight(USE_PREF_SIZE);
        label.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(label, Priority.ALWAYS);
        return label;
    }

    private static Hyperlink link(String id) {
        Hyperlink link = new Hyperlink(Messages.text("study.show"));
        link.setId(id);
        link.setMinWidth(USE_PREF_SIZE);
        return link;
    }

    private static HBox line(Label words, Hyperlink link) {
        HBox line = new HBox(8, words, link);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    void show() {
        Optional<Study<Departures>> study = model.studies().divergence();
        boolean stale = model.isStale(study);
        trails.staleProperty().set(stale);
        noise.staleProperty().set(stale);
        pane.show(study, study.map(found -> model.conditions(found, stale)).orElse(""));
        study.map(Study::result).ifPresent(this::show);
    }

    private void show(Departures found) {
        FirstDivergence first = found.first();
        departure.setText(model.sentence(first));
        showDeparture.setVisible(first.departure().isPresent());
        showDeparture.setOnAction(
                _ ->
                        first.departure()
                                .ifPresent(
                                        place ->
                                                model.openToken(
                                                        place.window(),
                                                        place.token(),
                                                        place.layer(),
                                                        place.site())));
        turn.setText(model.turnSentence(first));
        showTurn.setVisible(first.turn().isPresent());
        showTurn.setOnAction(_ -> first.turn().ifPresent(place -> showTurn(first, place)));
        showTrails(first);
        showNoise(found.noise());
    }

    /** Shows the token at its first place below the threshold, or at the last one. */
    private void showTurn(FirstDivergence first, FirstDivergence.Turn place) {
        FirstDivergence.Step step =
                place.trail().firstBelow(first.threshold()).orElse(place.trail().steps().getLast());
        model.openToken(place.window(), place.token(), step.layer(), step.site());
    }

    private void showTrails(FirstDivergence first) {
        List<LineChartPane.Line> lines = new ArrayList<>();
        List<List<FirstDivergence.Step>> steps = new ArrayList<>();
        first.departure()
                .ifPresent(
                        found -> {
                            lines.add(
                                    line(
                                            Messages.text(
                                                    "study.trails.departure",
                                                    Integer.toString(found.token())),
                                            Ink.TUNED,
                                            found.trail()));
                            steps.add(found.trail().steps());
                        });
        // Often it is the same token, whose curve need not be drawn twice.
        first.turn()
                .filter(found -> steps.isEmpty() || !steps.getFirst().equals(found.trail().steps()))
                .ifPresent(
                        found -> {
                            lines.add(
                                    line(
                                            Messages.text(
                                                    "study.trails.turn",
                                                    Integer.toString(found.token())),
                                            Ink.SERIES_3,
                                            found.trail()));
                            steps.add(found.trail().steps());
                        });
        shownTrails = List.copyOf(steps);
        trails.setLines(lines);
        trails.setMarkers(
                List.of(
                        new ChartPane.Marker(
                                false,
                                first.threshold(),
                                Messages.text("study.threshold"),
                                Ink.TROUBLE)));
    }

    /** A layer is one unit wide; its sites lie in it in the order in which they are computed. */
    private static LineChartPane.Line line(String name, Ink ink, FirstDivergence.Trail trail) {
        double[] x = new double[trail.steps().size()];
        double[] y = new double[x.length];
        double width = 1.0 / (Site.values().length - 1);
        for (int i = 0; i < x.length; i++) {
            FirstDivergence.Step step = trail.steps().get(i);
            int site = step.site().ordinal() - (step.site().compareTo(Site.SOFTMAX) > 0 ? 1 : 0);
            x[i] = step.layer() + site * width;
            y[i] = Double.isInfinite(step.decibels()) ? Double.NaN : step.decibels();
        }
        return LineChartPane.Line.of(name, ink, x, y);
    }

    private void showNoise(List<SiteNoise> all) {
        sites = Arrays.stream(Site.values()).filter(site -> site != Site.SOFTMAX).toList();
        int layers = all.stream().mapToInt(SiteNoise::layer).max().orElse(-1) + 1;
        float[] values = new float[layers * sites.size()];
        Arrays.fill(values, Float.NaN);
        for (SiteNoise each : all) {
            int column = sites.indexOf(each.site());
            if (column >= 0 && Double.isFinite(each.total())) {
                values[each.layer() * sites.size() + column] = (float) each.total();
            }
        }
        List<Site> columns = sites;
        noise.dataProperty()
                .set(
                        HeatmapData.adopt(
                                layers,
                                columns.size(),
                                values,
                                new HeatmapData.Labels(
                                        Messages.text("study.noise"),
                                        Messages.text("study.db"),
                                        Messages.text("attention.axis.layer"),
                                        Messages.text("study.site"),
                                        Integer::toString,
                                        column -> columns.get(column).name())));
    }
}
