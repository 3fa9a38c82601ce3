package io.agilelens.views.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Background;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.GuiTest;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.Selection;
import io.agilelens.views.StationPictures;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;

class AttentionViewTest extends GuiTest {
    private Workbench workbench;
    private AttentionView view;

    @Override
    protected Parent createRoot() {
        workbench = new Workbench();
        view = new AttentionView(workbench, new RecordingActions());
        return view;
    }

    private void fill(ComparisonFixture fixture, int layer) {
        var comparison = fixture.compare(fixture.prunedRecipe(), 0, layer);
        interact(() -> workbench.comparisonProperty().set(Optional.of(comparison)));
        ready();
    }

    private static void ready() {
        try {
            Background.awaitIdle();
            Painter.awaitIdle();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        settle();
    }

    private Heatmap overview() {
        return lookup("#attention-overview").query();
    }

    private Heatmap head() {
        return lookup("#attention-head").query();
    }

    @Test
    void anEmptyStationTeachesTheNextStep() {
        assertTrue(lookup(".empty-state").query().isVisible());
        fill(ComparisonFixture.tiny(), 0);
        assertFalse(lookup(".empty-state").query().isVisible());
        assertEquals(4, overview().dataProperty().get().rows());
        assertEquals(96, head().dataProperty().get().rows());
    }

    @Test
    void pickingAHeadSelectsLayerAndHeadEverywhere() {
        fill(ComparisonFixture.tiny(), 2);
        clickOn(overview());
        settle();
        Selection.Place place = workbench.selection().place();
        assertEquals(overview().selectedRowProperty().get(), place.layer());
        assertEquals(overview().selectedColumnProperty().get(), place.head());
        assertNotEquals(Selection.NONE, place.head());
        interact(() -> workbench.selection().select(place.withLayer(2).withHead(3)));
        ready();
        assertEquals(2, overview().selectedRowProperty().get());
        assertEquals(3, overview().selectedColumnProperty().get());
        assertTrue(lookup("Layer 2 · head 3").tryQuery().isPresent());
        assertFalse(head().staleProperty().get());
        interact(() -> workbench.selection().select(place.withLayer(1).withHead(3)));
        ready();
        assertTrue(head().staleProperty().get(), "layer 1 was not kept in full");
    }

    @Test
    void pickingACellSelectsTheQueryToken() {
        fill(ComparisonFixture.tiny(), 0);
        clickOn(head());
        settle();
        int row = head().selectedRowProperty().get();
        assertTrue(row >= 0);
        assertEquals(row, workbench.selection().place().token());
        interact(() -> workbench.selection().select(workbench.selection().place().withToken(7)));
        assertEquals(7, head().selectedRowProperty().get());
    }

    @Test
    void theSwitchAndTheMeasureChangeThePictures() {
        fill(ComparisonFixture.tiny(), 3);
        interact(() -> workbench.selection().select(workbench.selection().place().withLayer(3)));
        ready();
        assertEquals(
                "attention to the start token", overview().dataProperty().get().labels().value());
        clickOn(".comparison-switch .tuned");
        ready();
        int tuned = head().dataProperty().get().rows();
        assertTrue(tuned < 96, "pruned tokens are missing");
        clickOn(".comparison-switch .difference");
        ready();
        assertTrue(head().divergingProperty().get());
        clickOn("#attention-measure");
        type(KeyCode.DOWN, KeyCode.DOWN, KeyCode.ENTER);
        ready();
        assertTrue(
                overview()
                        .dataProperty()
                        .get()
                        .labels()
                        .value()
                        .endsWith("lost to zero at 4 bits"));
    }

    @Test
    void picturesOfTheStation() throws Exception {
        fill(ComparisonFixture.stories(), 0);
        StationPictures.take(this, view, "attention");
        interact(() -> workbench.selection().select(workbench.selection().place().withToken(40)));
        clickOn(".comparison-switch .tuned");
        ready();
        StationPictures.take(this, view, "attention-tuned");
        clickOn(".comparison-switch .difference");
        clickOn("Log2 ladder");
        ready();
        StationPictures.take(this, view, "attention-difference");
    }
}
