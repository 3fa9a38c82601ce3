package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.PinnedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.Label;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide's second story, from the start to its goal: the smallest recipe that is good enough, as
 * files.
 */
class DeployerStoryTest extends WindowTest {
    private static final double BUDGET = 4.5;

    @TempDir private Path folder;

    @Test
    void findsARecipeWithinTheBudgetAndLeavesWithAFolderThatOpens() throws Exception {
        awaitExact();

        // Her model and a text about her subject.
        Path model = ModelReference.parse("sample:llama-tiny").path();
        interact(() -> assertTrue(window.drops().drop(List.of(model))));
        await(() -> onFx(() -> window.opened().reference().equals(model.toString())));
        Path text = Files.writeString(folder.resolve("subject.txt"), subject());
        measureOn(text);

        // What a preset costs there, once that is exact.
        Menus.preset(this, "AWQ-W4A16");
        push(KeyCode.CONTROL, KeyCode.DIGIT5);
        assertEquals("quality", station());
        awaitExact();
        assertTrue(from(lookup("#verdict")).lookup("exact").tryQuery().isPresent());
        assertNotEquals(floatPerplexity(), perplexity(), "four bits change something");
        pin(1);
        Menus.preset(this, "RTN-W4");
        awaitExact();
        pin(2);

        // Bits layer by layer, within a budget.
        clickOn("#station-compare");
        // There are two of it; an empty board teaches how to search.
        clickOn(lookup("#search-start").match(DeployerStoryTest::isSeen).<Button>query());
        await(() -> onFx(() -> workbench().searchProperty().get().isPresent()));
        await(() -> onFx(() -> workbench().searchProperty().get().isEmpty() && runs().size() > 2));
        settle();
        PinnedRun found =
                runs().stream()
                        .filter(run -> run.searched() && run.weightBits() <= BUDGET)
                        .min(Comparator.comparing(run -> run.tuned().perplexity()))
                        .orElseThrow();
        assertTrue(found.weightBytes() > 0);
        clickOn("#compare-measure");
        await(() -> onFx(() -> !workbench().speeds().isEmpty()));

        // The best of them in the window, as it was found.
        TableView<PinnedRun> table = lookup("#runs").queryTableView();
        interact(() -> table.getSelectionModel().select(found));
        clickOn("#compare-use");
        awaitExact();
        Recipe recipe = recipe();
        assertEquals(found.recipe(), recipe);
        assertEquals(found.tuned().perplexity(), perplexity(), 1e-9 * perplexity());

        // As files for other programs; what they cannot carry is said before.
        Path target = folder.resolve("tuned");
        export("compressed-tensors", target);
        await(() -> lookup("#export-report").tryQuery().isPresent() || !failures.isEmpty());
        settle();
        assertEquals(List.of(), failures);
        assertTrue(text("#export-report-place").endsWith(target.toString()));
        assertTrue(text("#export-report-check").startsWith("Read again, "), "verified");
        assertTrue(text("#export-report-lost").startsWith("Nothing"), "all is carried");
        assertTrue(text("#export-report-size").contains("times smaller"));
        interact(lookup("#export-report-close").<Button>query()::fire);

        // The files and nothing else bring the figures back: the folder holds the weights.
        double exported = perplexity();
        interact(() -> assertTrue(window.drops().drop(List.of(target))));
        await(() -> onFx(() -> window.opened().reference().equals(target.toString())));
        measureOn(text);
        awaitExact();
        assertEquals(exported, floatPerplexity(), 1e-3 * exported);
        assertEquals(List.of(), failures);
    }

    private void measureOn(Path text) throws Exception {
        interact(() -> assertTrue(window.drops().drop(List.of(text))));
        await(() -> onFx(() -> window.opened().text().source().contains("subject.txt")));
    }

    private static boolean isSeen(Node node) {
        return node.isVisible() && (node.getParent() == null || isSeen(node.getParent()));
    }

    private static String subject() {
        return SampleTexts.LIGHTHOUSE.read().substring(4000, 10_000);
    }

    private void export(String format, Path target) throws Exception {
        Menus.choose(this, "#export-menu", "export-model");
        await(() -> lookup("#export-dialog").tryQuery().isPresent());
        ChoiceBox<Object> formats = lookup("#export-format").query();
        Object wanted =
                formats.getItems().stream()
                        .filter(each -> formats.getConverter().toString(each).equals(format))
                        .findFirst()
                        .orElseThrow();
        interact(() -> formats.setValue(wanted));
        assertTrue(text("#export-lost").startsWith("Nothing"), text("#export-lost"));
        interact(
                () -> lookup("#export-target").queryAs(TextField.class).setText(target.toString()));
        clickOn("#export-do");
    }

    private String text(String id) {
        return lookup(id).queryAs(Label.class).getText();
    }

    private void pin(int number) throws Exception {
        push(KeyCode.CONTROL, KeyCode.P);
        await(() -> onFx(() -> runs().size() == number));
    }

    private List<PinnedRun> runs() {
        return onFx(() -> List.copyOf(workbench().runs()));
    }

    private double perplexity() {
        return onFx(() -> workbench().qualityProperty().get().tuned().orElseThrow()).perplexity();
    }

    private double floatPerplexity() {
        return onFx(() -> workbench().qualityProperty().get().baseline().orElseThrow())
                .perplexity();
    }
}
