package io.agilelens.app.window;

import io.agilelens.views.workbench.Workbench;
import java.util.ArrayDeque;
import java.util.Deque;
import javafx.animation.AnimationTimer;
import javafx.scene.Scene;

/**
 * Makes the stations before they are opened, one every few frames, once the first pictures are
 * there and whenever the window waits for none. They get their looks when they are opened: JavaFX
 * styles what is in a window.
 */
final class StationsAhead {
    /** Frames before the first station, so that the first pictures are drawn by then. */
    private static final int FIRST_PAUSE = 30;

    /** Frames from one to the next, for all else that happens in the window. */
    private static final int PAUSE = 4;

    private final Workbench workbench;
    private final WorkbenchFrame frame;
    private final Deque<Station> stations = new ArrayDeque<>();
    private final AnimationTimer timer =
            new AnimationTimer() {
                private int pause = FIRST_PAUSE;

                @Override
                public void handle(long now) {
                    if (!isShown()) {
                        stop(); // the toolkit holds what runs, and a closed window with it
                    } else if (--pause <= 0 && !workbench.comparisonStaleProperty().get()) {
                        pause = PAUSE;
                        next();
                    }
                }
            };

    private StationsAhead(Workbench workbench, WorkbenchFrame frame) {
        this.workbench = workbench;
        this.frame = frame;
        // What all stations need the first time comes bit by bit, for the last ones have least.
        stations.addAll(frame.stations().reversed());
    }

    /** Begins as soon as the window has something to show. */
    static void begin(Workbench workbench, WorkbenchFrame frame) {
        StationsAhead ahead = new StationsAhead(workbench, frame);
        workbench
                .comparisonProperty()
                .subscribe(
                        comparison -> {
                            if (comparison.isPresent() && !ahead.stations.isEmpty()) {
                                ahead.timer.start();
                            }
                        });
    }

    private boolean isShown() {
        Scene scene = frame.getScene();
        return scene != null && scene.getWindow() != null && scene.getWindow().isShowing();
    }

    private void next() {
        frame.view(stations.remove());
        if (stations.isEmpty()) {
            timer.stop();
        }
    }
}
