package io.agilelens.views;

import io.agilelens.views.chart.Painter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.event.Event;
import javafx.event.EventType;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.PickResult;
import javafx.stage.PopupWindow;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.junit.jupiter.api.AfterEach;
import org.testfx.framework.junit5.ApplicationTest;
import org.testfx.service.query.NodeQuery;
import org.testfx.util.WaitForAsyncUtils;

/**
 * A test with a window that needs no display. The headless screen is 1000 × 1000 and nothing may be
 * drawn beyond its upper or lower edge, so the window stays in the corner and below that height.
 */
public abstract class GuiTest extends ApplicationTest {
    private static final int ROUNDS = 3;
    private static final int LOOKUP_MILLIS = 20_000;

    /**
     * The first comes before the layout, the next hands to the renderer, the third waits for it.
     */
    private static final int PULSES = 3;

    /** What the window shows; called on the JavaFX thread. */
    protected abstract Parent createRoot();

    protected double width() {
        return 900;
    }

    protected double height() {
        return 700;
    }

    @Override
    public void start(Stage stage) {
        Theme.apply(Theme.Mode.LIGHT);
        Scene scene = new Scene(createRoot(), width(), height());
        scene.getStylesheets().add(Theme.sceneStylesheet());
        // The toolkit hands the same stage to every test.
        stage.setMaximized(false);
        stage.setScene(scene);
        stage.sizeToScene();
        stage.setX(0);
        stage.setY(0);
        stage.show();
        stage.toFront();
    }

    /** Nodes come and go while a test looks for one, so it looks where they do. */
    @Override
    public NodeQuery lookup(String query) {
        if (Platform.isFxApplicationThread()) {
            return super.lookup(query);
        }
        return WaitForAsyncUtils.waitForAsyncFx(LOOKUP_MILLIS, () -> super.lookup(query));
    }

    /** The toolkit must not be left while a tooltip or a menu is open. */
    @AfterEach
    void hidePopups() {
        interact(
                () ->
                        List.copyOf(Window.getWindows()).stream()
                                .filter(PopupWindow.class::isInstance)
                                .forEach(Window::hide));
    }

    /**
     * Has the first button's event arrive at once, on the JavaFX thread.
     *
     * @param x from the node's left edge
     * @param y from its top
     */
    protected static void mouse(Node node, EventType<MouseEvent> type, double x, double y) {
        Point2D inScene = node.localToScene(x, y);
        Event.fireEvent(
                node,
                new MouseEvent(
                        type,
                        inScene.getX(),
                        inScene.getY(),
                        inScene.getX(),
                        inScene.getY(),
                        MouseButton.PRIMARY,
                        1,
                        false,
                        false,
                        false,
                        false,
                        type != MouseEvent.MOUSE_MOVED,
                        false,
                        false,
                        false,
                        false,
                        false,
                        new PickResult(node, inScene.getX(), inScene.getY())));
    }

    /** Lets work that was handed to other threads come back and be drawn. */
    protected static void settle() {
        // What came back may hand over more: a layout asks for cells, cells for another layout.
        for (int i = 0; i < ROUNDS; i++) {
            try {
                Background.awaitIdle();
                Painter.awaitIdle();
                awaitDrawn();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    /** Waits until what is shown now has been laid out and drawn. */
    private static void awaitDrawn() throws InterruptedException {
        CountDownLatch drawn = new CountDownLatch(PULSES);
        Platform.runLater(
                () ->
                        new AnimationTimer() {
                            @Override
                            public void handle(long now) {
                                drawn.countDown();
                                if (drawn.getCount() == 0) {
                                    stop();
                                }
                            }
                        }.start());
        if (!drawn.await(1, TimeUnit.MINUTES)) {
            throw new AssertionError("JavaFX does not draw any more");
        }
    }
}
