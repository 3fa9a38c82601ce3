package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Divider;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.Selection;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;

/** A tensor looked into as a person does it. */
class WeightViewTest extends GuiTest {
    private static final ComparisonFixture FIXTURE = ComparisonFixture.tiny();
    private static final Recipe EIGHT_BITS =
            Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 8, 32, false));
    private Workbench workbench;
    private ModelView view;
    private StackPane root;

    @Override
    protected Parent createRoot() {
        workbench = FIXTURE.workbench(FIXTURE.recipe("W4A4 TRIP"));
        view = new ModelView(workbench, new RecordingActions());
        root = new StackPane(view);
        return root;
    }

    private TableView<ModelViewModel.Row> table() {
        return lookup("#tensors").queryTableView();
    }

    private void select(String tensor) {
        ModelViewModel.Row wanted =
                table().getItems().stream()
                        .filter(row -> row.tensor().name().equals(tensor))
                        .findFirst()
                        .orElseThrow();
        interact(
                () -> {
                    table().getSelectionModel().select(wanted);
                    table().requestFocus();
                });
        settle();
    }

    private Heatmap map() {
        return lookup("#weight-map").query();
    }

    private HistogramPane histogram() {
        return lookup("#weight-histogram").query();
    }

    private String figure(String key) {
        return lookup(node -> ("model.weight.figure." + key).equals(node.getId()))
                .<Label>query()
                .getText();
    }

    private String named() {
        return lookup("#weight-name").<Label>query().getText();
    }

    @Test
    void aSelectedTensorShowsItsValuesItsSpreadAndWhatTheRecipeCosts() throws Exception {
        assertFalse(lookup("#weight").query().isVisible());
        select("model.layers.1.mlp.down_proj.weight");
        assertTrue(lookup("#weight").query().isVisible());
        assertEquals("model.layers.1.mlp.down_proj.weight · 32 × 64 · F32", named());
        assertEquals(32, map().dataProperty().get().rows());
        assertEquals(64, map().dataProperty().get().columns());
        assertTrue(map().getAccessibleText().contains("down_proj"), map().getAccessibleText());
        assertTrue(figure("sqnr").endsWith(" dB"), figure("sqnr"));
        assertTrue(figure("range").contains(" … "));
        assertEquals("0 · 0", figure("unusable"));
        assertTrue(histogram().csv().text().startsWith("series,from,to,weights"));
        assertTrue(histogram().csv().text().contains("baseline"));
        float stored = map().dataProperty().get().value(3, 7);
        StationPictures.take(this, root, "model-weight-baseline");

        clickOn("#weight .comparison-switch .tuned");
        settle();
        float tuned = map().dataProperty().get().value(3, 7);
        assertNotEquals(stored, tuned);
        assertTrue(histogram().csv().text().contains("after rounding"));
        clickOn("#weight .comparison-switch .difference");
        settle();
        assertEquals(tuned - stored, map().dataProperty().get().value(3, 7));
        assertEquals("error", map().dataProperty().get().labels().value());
        clickOn("#weight-scope-group");
        settle();
        assertEquals(1 + 48, histogram().csv().text().lines().count(), histogram().csv().text());
        clickOn("#weight .comparison-switch .tuned");
        settle();
        interact(() -> histogram().requestFocus());
        boolean log = histogram().logCountsProperty().get();
        push(KeyCode.L);
        assertNotEquals(log, histogram().logCountsProperty().get());
        StationPictures.take(this, root, "model-weight");
    }

    @Test
    void theDividerGivesTheTableMoreRoomAndIsRemembered() {
        assertFalse(lookup("#divider-model-tensors").query().isVisible());
        select("model.layers.1.mlp.down_proj.weight");
        Divider divider = lookup("#divider-model-tensors").query();
        assertTrue(divider.isVisible());
        TableView<?> table = lookup("#tensors").queryTableView();
        double before = table.getHeight();
        interact(divider::requestFocus);
        push(KeyCode.DOWN);
        settle();
        assertEquals(before + 16, table.getHeight(), 1);
        assertTrue(workbench.dividers().containsKey("model.tensors"));
        push(KeyCode.HOME);
        settle();
        assertEquals(before, table.getHeight(), 1);
        clickOn("#weight-close");
        settle();
        assertFalse(divider.isVisible());
        assertTrue(table.getHeight() > before, "the table has all the room");
    }

    @Test
    void cellsAndChannelsAreOneSelectionWithTheWindow() {
        select("model.layers.1.mlp.down_proj.weight");
        clickOn(map());
        settle();
        Selection.Place place = workbench.selection().place();
        assertEquals(1, place.layer());
        assertEquals(Site.MLP_HIDDEN, place.site());
        assertEquals(map().selectedColumnProperty().get(), place.channel());
        int row = map().selectedRowProperty().get();

        // Another channel in the window, and the keys in the map.
        interact(() -> workbench.selection().select(place.withChannel(9)));
        settle();
        assertEquals(9, map().selectedColumnProperty().get());
        assertEquals(row, map().selectedRowProperty().get(), "the row is the station's own");
        interact(() -> map().requestFocus());
        push(KeyCode.RIGHT);
        settle();
        assertEquals(10, workbench.selection().place().channel());

        // Another layer, and a site that another linear reads.
        interact(() -> workbench.selection().select(place.withLayer(3)));
        settle();
        assertTrue(named().startsWith("model.layers.3.mlp.down_proj"), named());
        assertEquals(
                "model.layers.3.mlp.down_proj.weight",
                table().getSelectionModel().getSelectedItem().tensor().name());
        interact(() -> workbench.selection().select(place.withSite(Site.ATTN_OUTPUT)));
        settle();
        assertTrue(named().startsWith("model.layers.1.self_attn.o_proj"), named());
        assertEquals(Site.ATTN_OUTPUT, workbench.selection().place().site());
        interact(() -> workbench.selection().back());
        settle();
        assertTrue(named().startsWith("model.layers.3.mlp.down_proj"), named());
    }

    @Test
    void whatIsNoLinearKeepsTheSelectionAndSaysThatItIsNotRounded() {
        Selection.Place before = workbench.selection().place();
        select("model.embed_tokens.weight");
        assertEquals("not rounded", figure("sqnr"));
        assertEquals("token", map().dataProperty().get().labels().row());
        assertEquals("97 a", map().dataProperty().get().labels().rowName().apply(97));
        assertEquals("32 ␣", map().dataProperty().get().labels().rowName().apply(32));
        clickOn(map());
        settle();
        assertEquals(before, workbench.selection().place());
        clickOn("#weight .comparison-switch .difference");
        settle();
        assertEquals(0, map().dataProperty().get().maximum());
        select("model.norm.weight");
        assertEquals(1, map().dataProperty().get().rows());
        push(KeyCode.ESCAPE);
        settle();
        assertFalse(lookup("#weight").query().isVisible());
        assertTrue(table().getSelectionModel().getSelectedItem() == null);
    }

    @Test
    void anotherRecipeChangesTheTunedValuesAndAnotherModelKeepsTheTensor() {
        select("model.layers.0.mlp.up_proj.weight");
        String before = figure("sqnr");
        clickOn("#weight .comparison-switch .tuned");
        settle();
        interact(() -> workbench.comparisonStaleProperty().set(true));
        assertTrue(map().staleProperty().get());
        var comparison = FIXTURE.compare(EIGHT_BITS, 0, 1);
        interact(
                () -> {
                    workbench.comparisonProperty().set(Optional.of(comparison));
                    workbench.comparisonStaleProperty().set(false);
                });
        settle();
        assertFalse(map().staleProperty().get());
        assertNotEquals(before, figure("sqnr"));

        interact(
                () -> {
                    workbench.comparisonProperty().set(Optional.empty());
                    workbench.modelProperty().set(Optional.empty());
                });
        settle();
        assertFalse(lookup("#weight").query().isVisible());
    }

    @Test
    void nothingIsReadWhileNobodyLooks() {
        select("model.layers.0.mlp.up_proj.weight");
        interact(() -> root.getChildren().clear());
        Heatmap hidden = (Heatmap) view.lookup("#weight-map");
        interact(() -> workbench.selection().select(workbench.selection().place().withLayer(2)));
        settle();
        assertTrue(hidden.dataProperty().get() == null, "not read yet");
        interact(() -> root.getChildren().add(view));
        settle();
        assertEquals(64, map().dataProperty().get().rows());
        assertTrue(named().startsWith("model.layers.2.mlp.up_proj"), named());
    }
}
