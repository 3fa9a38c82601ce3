package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.views.Background;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.Workbench;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;

/**
 * Notes when the parts of the window are on the screen, if somebody measures the start. It goes to
 * the Outliers station as soon as it can be seen, waits for the map and leaves the program.
 */
final class StartWatch {
    private StartWatch() {}

    /** Watches a workbench that was just shown. */
    static void follow(Workbench workbench, WorkbenchFrame frame) {
        if (!StartTimes.areWanted()) {
            return;
        }
        Pulses.afterDrawing(
                () -> {
                    StartTimes.reached(StartTimes.Step.WORKBENCH);
                    frame.open("outliers");
                    workbench
                            .comparisonProperty()
                            .subscribe(
                                    comparison -> {
                                        if (comparison.isPresent()) {
                                            StartTimes.reached(StartTimes.Step.EVALUATED);
                                            Thread.ofPlatform()
                                                    .daemon()
                                                    .start(StartWatch::awaitPictures);
                                        }
                                    });
                });
    }

    /** Waits until the pictures have their data, the maps their cells, and both are drawn. */
    private static void awaitPictures() {
        try {
            Background.awaitIdle();
            CountDownLatch laidOut = new CountDownLatch(1);
            Platform.runLater(() -> Pulses.afterDrawing(laidOut::countDown));
            laidOut.await();
            Painter.awaitIdle();
        } catch (InterruptedException stopped) {
            return;
        }
        Platform.runLater(
                () ->
                        Pulses.afterDrawing(
                                () -> {
                                    StartTimes.reached(StartTimes.Step.PICTURES);
                                    Platform.exit();
                                }));
    }
}
