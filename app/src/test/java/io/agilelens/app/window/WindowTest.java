package io.agilelens.app.window;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Background;
import io.agilelens.views.GuiTest;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.scene.Parent;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.testfx.util.WaitForAsyncUtils;

/** A test on the whole window with the sample model and real numbers. */
abstract class WindowTest extends GuiTest {
    final List<Throwable> failures = new ArrayList<>();
    WorkbenchWindow window;
    Stage stage;

    @Override
    protected final Parent createRoot() {
        return window.frame();
    }

    @Override
    public void start(Stage shown) {
        stage = shown;
        stage.setMaximized(false);
        window = open();
        stage.setX(0);
        stage.setY(0);
        stage.setWidth(1380);
        stage.setHeight(780);
    }

    /** The window as it comes out of the box. */
    WorkbenchWindow open() {
        return WorkbenchWindow.open(stage, "sample:llama-tiny", failures::add);
    }

    @AfterEach
    void closeWindow() {
        interact(WindowSettings.USUAL::apply);
        interact(() -> window.controller().close());
    }

    Workbench workbench() {
        return window.workbench();
    }

    Recipe recipe() {
        return onFx(() -> workbench().history().recipe());
    }

    String station() {
        return onFx(() -> window.frame().stationProperty().get().id());
    }

    /** Waits until the first pictures are there. */
    void awaitPictures() throws Exception {
        await(
                () ->
                        onFx(
                                () ->
                                        workbench().comparisonProperty().get().isPresent()
                                                && !workbench().comparisonStaleProperty().get()));
        Background.awaitIdle();
        Painter.awaitIdle();
        WaitForAsyncUtils.waitForFxEvents();
    }

    /** Waits until nothing is computed any more: the perplexity of the whole text is there. */
    void awaitExact() throws Exception {
        await(() -> onFx(() -> workbench().isComplete()));
        settle();
    }

    static void await(Callable<Boolean> condition) throws Exception {
        WaitForAsyncUtils.waitFor(120, TimeUnit.SECONDS, condition);
    }

    static <T> T onFx(Supplier<T> read) {
        return WaitForAsyncUtils.waitForAsyncFx(20_000, read::get);
    }
}
