package io.agilelens.views.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class CompareViewTest extends GuiTest {
    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private final RecordingActions actions = new RecordingActions();
    private final StackPane root = new StackPane();
    private Workbench workbench;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        root.getChildren().setAll(new CompareView(workbench, actions));
        return root;
    }

    private RunTable table() {
        return (RunTable) root.lookup("#runs");
    }

    private void pinTwo() {
        interact(
                () -> {
                    workbench.modelProperty().set(Optional.of(fixture.opened()));
                    workbench.runs().add(fixture.pin("FP", Recipe.FLOAT));
                    workbench.runs().add(fixture.pin("RTN-W4", fixture.recipe("RTN-W4")));
                });
        settle();
    }

    @Test
    void emptyItSaysHowToPin() {
        interact(() -> workbench.modelProperty().set(Optional.of(fixture.opened())));
        settle();
        clickOn("Pin this run");
        assertEquals(List.of("pinRun"), actions.asked);
        pinTwo();
        assertTrue(root.lookup(".station-pane").isVisible());
        assertTrue(lookup(".empty-state").queryAll().stream().noneMatch(Node::isVisible));
    }

    @Test
    void aSelectedRunCanBeUsedRenamedAndRemoved() {
        pinTwo();
        assertTrue(root.lookup("#compare-use").isDisabled());
        clickOn("RTN-W4");
        clickOn("#compare-use");
        assertEquals(fixture.recipe("RTN-W4"), workbench.history().recipe());
        clickOn("#compare-rename");
        settle();
        write("mine").type(KeyCode.ENTER);
        settle();
        assertEquals("mine", workbench.runs().get(1).name());
        clickOn("mine");
        clickOn("#compare-remove");
        assertEquals(List.of("FP"), workbench.runs().stream().map(PinnedRun::name).toList());
    }

    @Test
    void theScatterFollowsAndBothLeaveAsFiles() {
        pinTwo();
        ScatterChartPane scatter = (ScatterChartPane) root.lookup(".chart-pane");
        assertEquals(3, scatter.toCsv().lines().count());
        String csv = table().toCsv();
        assertTrue(csv.startsWith("name,recipe,bits per weight"), csv);
        assertEquals(3, csv.lines().count());
        String svg = table().toSvg();
        assertTrue(svg.contains("RTN-W4") && svg.endsWith("</svg>\n"), svg);
        interact(() -> workbench.runs().removeLast());
        assertEquals(2, scatter.toCsv().lines().count());
    }

    @Test
    void sortingShowsAnotherOrderButKeepsTheFirstRunFirst() {
        pinTwo();
        interact(
                () -> {
                    var size = table().getColumns().stream().filter(c -> "size".equals(c.getId()));
                    table().getSortOrder().setAll(List.of(size.findFirst().orElseThrow()));
                });
        assertEquals("RTN-W4", table().getItems().getFirst().name());
        assertEquals("FP", workbench.runs().getFirst().name());
        assertFalse(table().getItems().isEmpty());
    }

    @Test
    void looksLikeThis() throws Exception {
        ComparisonFixture stories = ComparisonFixture.stories();
        interact(
                () -> {
                    workbench.modelProperty().set(Optional.of(stories.opened()));
                    stories.opened()
                            .presets()
                            .forEach(
                                    preset ->
                                            workbench
                                                    .runs()
                                                    .add(
                                                            stories.pin(
                                                                    preset.name(),
                                                                    preset.recipe())));
                    table().getSelectionModel().select(2);
                });
        StationPictures.take(this, root, "compare");
        interact(() -> workbench.runs().clear());
        StationPictures.take(this, root, "compare-empty");
    }
}
