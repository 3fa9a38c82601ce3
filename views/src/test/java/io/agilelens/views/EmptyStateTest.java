package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.workbench.ModelOpening;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.StackPane;
import org.junit.jupiter.api.Test;
import org.kordamp.ikonli.feather.Feather;

class EmptyStateTest extends GuiTest {
    private final Workbench workbench = new Workbench();
    private EmptyState state;

    @Override
    protected Parent createRoot() {
        state = new EmptyState(Feather.BOX, "No model is open.", "Open the sample", () -> {});
        state.waitFor(workbench);
        return new StackPane(state);
    }

    private String sentence() {
        return ((Label) state.lookup(".label")).getText();
    }

    private void opens(WorkStatus status) {
        interact(
                () ->
                        workbench
                                .openingProperty()
                                .set(Optional.of(new ModelOpening("sample:llama-tiny", status))));
    }

    @Test
    void itSaysWhatIsBeingOpenedAndHowFarThatIs() {
        Button open = lookup("Open the sample").queryButton();
        ProgressBar bar = (ProgressBar) state.lookup(".progress-bar");
        assertEquals("No model is open.", sentence());
        assertTrue(open.isVisible());
        assertFalse(bar.isVisible());
        opens(WorkStatus.BEGINNING);
        assertEquals("Opening sample:llama-tiny …", sentence());
        assertFalse(open.isVisible(), "a sample is not what was asked for");
        assertTrue(bar.isVisible() && bar.isIndeterminate());
        opens(new WorkStatus("reading weights", 3, 4));
        assertEquals(0.75, bar.getProgress());
        assertTrue(lookup("reading weights").tryQuery().isPresent());
        interact(() -> workbench.openingProperty().set(Optional.empty()));
        assertEquals("No model is open.", sentence());
        assertTrue(open.isVisible());
        assertFalse(bar.isVisible());
    }

    @Test
    void anOpenModelIsEvaluatedWhileAnotherIsOpened() {
        opens(WorkStatus.BEGINNING);
        interact(
                () ->
                        workbench
                                .modelProperty()
                                .set(Optional.of(ComparisonFixture.tiny().opened())));
        assertEquals(Messages.text("empty.evaluating"), sentence());
    }
}
