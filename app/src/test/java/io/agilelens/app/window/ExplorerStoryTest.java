package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.model.ModelViewModel;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;

/** The guide's first story, from the start to its goal: why do four bits hurt? */
class ExplorerStoryTest extends WindowTest {

    @Test
    void findsTheChannelTheComponentAndTheLayerThatCost() throws Exception {
        awaitExact();
        Recipe first = recipe();

        // A tensor's weights.
        clickOn("#station-model");
        TableView<ModelViewModel.Row> tensors = lookup("#tensors").queryTableView();
        ModelViewModel.Row down =
                tensors.getItems().stream()
                        .filter(row -> row.tensor().name().endsWith("3.mlp.down_proj.weight"))
                        .findFirst()
                        .orElseThrow();
        interact(() -> tensors.getSelectionModel().select(down));
        settle();
        assertEquals(Site.MLP_HIDDEN, place().site());
        assertEquals(3, place().layer());
        HistogramPane values = lookup(HistogramPane.class::isInstance).query();
        assertTrue(values.csv().text().lines().count() > 2, "how its values spread");

        // The same place's activations, and one of its channels.
        clickOn("#see-outliers");
        settle();
        assertEquals("outliers", station());
        clickOn("#outliers-map");
        settle();
        assertNotEquals(Selection.NONE, place().channel());
        assertTrue(lookup("#outliers-histogram").query().isVisible());

        // What large models show, planted.
        Menus.choose(this, "#open-menu", "plant-outliers");
        await(() -> lookup("#plant-dialog").tryQuery().isPresent());
        clickOn("#plant-do");
        await(() -> onFx(() -> window.opened().planting().isPresent()));
        awaitExact();

        // One scale for all channels, and factors of two for each.
        Menus.preset(this, "W4A4 TRIP");
        Knobs.type(this, "activations.max_exponent", "0");
        awaitExact();
        double uniform = perplexity();
        Knobs.type(this, "activations.max_exponent", "3");
        awaitExact();
        double trip = perplexity();
        assertTrue(trip < uniform, "TRIP %.4g, one scale %.4g".formatted(trip, uniform));

        // Where attention rests.
        push(KeyCode.CONTROL, KeyCode.DIGIT3);
        assertEquals("attention", station());
        clickOn("Log2 ladder");
        settle();
        assertTrue(lookup("#attention-ladder").query().isVisible());

        // Who leaves, and why.
        push(KeyCode.CONTROL, KeyCode.DIGIT4);
        Knobs.type(this, "pruning.beta", "0.3");
        awaitExact();
        clickOn("#tokens-text");
        settle();
        assertNotEquals(Selection.NONE, place().token());
        assertNotEquals(
                Messages.text("tokens.detail.how"),
                lookup("#token-reason").queryAs(Label.class).getText());

        // Which component costs what, and where it begins.
        push(KeyCode.CONTROL, KeyCode.DIGIT5);
        study("Error budget", "#study-budget");
        await(() -> onFx(() -> workbench().studiesProperty().get().budget().isPresent()));
        study("First divergence", "#study-divergence");
        await(() -> onFx(() -> workbench().studiesProperty().get().divergence().isPresent()));

        // Every step back.
        int steps = 0;
        while (!onFx(() -> workbench().history().undoNameProperty().get()).isEmpty()) {
            interact(() -> workbench().history().undo());
            assertTrue(++steps < 100);
        }
        await(() -> onFx(() -> window.opened().planting().isEmpty()));
        assertEquals(first, recipe());
        awaitExact();
        assertEquals(List.of(), failures);
    }

    private Selection.Place place() {
        return onFx(() -> workbench().selection().place());
    }

    private double perplexity() {
        return onFx(() -> workbench().qualityProperty().get().tuned().orElseThrow()).perplexity();
    }

    /** Opens a tab and presses the button that its empty state offers. */
    private void study(String tab, String pane) {
        clickOn(tab);
        settle();
        Node place = lookup(pane).query();
        clickOn(
                from(place)
                        .lookup(Button.class::isInstance)
                        .match(Node::isVisible)
                        .<Button>query());
    }
}
