package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.PlaceLine;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javafx.scene.Parent;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableView;
import org.junit.jupiter.api.Test;

/** From a tensor to the place in the model where it acts. */
class ModelLinksTest extends GuiTest {
    private final RecordingActions actions = new RecordingActions();
    private Workbench workbench;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        workbench.history().reset(Recipe.FLOAT);
        workbench.modelProperty().set(Optional.of(ComparisonFixture.tiny().opened()));
        return new ModelView(workbench, actions);
    }

    private void select(String tensor) {
        TableView<ModelViewModel.Row> table = lookup("#tensors").queryTableView();
        ModelViewModel.Row wanted =
                table.getItems().stream()
                        .filter(row -> row.tensor().name().equals(tensor))
                        .findFirst()
                        .orElseThrow();
        interact(() -> table.getSelectionModel().select(wanted));
        settle();
    }

    @Test
    void aWeightLinksToTheSiteThatItReads() {
        settle();
        select("model.layers.2.mlp.down_proj.weight");
        assertEquals(2, workbench.selection().place().layer());
        assertEquals(Site.MLP_HIDDEN, workbench.selection().place().site());
        clickOn("#see-outliers");
        assertEquals(List.of("goTo outliers"), actions.asked);
        select("model.layers.1.self_attn.q_proj.weight");
        assertEquals(Site.ATTN_INPUT, workbench.selection().place().site());
        assertTrue(lookup(PlaceLine.class::isInstance).query().isVisible());
        select("model.norm.weight");
        assertFalse(
                lookup(PlaceLine.class::isInstance).query().isVisible(),
                "a norm belongs to no linear layer");
    }

    @Test
    void namesInANarrowTableTellTensorsApart() {
        interact(() -> lookup("#tensors").query().getScene().getWindow().setWidth(560));
        settle();
        List<TableCell<?, ?>> names =
                lookup("#tensors .table-cell").queryAllAs(TableCell.class).stream()
                        .<TableCell<?, ?>>map(cell -> cell)
                        .filter(
                                cell ->
                                        !cell.isEmpty()
                                                && "name".equals(cell.getTableColumn().getText()))
                        .toList();
        assertTrue(names.size() > 10, names.size() + " rows");
        List<String> shown = names.stream().map(TableCell::getText).toList();
        assertEquals(shown.size(), Set.copyOf(shown).size(), shown.toString());
        assertTrue(
                shown.stream().anyMatch(name -> name.startsWith("…0") && name.contains("q_proj")),
                shown.toString());
        for (TableCell<?, ?> cell : names) {
            assertEquals(cell.getItem(), cell.getTooltip().getText());
        }
    }
}
