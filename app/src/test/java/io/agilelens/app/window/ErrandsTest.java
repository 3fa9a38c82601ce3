package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.GuiTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** One piece of work after another, and the bar that shows which. */
class ErrandsTest extends GuiTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final Errands errands = new Errands(failures::add);
    private WorkbenchStatusBar bar;

    @Override
    protected Parent createRoot() {
        bar = new WorkbenchStatusBar();
        errands.reportTo(bar);
        return bar;
    }

    @AfterEach
    void close() {
        errands.close();
    }

    @Test
    void theBarShowsAndCancelsWhatRunsNotWhatWaits() throws Exception {
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        Cancellation first = new Cancellation();
        Cancellation second = new Cancellation();
        List<String> done = new ArrayList<>();
        interact(
                () -> {
                    errands.run(
                            "searching",
                            first,
                            (progress, _) -> {
                                await(firstMayEnd);
                                return "searched";
                            },
                            done::add);
                    errands.run(
                            "writing",
                            second,
                            (progress, _) -> {
                                await(secondMayEnd);
                                return "written";
                            },
                            done::add);
                });
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals("searching", bar.getText());
        interact(lookup("#cancel").<Button>query()::fire);
        assertTrue(first.isCancelled());
        assertFalse(second.isCancelled());
        firstMayEnd.countDown();
        WindowTest.await(() -> WindowTest.onFx(bar::getText).equals("writing"));
        assertTrue(WindowTest.onFx(errands::areShown));
        secondMayEnd.countDown();
        WindowTest.await(() -> WindowTest.onFx(() -> done.contains("written")));
        assertFalse(WindowTest.onFx(errands::areShown));
        assertEquals("", bar.getText());
        assertEquals(List.of(), failures);
    }

    /** The errand is done, and the window closes before its answer has its turn. */
    @Test
    void aResultThatComesTooLateIsClosedAndNotHandedOver() throws Exception {
        List<String> handedOver = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        interact(
                () -> {
                    errands.run(
                            "opening",
                            (_, _) -> (AutoCloseable) closed::countDown,
                            result -> {
                                handedOver.add("opened");
                            });
                    errands.run(
                            "failing",
                            (_, _) -> {
                                throw new IllegalStateException("failed");
                            },
                            result -> handedOver.add("failed"));
                    errands.afterwards(done::countDown);
                    await(done);
                    errands.close();
                });
        closed.await();
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(List.of(), handedOver);
        assertEquals(List.of(), failures);
    }

    /** Otherwise the loop of a model that was replaced would go on for ever. */
    @Test
    void whatWaitsBehindAnErrandIsDoneAlsoWhenTheWindowCloses() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        interact(
                () -> {
                    errands.run(
                            "reading",
                            (_, cancellation) -> {
                                await(mayEnd);
                                cancellation.check();
                                return "read";
                            },
                            _ -> {});
                    errands.afterwards(done::countDown);
                    errands.close();
                });
        mayEnd.countDown();
        assertTrue(done.await(1, TimeUnit.MINUTES), "dropped");
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(List.of(), failures);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
