package io.agilelens.views.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.workbench.Workbench;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.geometry.VerticalDirection;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.input.ContextMenuEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

class TokensViewTest extends GuiTest {
    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private final RecordingActions actions = new RecordingActions();
    private final StackPane root = new StackPane();
    private Workbench workbench;

    @Override
    protected Parent createRoot() {
        workbench = fixture.workbench(fixture.prunedRecipe());
        root.getChildren().setAll(new TokensView(workbench, actions));
        return root;
    }

    private TokenFlow flow() {
        return (TokenFlow) root.lookup(".token-flow");
    }

    private String reason() {
        return ((Label) root.lookup("#token-reason")).getText();
    }

    private Point2D middleOf(int token) {
        TokenLayout.Place place = flow().tokenLayout().places().get(token);
        double lineHeight = 23;
        return flow().localToScreen(
                        4 + place.x() + place.width() / 2,
                        26 + 4 + (place.line() + 0.5) * lineHeight);
    }

    @Test
    void aClickedTokenIsSelectedEverywhereAndItsFateExplained() {
        settle();
        TokenTable table = TokenTable.of(workbench.comparisonProperty().get().orElseThrow());
        int left = 1;
        while (table.removal()[left] < 0) {
            left++;
        }
        clickOn(middleOf(left));
        assertEquals(left, workbench.selection().place().token());
        assertTrue(reason().startsWith("It left at layer " + table.removal()[left]), reason());
        interact(() -> flow().requestFocus());
        type(KeyCode.HOME);
        assertEquals(0, workbench.selection().place().token());
        assertTrue(reason().contains("first token"), reason());
        type(KeyCode.RIGHT, KeyCode.RIGHT);
        assertEquals(2, workbench.selection().place().token());
    }

    @Test
    void aScheduleOfNoModelIsNotSaved() {
        interact(
                () -> {
                    ScheduleEditor none =
                            new ScheduleEditor(new TokensViewModel(workbench, actions));
                    assertThrows(UserException.class, none::svg);
                });
    }

    /** A text is drawn as soon as it is there, before its tokens were laid out anew. */
    @Test
    void aLongerTextIsDrawnWhereItsOwnTokensGo() {
        settle();
        TokenTable all = TokenTable.of(workbench.comparisonProperty().get().orElseThrow());
        interact(() -> flow().show(beginning(all, 5), TokenColoring.REMOVAL));
        settle();
        assertEquals(5, flow().tokenLayout().places().size());
        interact(() -> flow().show(all, TokenColoring.REMOVAL));
        settle();
        assertEquals(all.count(), flow().tokenLayout().places().size());
    }

    private static TokenTable beginning(TokenTable table, int count) {
        return new TokenTable(
                table.window(),
                table.tokens().subList(0, count),
                Arrays.copyOf(table.removal(), count),
                Arrays.copyOf(table.mark(), count),
                Arrays.copyOf(table.baselineLoss(), count),
                Arrays.copyOf(table.tunedLoss(), count),
                Arrays.copyOf(table.predictedFromAfar(), count),
                table.trace(),
                table.pruning());
    }

    @Test
    void aLaneSelectsItsTokenAndLayer() {
        settle();
        Heatmap lanes = (Heatmap) root.lookup(".heatmap");
        interact(() -> lanes.select(3, 17));
        assertEquals(17, workbench.selection().place().token());
        assertEquals(3, workbench.selection().place().layer());
        interact(() -> workbench.selection().back());
        assertEquals(-1, lanes.selectedColumnProperty().get());
    }

