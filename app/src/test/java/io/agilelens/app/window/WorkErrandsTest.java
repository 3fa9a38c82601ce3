package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.views.GuiTest;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javafx.scene.Parent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** What buttons of views show of the work that they started. */
class WorkErrandsTest extends GuiTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final Errands errands = new Errands(failures::add);
    private final Workbench workbench = new Workbench();
    private final WorkErrands work = new WorkErrands(workbench, errands);
    private final List<String> done = new ArrayList<>();

    @Override
    protected Parent createRoot() {
        WorkbenchStatusBar bar = new WorkbenchStatusBar();
        errands.reportTo(bar);
        return bar;
    }

    @AfterEach
    void close() {
        errands.close();
    }

    /** Says that it is at the second of four steps, then waits. */
    private Errands.Errand<String> halfDone(String name, CountDownLatch mayEnd) {
        return (progress, cancellation) -> {
            progress.report(name, 2, 4);
            ErrandsTest.await(mayEnd);
            cancellation.check();
            return name;
        };
    }

    private Map<?, WorkStatus> underWay() {
        return WindowTest.onFx(() -> Map.copyOf(workbench.underWay()));
    }

    @Test
    void workIsShownFromTheAskingToTheAnswer() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        interact(
                () -> {
                    work.run(Measuring.KERNELS, "kernels", halfDone("INT8", mayEnd), done::add);
                    work.run(QualityStudy.BUDGET, "budget", halfDone("alone", mayEnd), done::add);
                    assertEquals(
                            Map.of(
                                    Measuring.KERNELS,
                                    WorkStatus.BEGINNING,
                                    QualityStudy.BUDGET,
                                    WorkStatus.BEGINNING),
                            workbench.underWay());
                });
        WorkStatus half = new WorkStatus("INT8", 2, 4);
        WindowTest.await(() -> half.equals(underWay().get(Measuring.KERNELS)));
        assertEquals(0.5, half.share());
        assertEquals(WorkStatus.BEGINNING, underWay().get(QualityStudy.BUDGET));
        mayEnd.countDown();
        WindowTest.await(() -> WindowTest.onFx(done::size) == 2);
        assertEquals(Map.of(), underWay());
        assertEquals(List.of("INT8", "alone"), done);
    }

    @Test
    void whatIsStoppedOrAskedAgainShowsNothingMore() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        interact(
                () ->
                        work.run(
                                Measuring.PASSES,
                                "first",
                                (progress, cancellation) -> {
                                    begun.countDown();
                                    ErrandsTest.await(mayEnd);
                                    progress.report("late", 3, 4);
                                    return "first";
                                },
                                done::add));
        begun.await();
        interact(
                () -> {
                    work.stop(Measuring.PASSES);
                    work.stop(Measuring.RUNS);
                    assertEquals(Map.of(), workbench.underWay());
                    work.run(Measuring.RUNS, "never", (_, _) -> "never", done::add);
                    work.run(Measuring.RUNS, "again", (_, _) -> "again", done::add);
                    assertEquals(
                            Map.of(Measuring.RUNS, WorkStatus.BEGINNING), workbench.underWay());
                });
        mayEnd.countDown();
        WindowTest.await(() -> WindowTest.onFx(() -> done.contains("again")));
        WaitForAsyncUtils.waitForFxEvents();
        assertEquals(Map.of(), underWay());
        assertTrue(WindowTest.onFx(() -> !done.contains("never")));
        assertEquals(List.of(), failures);
    }
}
