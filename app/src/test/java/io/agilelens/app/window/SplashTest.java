package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import io.agilelens.views.chart.ChartStyle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javafx.geometry.BoundingBox;
import javafx.scene.Group;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import org.junit.jupiter.api.Test;

class SplashTest extends GuiTest {
    private static final Path PICTURES = Path.of("target", "pictures");

    @Override
    protected Parent createRoot() {
        return new Group();
    }

    @Test
    void everythingStandsWithinItsFrameInBothThemes() throws Exception {
        for (ChartStyle style : List.of(ChartStyle.LIGHT, ChartStyle.DARK)) {
            AtomicReference<Scene> made = new AtomicReference<>();
            interact(() -> made.set(Splash.scene(style)));
            Scene scene = made.get();
            var frame = new BoundingBox(0, 0, scene.getWidth(), scene.getHeight());
            for (Node node : scene.getRoot().getChildrenUnmodifiable()) {
                assertTrue(frame.contains(node.getBoundsInParent()), node.toString());
            }
            String theme = style.dark() ? "dark" : "light";
            Screenshots.take(scene, PICTURES.resolve("splash-" + theme + ".png"));
        }
    }
}