    @Test
    void theScheduleIsEditedByKeysAndByDragging() {
        settle();
        interact(() -> root.getScene().getWindow().setWidth(1200));
        settle();
        ScheduleEditor editor = (ScheduleEditor) root.lookup("#schedule-editor");
        interact(editor::requestFocus);
        assertTrue(editor.isFocused());
        type(KeyCode.RIGHT);
        assertTrue(editor.getAccessibleText().contains("layer 1"), editor.getAccessibleText());
        type(KeyCode.UP, KeyCode.UP);
        PruningRecipe edited = workbench.history().recipe().pruning();
        assertEquals(java.util.Set.of(1, 2, 3), edited.layers());
        assertEquals(0.02, edited.share(1), 1e-9);
        assertTrue(editor.getAccessibleText().contains("layer 1: 2 % leave"));
        type(KeyCode.DELETE);
        assertEquals(java.util.Set.of(2, 3), workbench.history().recipe().pruning().layers());
        clickOn("#schedule-even");
        assertEquals(0.5, workbench.history().recipe().pruning().beta(), 1e-6);
        assertFalse(workbench.history().recipe().pruning().isUneven());

        Bounds bounds = editor.localToScreen(editor.getBoundsInLocal());
        double x = bounds.getMinX() + bounds.getWidth() * 0.94; // the last layer
        double middle = bounds.getMinY() + bounds.getHeight() / 2;
        drag(x, middle, MouseButton.PRIMARY).dropTo(x, bounds.getMinY() + 14);
        double dragged = workbench.history().recipe().pruning().share(3);
        assertTrue(dragged > 0.45, "share " + dragged);
        assertEquals("share pruned at layer 3", workbench.history().undoNameProperty().get());
        interact(() -> workbench.history().undo());
        assertFalse(workbench.history().recipe().pruning().isUneven(), "a drag is one step");
    }

    /** Shares that multiply to all that may leave do so but for a rounding. */
    @Test
    void aLayerTakesNothingWhereOthersTakeAllThatMayLeave() {
        TokensViewModel model = new TokensViewModel(workbench, actions);
        interact(
                () -> {
                    Recipe recipe = workbench.history().recipe();
                    SortedSet<Integer> others = new TreeSet<>();
                    for (int layer = 1; layer <= 3; layer++) {
                        others.add(layer);
                        PruningRecipe all =
                                recipe.pruning().withLayers(others).withBeta(Knobs.BETA.maximum());
                        workbench.history().change("all", recipe.withPruning(all));
                        model.setShare(0, 0.5);
                        assertEquals(0, workbench.history().recipe().pruning().share(0));
                    }
                });
    }

    @Test
    void theScheduleIsZoomedByWheelAndKeysAndSaysWhatIsPointedAt() {
        settle();
        interact(() -> root.getScene().getWindow().setWidth(1200));
        settle();
        ScheduleEditor editor = (ScheduleEditor) root.lookup("#schedule-editor");
        String whole = editor.svg().get();
        interact(editor::requestFocus);
        type(KeyCode.RIGHT, KeyCode.RIGHT, KeyCode.PLUS);
        // Four layers are as few as may be in sight, and all that this model has.
        assertEquals(whole, editor.svg().get());
        interact(() -> editor.show(new double[24]));
        String all = editor.svg().get();
        assertTrue(all.contains(">0<"), all);
        type(KeyCode.END, KeyCode.PLUS, KeyCode.PLUS, KeyCode.PLUS);
        assertFalse(editor.svg().get().contains(">0<"), editor.svg().get());
        assertTrue(editor.svg().get().contains(">23<"), editor.svg().get());
        type(KeyCode.HOME);
        assertEquals(all, editor.svg().get());
        Bounds bounds = editor.localToScreen(editor.getBoundsInLocal());
        moveTo(bounds.getMinX() + bounds.getWidth() * 0.94, bounds.getMinY() + 40);
        scroll(10, VerticalDirection.UP);
        assertFalse(editor.svg().get().contains(">0<"), editor.svg().get());
        Label hover = (Label) editor.lookup(".chart-hover");
        assertTrue(hover.isVisible());
        assertTrue(hover.getText().startsWith("layer 2"), hover.getText());
        interact(
                () ->
                        editor.fireEvent(
                                new ContextMenuEvent(
                                        ContextMenuEvent.CONTEXT_MENU_REQUESTED,
                                        20,
                                        20,
                                        20,
                                        20,
                                        false,
                                        null)));
        clickOn("Show everything");
        assertEquals(all, editor.svg().get());
    }

    @Test
    void theSwitchChangesTheColours() {
        settle();
        TokenPalette.Mark removed = flow().palette().mark(5);
        clickOn("#coloring-baseline");
        TokenPalette.Mark baseline = flow().palette().mark(5);
        clickOn("#coloring-difference");
        TokenPalette.Mark difference = flow().palette().mark(5);
        assertNotEquals(removed, baseline);
        assertNotEquals(baseline, difference);
        assertNull(flow().palette().mark(0).chip(), "nothing predicts the first token");
    }

