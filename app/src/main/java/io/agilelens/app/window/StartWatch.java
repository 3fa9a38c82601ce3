package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.views.Background;
import io.agilelens.views.chart.Painter;
import io.agilelens.views.workbench.Workbench;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;

/**
 * Notes when the parts of the window are on the screen, if somebody measures the start. It goes to
 * the Outliers station as soon as it can be seen, waits for the map and leaves the program; by way
 * of all other stations, if the start cache is to know them.
 */
final class StartWatch {
    private static final String MEASURED = "outliers";

    /** Set by the launcher in the run that tells what belongs into the start cache. */
    private static final boolean TRAINING = Boolean.getBoolean("agilelens.training");

    /** As large a desktop as the window is made for; without one it would not get its own size. */
    private static final HeadlessScreens.Extent DESKTOP =
            new HeadlessScreens.Extent(0, 0, 1920, 1200, 1);

    private StartWatch() {}

    /** To be called before there is a window. */
    static void prepare() {
        if (StartTimes.areWanted() && "Headless".equals(System.getProperty("glass.platform"))) {
            HeadlessScreens.set(List.of(DESKTOP));
        }
    }

    /** Watches a workbench that was just shown. */
    static void follow(Workbench workbench, WorkbenchFrame frame) {
        if (!StartTimes.areWanted()) {
            return;
        }
        Pulses.afterDrawing(
                () -> {
                    StartTimes.reached(StartTimes.Step.WORKBENCH);
                    frame.open(MEASURED);
                    workbench
                            .comparisonProperty()
                            .subscribe(
                                    comparison -> {
                                        if (comparison.isPresent()) {
                                            evaluated(frame);
                                        }
                                    });
                });
    }

    private static void evaluated(WorkbenchFrame frame) {
        StartTimes.reached(StartTimes.Step.EVALUATED);
        Deque<Station> others = new ArrayDeque<>();
        if (TRAINING) {
            others.addAll(frame.stations());
            others.removeIf(station -> station.id().equals(MEASURED));
        }
        afterPictures(
                () -> {
                    StartTimes.reached(StartTimes.Step.PICTURES);
                    visit(others, frame);
                });
    }

    private static void visit(Deque<Station> stations, WorkbenchFrame frame) {
        if (stations.isEmpty()) {
            Platform.exit();
        } else {
            frame.open(stations.remove().id());
            afterPictures(() -> visit(stations, frame));
        }
    }

    /** Does something on the JavaFX thread when what the station shows is drawn. */
    private static void afterPictures(Runnable action) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                awaitPictures();
                            } catch (InterruptedException stopped) {
                                return;
                            }
                            Platform.runLater(() -> Pulses.afterDrawing(action));
                        });
    }

    /** Waits until the pictures have their data, the maps their cells, and both are drawn. */
    private static void awaitPictures() throws InterruptedException {
        Background.awaitIdle();
        CountDownLatch laidOut = new CountDownLatch(1);
        Platform.runLater(() -> Pulses.afterDrawing(laidOut::countDown));
        laidOut.await();
        Painter.awaitIdle();
    }
}
