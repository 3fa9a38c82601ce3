package io.agilelens.views.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.ScatterChartPane;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.RecipeSpeed;
import io.agilelens.views.workbench.SearchStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.text.TextFlow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** As after each thing that becomes known, when rows are filled anew. */
    @Test
    void aRecipeIsAsHighAsItsWords() {
        pinTwo();
        interact(() -> table().refresh());
        settle();
        List<TextFlow> recipes =
                from(table()).lookup(TextFlow.class::isInstance).queryAllAs(TextFlow.class).stream()
                        .filter(flow -> !flow.getChildren().isEmpty())
                        .toList();
        assertEquals(2, recipes.size());
        for (TextFlow recipe : recipes) {
            assertEquals(recipe.prefHeight(recipe.getWidth()), recipe.getHeight(), 0.5);
        }
    }

    @Test
    void aRunPickedInTheScatterComesIntoSightInTheTable() {
        pinTwo();
        PinnedRun rounded = workbench.runs().getLast();
        interact(
                () -> {
                    for (int i = 0; i < 40; i++) {
                        workbench.runs().add(rounded.withName("run " + i));
                    }
                });
        settle();
        interact(root.lookup(".chart-pane")::requestFocus);
        push(KeyCode.RIGHT);
        push(KeyCode.ENTER);
        settle();
        PinnedRun picked = table().getSelectionModel().getSelectedItem();
        int far = workbench.runs().indexOf(picked) < 20 ? 41 : 0;
        interact(() -> table().scrollTo(far));
        settle();
        assertFalse(isInSight(picked));
        push(KeyCode.ENTER);
        settle();
        assertTrue(isInSight(picked));
    }

    private boolean isInSight(PinnedRun run) {
        Bounds table = table().localToScene(table().getLayoutBounds());
        return from(table()).lookup(".table-row-cell").queryAllAs(TableRow.class).stream()
                .filter(row -> row.isVisible() && run.equals(row.getItem()))
                .anyMatch(row -> table.contains(row.localToScene(row.getLayoutBounds())));
    }

    @Test
    void theScatterFollowsAndBothLeaveAsFiles() {
        pinTwo();
        ScatterChartPane scatter = (ScatterChartPane) root.lookup(".chart-pane");
        assertEquals(3, scatter.csv().text().lines().count());
        String csv = table().csv().text();
        assertTrue(csv.startsWith("name,recipe,bits per weight"), csv);
        assertEquals(3, csv.lines().count());
        String svg = table().svg().get();
        assertTrue(svg.contains("RTN-W4") && svg.endsWith("</svg>\n"), svg);
        interact(() -> workbench.runs().removeLast());
        assertEquals(2, scatter.csv().text().lines().count());
    }

    @Test
    void aPerplexityOverKeptPositionsHasAStar() {
        PinnedRun whole = fixture.pin("whole", fixture.recipe("W4A8 TRIP"));
        PinnedRun pruned = fixture.pin("pruned", fixture.recipe("W4A8 TRIP β 0.2"));
        assertEquals(1, whole.tuned().coverage());
        assertTrue(pruned.tuned().coverage() < 1);
        interact(
                () -> {
                    workbench.modelProperty().set(Optional.of(fixture.opened()));
                    workbench.runs().setAll(whole, pruned);
                });
        settle();
        List<String> starred =
                from(table()).lookup(".table-cell").queryAll().stream()
                        .map(cell -> ((TableCell<?, ?>) cell).getText())
                        .filter(text -> text != null && text.endsWith("*"))
                        .toList();
        assertEquals(1, starred.size(), starred::toString);
    }

    @Test
    void speedsAreMeasuredAndSetAgainstQuality() {
        pinTwo();
        clickOn("#compare-measure");
        assertEquals(List.of("measureRuns"), actions.asked);
        ScatterChartPane scatter = (ScatterChartPane) root.lookup(".chart-pane");
        interact(() -> costs().setValue(Cost.PREFILL));
        assertThrows(UserException.class, scatter::csv, "nothing was measured yet");
        assertTrue(scatter.emptyTextProperty().get().contains("Measure speed"));
        interact(
                () -> {
                    workbench
                            .speeds()
                            .put(
                                    Recipe.FLOAT.withExecution(Execution.EXECUTED),
                                    RecipeSpeed.Measured.of(speed(10, 1)));
                    workbench
                            .speeds()
                            .put(
                                    fixture.recipe("RTN-W4").withExecution(Execution.EXECUTED),
                                    RecipeSpeed.Measured.of(speed(4, 2.5)));
                });
        settle();
        assertEquals(3, scatter.csv().text().lines().count());
        assertTrue(
                table().csv().text().lines().skip(2).findFirst().orElseThrow().contains(",2.5,"));
        interact(
                () ->
                        workbench
                                .speeds()
                                .put(
                                        fixture.recipe("RTN-W4").withExecution(Execution.EXECUTED),
                                        RecipeSpeed.Measured.not("no kernel does that")));
        settle();
        assertEquals(
                2, scatter.csv().text().lines().count(), "what cannot be executed has no latency");
        assertTrue(
                new CompareViewModel(workbench, actions)
                        .speedHelp(workbench.runs().getLast())
                        .contains("no kernel does that"));
    }

    @SuppressWarnings("unchecked")
    private ComboBox<Cost> costs() {
        return (ComboBox<Cost>) root.lookup("#compare-cost");
    }

    private static RecipeSpeed speed(double milliseconds, double speedup) {
        return new RecipeSpeed(
                128,
                new Quartiles(milliseconds, 0.1),
                new Quartiles(milliseconds / 50, 0.1),
                speedup,
                speedup);
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
    void aSearchIsStartedWatchedAndStopped() {
        interact(() -> workbench.modelProperty().set(Optional.of(fixture.opened())));
        settle();
        clickOn("#search-start");
        assertEquals(List.of("search bits=4.5"), actions.asked);
        interact(
                () ->
                        workbench
                                .searchProperty()
                                .set(
                                        Optional.of(
                                                SearchStatus.STARTING.at(
                                                        "trying W4 g32", 30, 120))));
        settle();
        Node station = root.lookup(".station-pane");
        assertTrue(station.isVisible());
        assertFalse(station.lookup("#search-start").isVisible());
        assertEquals("trying W4 g32", ((Label) station.lookup("#search-step")).getText());
        assertEquals(0.25, ((ProgressBar) station.lookup(".progress-bar")).getProgress(), 1e-9);
        clickOn(station.lookup("#search-cancel"));
        assertEquals("cancelSearch", actions.asked.getLast());
        interact(() -> workbench.searchProperty().set(Optional.empty()));
        assertTrue(station.lookup("#search-start").isVisible());
    }

    @Test
    void aLossCanBeTheBudget() {
        pinTwo();
        Node station = root.lookup(".station-pane");
        interact(
                () -> {
                    @SuppressWarnings("unchecked")
                    ChoiceBox<Budget.Kind> kind =
                            (ChoiceBox<Budget.Kind>) station.lookup("#search-kind");
                    kind.setValue(Budget.Kind.NLL);
                });
        settle();
        clickOn(station.lookup("#search-start"));
        assertEquals(List.of("search nll=0.02"), actions.asked);
    }

    @Test
    void whatASearchFoundIsMarked() {
        pinTwo();
        PinnedRun run = fixture.pin("found 4.6 bits", fixture.recipe("W4A8 TRIP"));
        interact(() -> workbench.runs().add(searched(run, run.weightBytes())));
        settle();
        assertTrue(lookup("◆ found 4.6 bits").tryQuery().isPresent());
    }

    private static PinnedRun searched(PinnedRun run, long bytes) {
        return new PinnedRun(
                run.name(),
                run.recipe(),
                run.subject(),
                run.planting(),
                run.baseline(),
                run.tuned(),
                run.weightBits(),
                bytes,
                Double.NaN,
                true);
    }

    /** The first is as wide as the station is beside a lesson in the smallest window. */
    @ParameterizedTest
    @ValueSource(doubles = {548, 572, 700, 870})
    void allColumnsThatAreShownHaveRoom(double width) {
        interact(
                () -> {
                    Region view = (Region) root.getChildren().getFirst();
                    view.setMaxWidth(width);
                });
        pinTwo();
        double columns =
                table().getVisibleLeafColumns().stream().mapToDouble(TableColumn::getWidth).sum();
        assertTrue(columns <= table().getWidth(), columns + " of " + table().getWidth());
        TableColumn<?, ?> recipe =
                table().getColumns().stream()
                        .filter(column -> "recipe".equals(column.getId()))
                        .findFirst()
                        .orElseThrow();
        assertTrue(recipe.getWidth() > 100, "the recipe has " + recipe.getWidth());
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
                    PinnedRun found = stories.pin("found 4.5 bits", stories.recipe("RTN-W4"));
                    workbench.runs().add(searched(found, found.weightBytes() * 19 / 20));
                    table().getSelectionModel().select(2);
                });
        StationPictures.take(this, root, "compare");
        interact(
                () ->
                        workbench
                                .searchProperty()
                                .set(
                                        Optional.of(
                                                SearchStatus.STARTING.at(
                                                        "sensitivity of layer 3 MLP_HIDDEN, W4 g32",
                                                        70,
                                                        260))));
        StationPictures.take(this, root, "compare-searching");
        interact(() -> workbench.searchProperty().set(Optional.empty()));
        interact(() -> workbench.runs().clear());
        StationPictures.take(this, root, "compare-empty");
    }
}
