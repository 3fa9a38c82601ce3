package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.Theme;
import java.nio.file.Path;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;

/** Type and lines twice as large, for the back of the room. */
class ProjectorTest extends WindowTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    @Test
    void doublesTypeAndLinesAndGoesBack() throws Exception {
        awaitPictures();
        double usual = typeSize();
        double line = onFx(() -> Theme.chartStyleProperty().get().lineWidth());
        push(KeyCode.F8);
        settle();
        assertEquals(2 * usual, typeSize());
        assertEquals(2 * line, onFx(() -> Theme.chartStyleProperty().get().lineWidth()));
        for (Station station : window.frame().stations()) {
            interact(() -> window.frame().open(station.id()));
            for (int[] size : new int[][] {{1024, 700}, {1440, 900}}) {
                Screenshots.take(
                        stage,
                        Theme.Mode.LIGHT,
                        size[0],
                        size[1],
                        PICTURES.resolve("projector-%s-%d.png".formatted(station.id(), size[0])));
            }
        }
        push(KeyCode.F8);
        settle();
        assertEquals(usual, typeSize());
    }

    @Test
    void typeGrowsByStepsAndReturns() throws Exception {
        double usual = typeSize();
        push(KeyCode.CONTROL, KeyCode.EQUALS);
        settle();
        assertEquals(1.25 * usual, typeSize());
        push(KeyCode.CONTROL, KeyCode.MINUS);
        settle();
        assertEquals(usual, typeSize());
        push(KeyCode.F8);
        push(KeyCode.CONTROL, KeyCode.DIGIT0);
        settle();
        assertEquals(usual, typeSize());
        assertTrue(failures.isEmpty());
    }

    private double typeSize() {
        Label heading = lookup(".station-pane .heading").query();
        return onFx(() -> heading.getFont().getSize());
    }
}
