package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.views.Selection;
import io.agilelens.views.Theme;
import io.agilelens.views.palette.PaletteViewModel;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.scene.text.TextFlow;
import org.junit.jupiter.api.Test;

/** Everything by the command palette and the keyboard, without the pointer. */
class PaletteStoryTest extends WindowTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    @Test
    void goesTunesAndSwitchesByTyping() throws Exception {
        awaitPictures();
        Node before = onFx(() -> stage.getScene().getFocusOwner());

        ask("layer 5 mlp hid");
        Selection.Place place = onFx(() -> workbench().selection().place());
        assertEquals(5, place.layer());
        assertEquals(Site.MLP_HIDDEN, place.site());
        assertEquals("outliers", station());
        assertSame(before, onFx(() -> stage.getScene().getFocusOwner()));

        ask("head 1 layer 3");
        assertEquals("attention", station());
        assertEquals(1, onFx(() -> workbench().selection().place().head()));

        Recipe first = recipe();
        ask("beta 0.3");
        assertEquals(0.3, recipe().pruning().beta());
        ask("undo");
        assertEquals(first, recipe());
        ask("softmax unif");
        assertEquals(SoftmaxMethod.UNIFORM, recipe().softmax().method());
        ask("symmetric weights");
        assertEquals(!first.weights().symmetric(), recipe().weights().symmetric());
        ask("preset fp");
        assertTrue(recipe().isFloat());
        ask("go kern");
        assertEquals("kernels", station());
        assertEquals(List.of(), failures);
    }

    @Test
    void whatWasUsedComesFirstAndShortcutsAreShown() throws Exception {
        awaitPictures();
        ask("go to quality");
        push(KeyCode.CONTROL, KeyCode.SHIFT, KeyCode.P);
        assertEquals("station.quality", found().getFirst().entry().id());
        assertEquals("Ctrl+5", found().getFirst().entry().shortcut());
        // What stands in a row stands on one line.
        settle();
        double middle = middleOf(".palette-title");
        assertEquals(middle, middleOf(".palette-kind"), 2);
        assertEquals(middle, middleOf(".key"), 2);
        Screenshots.take(stage, Theme.Mode.LIGHT, 1024, 700, PICTURES.resolve("palette-light.png"));
        write("layer 99");
        assertFalse(found().getFirst().entry().enabled());
        assertTrue(found().getFirst().entry().detail().contains("0…7"));
        push(KeyCode.ENTER);
        assertTrue(lookup("#palette").tryQuery().isPresent());
        push(KeyCode.ESCAPE);
        assertFalse(lookup("#palette").tryQuery().isPresent());
        push(KeyCode.CONTROL, KeyCode.K);
        write("mlp");
        Screenshots.take(stage, Theme.Mode.DARK, 1024, 700, PICTURES.resolve("palette-dark.png"));
        push(KeyCode.CONTROL, KeyCode.K);
        assertFalse(lookup("#palette").tryQuery().isPresent());
    }

    @Test
    void theSheetListsEveryKeyAndIsSearched() throws Exception {
        push(KeyCode.F1);
        assertTrue(lookup("#shortcuts").tryQuery().isPresent());
        assertTrue(lookup("Ctrl+Shift+O").tryQuery().isPresent());
        Screenshots.take(stage, Theme.Mode.LIGHT, 1024, 700, PICTURES.resolve("sheet-light.png"));
        Screenshots.take(stage, Theme.Mode.DARK, 1440, 900, PICTURES.resolve("sheet-dark.png"));
        write("full screen");
        assertTrue(lookup("F11").tryQuery().isPresent());
        assertFalse(lookup("Ctrl+Shift+O").tryQuery().isPresent());
        push(KeyCode.ESCAPE);
        assertFalse(lookup("#shortcuts").tryQuery().isPresent());
        write("?");
        assertTrue(lookup("#shortcuts").tryQuery().isPresent());
    }

    private void ask(String query) {
        push(KeyCode.CONTROL, KeyCode.K);
        write(query);
        push(KeyCode.ENTER);
        settle();
        assertFalse(lookup("#palette").tryQuery().isPresent(), query + " found nothing");
    }

    private double middleOf(String piece) {
        Node row = lookup("#palette-list .palette-line").query();
        Node found = from(row).lookup(piece).query();
        // A flow of text may be taller than its text.
        Node shown = found instanceof TextFlow flow ? flow.getChildren().getFirst() : found;
        return onFx(() -> shown.localToScene(shown.getLayoutBounds()).getCenterY());
    }

    private List<PaletteViewModel.Found> found() {
        ListView<PaletteViewModel.Found> list = lookup("#palette-list").query();
        return List.copyOf(onFx(list::getItems));
    }
}
