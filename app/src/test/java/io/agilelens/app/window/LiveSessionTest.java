package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.live.LiveLoop;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.GuiTest;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javafx.scene.Parent;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

class LiveSessionTest extends GuiTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final Errands errands = new Errands(failures::add);
    private final Workbench workbench = new Workbench();
    private final LiveSession live = new LiveSession(workbench, errands, failures::add);

    @Override
    protected Parent createRoot() {
        WorkbenchStatusBar bar = new WorkbenchStatusBar();
        errands.reportTo(bar);
        live.reportTo(bar);
        return bar;
    }

    /** The loop may be in a long piece of work, and the errand may still read the model. */
    @Test
    void closingWaitsForNothingAndTheModelIsClosedBehindAllThatReadsIt() throws Exception {
        ModelSession session =
                ModelSession.open("sample:llama-tiny", Progress.NONE, Cancellation.never());
        Tensor tensor = session.opened().model().checkpoint().tensors().getFirst();
        Set<Thread> before = loops();
        interact(() -> live.replace(session, () -> {}));
        Set<Thread> loop = loops();
        loop.removeAll(before);
        assertEquals(1, loop.size());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        interact(
                () -> {
                    errands.run(
                            "reading",
                            (_, cancellation) -> {
                                begun.countDown();
                                ErrandsTest.await(mayEnd);
                                cancellation.check();
                                return "read";
                            },
                            _ -> {});
                    ErrandsTest.await(begun);
                    live.stop();
                    errands.close();
                });
        for (Thread thread : loop) {
            assertTrue(thread.isAlive(), "it was waited for");
        }
        tensor.widen(0, new float[1], 0, 1);
        mayEnd.countDown();
        for (Thread thread : loop) {
            thread.join();
        }
        WindowTest.await(() -> isClosed(tensor));
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(List.of(), failures);
    }

    private static Set<Thread> loops() {
        Set<Thread> loops = new HashSet<>(Thread.getAllStackTraces().keySet());
        loops.removeIf(thread -> !thread.getName().equals(LiveLoop.THREAD));
        return loops;
    }

    private static boolean isClosed(Tensor tensor) {
        try {
            tensor.widen(0, new float[1], 0, 1);
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }
}
