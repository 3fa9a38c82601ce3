package io.agilelens.views;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.chart.Export;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.scene.Node;
import javafx.stage.Window;
import org.testfx.api.FxRobot;

/**
 * Writes what a station looks like in the middle of the smallest and of a usual window, in both
 * themes, to {@code target/pictures}, for a person to look at.
 */
public final class StationPictures {
    private static final Path FOLDER = Path.of("target", "pictures");

    /** The middle's size in windows of 1024 × 700 and of 1440 × 900. */
    private static final List<double[]> SIZES =
            List.of(new double[] {592, 620}, new double[] {1008, 820});

    private StationPictures() {}

    /** From the test's thread; the station's window stays light afterwards. */
    public static void take(FxRobot robot, Node station, String name) throws Exception {
        Files.createDirectories(FOLDER);
        Window window = station.getScene().getWindow();
        for (double[] size : SIZES) {
            for (Theme.Mode mode : List.of(Theme.Mode.DARK, Theme.Mode.LIGHT)) {
                robot.interact(
                        () -> {
                            Theme.apply(mode);
                            window.setWidth(size[0]);
                            window.setHeight(size[1]);
                        });
                Path file = FOLDER.resolve("%s-%.0f-%s.png".formatted(name, size[0], mode));
                GuiTest.settle();
                robot.interact(() -> write(station, file));
                assertTrue(Files.size(file) > 10_000, file + " looks empty");
            }
        }
    }

    private static void write(Node station, Path file) {
        try {
            Export.writePng(station.getScene().getRoot(), 1, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
