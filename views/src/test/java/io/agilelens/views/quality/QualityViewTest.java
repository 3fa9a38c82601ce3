package io.agilelens.views.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Figures;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class QualityViewTest extends GuiTest {
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

    private String text(String id) {
        return ((Label) root.lookup(id)).getText();
    }

    private List<String> badges() {
        return lookup(".badge").queryAllAs(Label.class).stream().map(Label::getText).toList();
    }

    @Test
    void theVerdictTellsKeptFromAllPositionsWithCoverage() {
        settle();
        Perplexity tuned = workbench.qualityProperty().get().tuned().orElseThrow();
        assertTrue(tuned.coverage() < 0.6, "half of the tokens should be pruned");
        assertTrue(text("#tuned-kept").startsWith(Figures.fourDigits(tuned.perplexity()) + " ± "));
        assertEquals(Figures.fourDigits(tuned.allPositions()), text("#tuned-all"));
        assertEquals(Figures.percent(tuned.coverage()), text("#tuned-coverage"));
        assertEquals(Figures.number(tuned.divergence(), "nats"), text("#tuned-divergence"));
        assertTrue(root.lookup("#quality-rule").isVisible());
        assertTrue(text("#quality-protocol").contains("3 of 3 windows of 96 tokens"));
        assertEquals(List.of("exact", "simulated"), badges());
    }

    @Test
    void aRunningValueIsAnEstimateAndWithoutPruningNoRuleIsNeeded() {
        interact(
                () ->
                        workbench
                                .qualityProperty()
                                .set(fixture.quality(fixture.recipe("RTN-W4"), 2)));
        settle();
        assertEquals(List.of("est. 2 windows · 67 %", "simulated"), badges());
        assertFalse(root.lookup("#quality-rule").isVisible());
        assertTrue(text("#tuned-perplexity").contains(" ± "));
        assertTrue(text("#quality-protocol").contains("2 of 3 windows"));
    }

    @Test
    void protocolLengthAndNumberOfWindowsAreChosen() {
        settle();
        ChoiceBox<Protocol> protocol = choice("protocol");
        assertEquals(Protocol.GPTQ, protocol.getValue());
        interact(() -> protocol.setValue(Protocol.LLAMA_CPP));
        assertEquals(
                "evaluateOn " + new EvaluationWindows(Protocol.LLAMA_CPP, 96, 3),
                actions.asked.getLast());
        assertEquals(Protocol.GPTQ, protocol.getValue(), "until the text is cut so");
        ChoiceBox<Integer> length = choice("length");
        assertEquals(List.of(64, 96, 128), length.getItems(), "up to the model's context");
        interact(() -> length.setValue(64));
        assertEquals(
                "evaluateOn " + new EvaluationWindows(Protocol.GPTQ, 64, 3),
                actions.asked.getLast());
        ChoiceBox<Integer> count = choice("count");
        interact(() -> count.setValue(2));
        assertEquals(
                "evaluateOn " + new EvaluationWindows(Protocol.GPTQ, 96, 2),
                actions.asked.getLast());
    }

    @SuppressWarnings("unchecked")
    private <T> ChoiceBox<T> choice(String key) {
        return (ChoiceBox<T>) root.lookup("#quality-choose-" + key);
    }

    @Test
    void theSwitchChangesEveryPicture() {
        settle();
        List<LineChartPane> lines =
                lookup(".chart-pane").queryAll().stream()
                        .filter(LineChartPane.class::isInstance)
                        .map(LineChartPane.class::cast)
                        .toList();
        BarChartPane bars =
                lookup(".chart-pane").queryAll().stream()
                        .filter(BarChartPane.class::isInstance)
                        .map(BarChartPane.class::cast)
                        .findFirst()
                        .orElseThrow();
        assertEquals(2, lines.size());
        for (String mode : List.of("baseline", "tuned", "difference")) {
            clickOn(".comparison-switch ." + mode);
            for (String csv :
                    List.of(
                            lines.get(0).csv().text(),
                            lines.get(1).csv().text(),
                            bars.csv().text())) {
                assertEquals(
                        mode.equals("tuned"),
                        csv.contains("tuned,") && csv.contains("baseline,"),
                        csv);
                assertEquals(mode.equals("difference"), csv.contains("difference,"), csv);
            }
        }
    }

    @Test
    void nothingKnownTeachesTheNextStep() {
        interact(
                () -> {
                    workbench.comparisonProperty().set(Optional.empty());
                    workbench.qualityProperty().set(Quality.NONE);
                });
        settle();
        assertTrue(root.lookup(".empty-state").isVisible());
        assertFalse(root.lookup(".station-pane").isVisible());
    }

    @Test
    void aBarShowsItsWindow() {
        settle();
        BarChartPane bars =
                lookup(".chart-pane").queryAll().stream()
                        .filter(BarChartPane.class::isInstance)
                        .map(BarChartPane.class::cast)
                        .findFirst()
                        .orElseThrow();
        clickOn(bars.localToScreen(bars.getWidth() - 40, bars.getHeight() - 60));
        assertEquals(List.of("showWindow 2"), actions.asked);
    }

    @Test
    void looksLikeThis() throws Exception {
        ComparisonFixture stories = ComparisonFixture.stories();
        interact(
                () -> {
                    workbench = stories.workbench(stories.prunedRecipe());
                    workbench.selection().select(workbench.selection().place().withToken(137));
                    root.getChildren().setAll(new QualityView(workbench, actions));
                });
        StationPictures.take(this, root, "quality-pruned");
        interact(
                () -> {
                    var recipe = stories.recipe("W4A8 TRIP");
                    workbench.qualityProperty().set(stories.quality(recipe, 5));
                    workbench.comparisonProperty().set(Optional.of(stories.compare(recipe, 1, 0)));
                });
        StationPictures.take(this, root, "quality");
        clickOn(".comparison-switch .difference");
        StationPictures.take(this, root, "quality-difference");
    }
}
