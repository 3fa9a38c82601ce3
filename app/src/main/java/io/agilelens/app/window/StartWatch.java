package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.views.Background;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.workbench.Workbench;
import java.util.concurrent.CountDownLatch;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;

/**
 * Notes when the parts of the window are on the screen, if somebody measures the start. It goes to
 * the Outliers station as soon as it can be seen, waits for the map and leaves the program.
 */
final class StartWatch {
    /** Pulses after which what was shown is drawn: one lays it out, the next one waits for it. */
    private static final int PULSES = 2;

    private StartWatch() {}

    /** Notes a step when what is shown now has been drawn; on the JavaFX thread. */
    static void whenDrawn(StartTimes.Step step) {
        if (StartTimes.areWanted()) {
            afterPulses(() -> StartTimes.reached(step));
        }
    }

    /** Watches a workbench that was just shown. */
    static void follow(Workbench workbench, WorkbenchFrame frame) {
        if (!StartTimes.areWanted()) {
            return;
        }
        afterPulses(
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
            Platform.runLater(() -> afterPulses(laidOut::countDown));
            laidOut.await();
            Heatmap.awaitPainted();
        } catch (InterruptedException stopped) {
            return;
        }
        Platform.runLater(
                () ->
                        afterPulses(
                                () -> {
                                    StartTimes.reached(StartTimes.Step.PICTURES);
                                    Platform.exit();
                                }));
    }

    private static void afterPulses(Runnable action) {
        new AnimationTimer() {
            private int pulses;

            @Override
            public void handle(long now) {
                // The first call comes before the pulse that draws.
                if (pulses++ == PULSES) {
                    stop();
                    action.run();
                }
            }
        }.start();
    }
}
