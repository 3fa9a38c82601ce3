package io.agilelens.views.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Figures;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Exportable;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.TabPane;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The studies behind the verdict: asked for, shown, picked from, outdated. */
class QualityStudiesTest extends GuiTest {
    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private final RecordingActions actions = new RecordingActions();
    private final StackPane root = new StackPane();
    private Workbench workbench;

    @Override
    protected Parent createRoot() {
        workbench = fixture.workbench(fixture.prunedRecipe());
        root.getChildren().setAll(new QualityView(workbench, actions));
        return root;
    }

    private Node open(QualityStudy study) {
        String name = study.name().toLowerCase(Locale.ROOT);
        interact(
                () -> {
                    TabPane tabs = (TabPane) root.lookup(".card-tabs");
                    tabs.getTabs().stream()
                            .filter(tab -> tab.getId().equals("tab-" + name))
                            .findFirst()
                            .ifPresent(tabs.getSelectionModel()::select);
                });
        settle();
        return root.lookup("#study-" + name);
    }

    private void know() {
        Studies studies = fixture.studies(fixture.prunedRecipe());
        interact(() -> workbench.studiesProperty().set(studies));
        settle();
    }

    private <T extends Node> List<T> all(Node pane, Class<T> kind) {
        String style = kind == Heatmap.class ? ".heatmap" : ".chart-pane";
        return from(pane).lookup(style).queryAll().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Test
    void eachStudyIsAskedForByItsButton() {
        for (QualityStudy study : QualityStudy.values()) {
            Node pane = open(study);
            Button run = (Button) pane.lookup(".empty-state .button");
            assertTrue(pane.lookup(".empty-state").isVisible());
            interact(run::fire);
            assertEquals("study " + study, actions.asked.getLast());
        }
        know();
        for (QualityStudy study : QualityStudy.values()) {
            Node pane = open(study);
            assertFalse(pane.lookup(".empty-state").isVisible());
            assertEquals(List.of("exact", "simulated"), badges(pane));
        }
    }

    @Test
    void saysThatOutliersWerePlanted() {
        Planting planting =
                new Planting(
                        8,
                        new TreeSet<>(List.of(3)),
                        new TreeSet<>(List.of(0)),
                        List.of(Site.ATTN_INPUT));
        interact(
                () ->
                        workbench
                                .modelProperty()
                                .set(Optional.of(planted(fixture.opened(), planting))));
        know();
        for (QualityStudy study : QualityStudy.values()) {
            assertEquals(List.of("exact", "simulated", "planted"), badges(open(study)));
        }
        assertTrue(badges(root.lookup(".station-pane")).contains("planted"), "the verdict's own");
    }

    private static OpenedModel planted(OpenedModel opened, Planting planting) {
        return new OpenedModel(
                opened.subject(),
                opened.title(),
                opened.model().plant(planting),
                opened.baseline(),
                opened.memory(),
                opened.text(),
                opened.calibrationSource(),
                opened.presets());
    }

    private List<String> badges(Node pane) {
        return from(pane).lookup(".badge").queryAllAs(Label.class).stream()
                .map(Label::getText)
                .toList();
    }

    @Test
    void theBudgetShowsEveryComponentAndCanBeExported() {
        know();
        Node pane = open(QualityStudy.BUDGET);
        ErrorBudget budget = workbench.studiesProperty().get().budget().orElseThrow().result();
        List<BarChartPane> charts = all(pane, BarChartPane.class);
        assertEquals(2, charts.size());
        String csv = charts.getFirst().csv().text();
        for (ErrorBudget.Share share : budget.shares()) {
            String name = share.component().name().toLowerCase(Locale.ROOT);
            assertTrue(
                    csv.contains(name + ",alone on," + share.alone().change()), name + "\n" + csv);
            assertTrue(csv.contains(name + ",alone off," + share.without().change()), csv);
        }
        assertTrue(charts.getFirst().svg().get().contains("</svg>"));
        List<String> sentences =
                from(pane).lookup(".chart-card .muted").queryAllAs(Label.class).stream()
                        .map(Label::getText)
                        .toList();
        String whole = Figures.signed(budget.whole().change());
        assertTrue(
                sentences.stream().anyMatch(line -> line.contains("adds " + whole + " nats")),
                sentences.toString());
    }

    @ParameterizedTest
    @EnumSource(
            value = QualityStudy.class,
            names = {"BUDGET", "LAYERS"})
    void bothChartsHaveRoomInWideAndNarrowWindows(QualityStudy study) {
        know();
        // Narrow first: a pane that was wide once is arranged anew.
        for (double width : new double[] {560, 1200, 560}) {
            interact(() -> root.getScene().getWindow().setWidth(width));
            settle();
            Node pane = open(study);
            List<BarChartPane> charts = all(pane, BarChartPane.class);
            assertEquals(2, charts.size(), study + " at " + width);
            for (BarChartPane chart : charts) {
                assertTrue(chart.getHeight() > 120, study + " at " + width);
                assertTrue(chart.getWidth() > 200, study + " at " + width);
            }
        }
    }

    @Test
    void aLayersBarSelectsTheLayer() {
        know();
        Node pane = open(QualityStudy.LAYERS);
        BarChartPane chart = all(pane, BarChartPane.class).getFirst();
        // The last group is that of all four layers, which is no layer.
        clickOn(chart.localToScreen(chart.getWidth() - 30, chart.getHeight() / 2));
        assertEquals(0, workbench.selection().place().layer());
        double group = (chart.getWidth() - 60) / 5;
        clickOn(chart.localToScreen(chart.getWidth() - 1.5 * group, chart.getHeight() / 2));
        assertEquals(3, workbench.selection().place().layer());
    }

    private List<String> lastAsked(int count) {
        return actions.asked.subList(actions.asked.size() - count, actions.asked.size());
    }

    @Test
    void theFirstDivergenceLinksToItsPlace() {
        know();
        Node pane = open(QualityStudy.DIVERGENCE);
        FirstDivergence first =
                workbench.studiesProperty().get().divergence().orElseThrow().result().first();
        FirstDivergence.Departure departure = first.departure().orElseThrow();
        Label sentence = (Label) pane.lookup("#first-departure");
        assertTrue(
                sentence.getText()
                        .contains("layer %d, %s".formatted(departure.layer(), departure.site())),
                sentence.getText());
        interact(() -> ((Hyperlink) pane.lookup("#show-departure")).fire());
        assertEquals(List.of("showWindow " + departure.window(), "goTo outliers"), lastAsked(2));
        assertEquals(departure.layer(), workbench.selection().place().layer());
        assertEquals(departure.site(), workbench.selection().place().site());
        assertEquals(departure.token(), workbench.selection().place().token());
        FirstDivergence.Turn turn = first.turn().orElseThrow();
        interact(() -> ((Hyperlink) pane.lookup("#show-turn")).fire());
        assertEquals(List.of("showWindow " + turn.window(), "goTo outliers"), lastAsked(2));
        assertEquals(turn.token(), workbench.selection().place().token());
        for (Exportable picture :
                List.of(
                        all(pane, LineChartPane.class).getFirst(),
                        all(pane, Heatmap.class).getFirst())) {
            assertTrue(picture.csv().text().lines().count() > 4);
        }
    }

    @Test
    void theCurvesBestPointCanBeUsed() {
        know();
        Node pane = open(QualityStudy.CURVE);
        PruningCurve curve = workbench.studiesProperty().get().curve().orElseThrow().result();
        double best = curve.bestPoint().beta();
        Button use = (Button) pane.lookup("#use-beta");
        assertEquals("Use β " + Figures.number(best), use.getText());
        interact(use::fire);
        Recipe changed = workbench.history().recipe();
        assertEquals(best, changed.pruning().beta());
        assertEquals(fixture.prunedRecipe().pruning().layers(), changed.pruning().layers());
        assertEquals(fixture.prunedRecipe().weights(), changed.weights());
        // The curve tries every β, so it is not outdated by using one.
        assertFalse(all(pane, ChartPane.class).getFirst().staleProperty().get());
        interact(workbench.history()::undo);
        assertEquals(fixture.prunedRecipe(), workbench.history().recipe());
    }

    @Test
    void anotherRecipeOutdatesWhatIsShown() {
        know();
        Node pane = open(QualityStudy.BUDGET);
        ChartPane chart = all(pane, ChartPane.class).getFirst();
        assertFalse(chart.staleProperty().get());
        interact(() -> workbench.history().change("weights", fixture.recipe("RTN-W4")));
        assertTrue(chart.staleProperty().get());
        assertTrue(
                from(pane).lookup(".label").queryAllAs(Label.class).stream()
                        .anyMatch(label -> label.getText().startsWith("Of an earlier recipe")));
        Node curve = open(QualityStudy.CURVE);
        assertNotEquals(pane, curve);
        assertTrue(all(curve, ChartPane.class).getFirst().staleProperty().get());
    }

    @Test
    void theLengthsAreBarsOfTheSameTokens() {
        know();
        BarChartPane chart = all(open(QualityStudy.LENGTHS), BarChartPane.class).getFirst();
        String csv = chart.csv().text();
        for (String length : List.of("24", "48", "96")) {
            assertTrue(csv.contains("\n" + length + ",float,"), csv);
            assertTrue(csv.contains("\n" + length + ",\"tuned and pruned, all positions\","), csv);
        }
    }

    @Test
    void looksLikeThis() throws Exception {
        ComparisonFixture stories = ComparisonFixture.stories();
        Studies studies = stories.studies(stories.prunedRecipe());
        interact(
                () -> {
                    workbench = stories.workbench(stories.prunedRecipe());
                    workbench.studiesProperty().set(studies);
                    root.getChildren().setAll(new QualityView(workbench, actions));
                });
        for (QualityStudy study : QualityStudy.values()) {
            open(study);
            StationPictures.take(this, root, "quality-" + study.name().toLowerCase(Locale.ROOT));
        }
    }
}
