package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Theme;
import io.agilelens.views.chart.Heatmap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Screens of other sizes and scales, and more than one of them. */
class ScreensTest extends WindowTest {
    private static final HeadlessScreens.Extent FIRST =
            new HeadlessScreens.Extent(0, 0, 1600, 1200, 1);
    private static final HeadlessScreens.Extent SECOND =
            new HeadlessScreens.Extent(1600, 0, 1600, 1200, 1);

    @TempDir Path folder;
    private WindowMemory memory;

    @Override
    public void start(Stage shown) {
        HeadlessScreens.set(List.of(FIRST, SECOND));
        // The toolkit's own stage draws into the screen that there was before.
        super.start(new Stage());
    }

    @Override
    WorkbenchWindow open() {
        memory = WindowMemory.in(folder.resolve("config"), folder.resolve("state"));
        memory.settings().apply();
        WorkbenchWindow opened =
                WorkbenchWindow.show(
                        stage,
                        Optional.of(memory),
                        Optional.empty(),
                        FileQuestions.of(stage),
                        failures::add);
        opened.controller().open(EarlyOpening.begin("sample:llama-tiny"));
        return opened;
    }

    @AfterEach
    void putTheScreenBack() {
        interact(
                () -> {
                    memory.close();
                    stage.hide();
                    HeadlessScreens.set(HeadlessScreens.USUAL);
                });
    }

    @Test
    void theWindowComesBackWhenItsScreenIsTakenAway() {
        interact(() -> stage.setX(1800));
        settle();
        interact(() -> HeadlessScreens.set(List.of(FIRST)));
        settle();
        assertTrue(onFx(stage::getX) < 1600, "still at " + stage.getX());
        assertTrue(onFx(() -> stage.getX() + stage.getWidth()) <= 1600);
    }

    @Test
    void whatOpensIsWhereTheWindowIs() {
        interact(
                () -> {
                    stage.setX(1700);
                    stage.setY(100);
                });
        settle();
        interact(() -> stage.requestFocus());
        interact(() -> window.actions().run("settings"));
        settle();
        Window settings = lookup("#settings").query().getScene().getWindow();
        assertTrue(onFx(settings::getX) >= 1600, "the dialog is at " + settings.getX());
        interact(settings::hide);
    }

    @Test
    void picturesAreAsSharpAsADenseScreen() throws Exception {
        interact(
                () -> {
                    memory.close();
                    stage.hide();
                    window.controller().close();
                    HeadlessScreens.set(List.of(new HeadlessScreens.Extent(0, 0, 1440, 900, 2)));
                    stage = new Stage();
                    window = open();
                    window.frame().open("outliers");
                });
        awaitPictures();
        Path file = Files.createDirectories(Path.of("target", "pictures")).resolve("dense.png");
        Screenshots.take(stage, Theme.Mode.LIGHT, 1440, 900, file);
        Image picture = new Image(file.toUri().toString());
        assertEquals(2880, picture.getWidth());
        assertEquals(1800, picture.getHeight());
        Heatmap map = lookup("#outliers-map").query();
        ImageView cells = cells(map);
        assertEquals(2 * cells.getFitWidth(), onFx(() -> cells.getImage().getWidth()), 1);
    }

    @Test
    void aPictureMayBeLargerThanAnyScreenThatIsThereByItself() throws Exception {
        interact(
                () -> {
                    memory.close();
                    stage.hide();
                    window.controller().close();
                    HeadlessScreens.set(List.of(new HeadlessScreens.Extent(0, 0, 2560, 1440, 1)));
                    stage = new Stage();
                    window = open();
                });
        awaitPictures();
        for (int[] size : new int[][] {{2560, 1440}, {1024, 700}}) {
            Path file = Path.of("target", "pictures", "large-%d.png".formatted(size[0]));
            Screenshots.take(stage, Theme.Mode.DARK, size[0], size[1], file);
            Image picture = new Image(file.toUri().toString());
            assertEquals(size[0], picture.getWidth());
            assertEquals(size[1], picture.getHeight());
        }
        assertEquals(List.of(), failures);
    }

    private static ImageView cells(Heatmap map) {
        for (Node node : map.getChildrenUnmodifiable()) {
            if (node instanceof ImageView cells) {
                return cells;
            }
        }
        throw new AssertionError("a map without cells");
    }
}