    @Test
    void theLanesFollowTheSwitch() {
        settle();
        Heatmap lanes = (Heatmap) root.lookup(".heatmap");
        assertEquals("score", lanes.dataProperty().get().labels().value());
        assertTrue(lanes.logScaleProperty().get());
        assertEquals(java.util.List.of(0), lanes.columnMarksProperty().get().columns());
        TokenTable table = TokenTable.of(workbench.comparisonProperty().get().orElseThrow());
        clickOn("#coloring-difference");
        assertEquals("nats", lanes.dataProperty().get().labels().unit());
        assertTrue(lanes.divergingProperty().get());
        assertFalse(lanes.logScaleProperty().get());
        assertEquals(
                table.loss(7, TokenColoring.DIFFERENCE), lanes.dataProperty().get().value(0, 7));
        assertEquals(
                flow().palette().scale().orElseThrow().scale().maximum(),
                lanes.rangeProperty().get().maximum());
        clickOn("#coloring-baseline");
        assertFalse(lanes.divergingProperty().get());
        assertTrue(sentenceOf(lanes).contains("prunes nothing"), sentenceOf(lanes));
        assertTrue(Float.isFinite(lanes.dataProperty().get().value(3, 7)));
        clickOn("#coloring-removal");
        assertTrue(lanes.logScaleProperty().get(), "each kind of lane remembers its scale");
        assertNull(lanes.rangeProperty().get());
    }

    private static String sentenceOf(Node picture) {
        Node card = picture;
        while (!(card instanceof ChartCard)) {
            card = card.getParent();
        }
        return ((ChartCard) card).sentence();
    }

    @Test
    void withoutPruningTheTextStillShowsLossAndTheStationTeaches() {
        interact(
                () ->
                        workbench
                                .comparisonProperty()
                                .set(Optional.of(fixture.compare(Recipe.FLOAT, 1, 0))));
        settle();
        assertTrue(root.lookup("#coloring-removal").isDisabled());
        assertTrue(flow().palette().scale().isPresent());
        Node teaching = root.lookup(".empty-state .label");
        assertTrue(
                lookup(".empty-state .label").queryAllAs(Label.class).stream()
                        .anyMatch(label -> label.getText().contains("Move β")),
                "" + teaching);
        assertFalse(root.lookup(".heatmap").getParent().isVisible());
        assertEquals("window 2 of 3", ((Label) root.lookup("#tokens-window")).getText());
        clickOn("#tokens-window-next");
        clickOn("#tokens-window-previous");
        assertEquals("showWindow 2 showWindow 0", String.join(" ", actions.asked));
    }

    @Test
    void aStaleTextDims() {
        settle();
        interact(() -> workbench.comparisonStaleProperty().set(true));
        assertTrue(flow().staleProperty().get());
        assertTrue(flow().getChildrenUnmodifiable().getFirst().getOpacity() < 1);
    }

    @Test
    void theTextLeavesAsSvgAndCsv() {
        settle();
        assertTrue(flow().svg().get().contains("</svg>"));
        String csv = flow().csv().text();
        assertEquals(1 + 96, csv.lines().count());
        assertTrue(csv.startsWith("position,token,removal layer,layer of fewer bits,score"), csv);
        assertFalse(csv.contains("NaN"), csv);
    }

    @Test
    void looksLikeThis() throws Exception {
        ComparisonFixture stories = ComparisonFixture.stories();
        interact(
                () -> {
                    workbench = stories.workbench(stories.prunedRecipe());
                    workbench.selection().select(workbench.selection().place().withToken(37));
                    root.getChildren().setAll(new TokensView(workbench, actions));
                });
        StationPictures.take(this, root, "tokens-pruned");
        clickOn("#coloring-difference");
        StationPictures.take(this, root, "tokens-difference");
        interact(
                () -> {
                    Recipe eight =
                            stories.recipe("W4A8 TRIP")
                                    .withPruning(
                                            stories.prunedRecipe()
                                                    .pruning()
                                                    .withAction(PruningAction.LOWER_BITS));
                    workbench = stories.workbench(eight);
                    workbench.selection().select(workbench.selection().place().withToken(37));
                    root.getChildren().setAll(new TokensView(workbench, actions));
                });
        StationPictures.take(this, root, "tokens-fewer-bits");
        interact(
                () ->
                        workbench
                                .comparisonProperty()
                                .set(Optional.of(stories.compare(stories.recipe("RTN-W4"), 0, 0))));
        StationPictures.take(this, root, "tokens-unpruned");
    }
}
