package io.agilelens.app.window;

import io.agilelens.views.workbench.Workbench;
import java.util.ArrayDeque;
import java.util.Deque;
import javafx.animation.AnimationTimer;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.layout.StackPane;

/**
 * Makes the stations before they are opened, in pieces short enough for a frame, once the first
 * pictures are there and whenever the window waits for none. Opening a station then takes no longer
 * than opening it again.
 */
final class StationsAhead {
    /** Frames before the first piece, so that the first pictures are drawn by then. */
    private static final int FIRST_PAUSE = 30;

    /** Frames from one piece to the next, for all else that happens in the window. */
    private static final int PAUSE = 4;

    private final Workbench workbench;
    private final WorkbenchFrame frame;
    private final Deque<Runnable> pieces = new ArrayDeque<>();
    private final AnimationTimer timer =
            new AnimationTimer() {
                private int pause = FIRST_PAUSE;

                @Override
                public void handle(long now) {
                    if (--pause <= 0 && !workbench.comparisonStaleProperty().get()) {
                        pause = PAUSE;
                        next();
                    }
                }
            };

    private StationsAhead(Workbench workbench, WorkbenchFrame frame) {
        this.workbench = workbench;
        this.frame = frame;
        // What all stations need the first time comes bit by bit, for the last ones have least.
        for (Station station : frame.stations().reversed()) {
            pieces.add(() -> make(station));
        }
    }

    /** Begins as soon as the window has something to show. */
    static void begin(Workbench workbench, WorkbenchFrame frame) {
        StationsAhead ahead = new StationsAhead(workbench, frame);
        workbench
                .comparisonProperty()
                .subscribe(
                        comparison -> {
                            if (comparison.isPresent() && !ahead.pieces.isEmpty()) {
                                ahead.timer.start();
                            }
                        });
    }

    private void next() {
        pieces.remove().run();
        if (pieces.isEmpty()) {
            timer.stop();
        }
    }

    private void make(Station station) {
        if (frame.isMade(station)) {
            return;
        }
        Node view = frame.view(station);
        pieces.addFirst(() -> style(view));
    }

    /** Gives a view its skins in a scene that is in no window. */
    private void style(Node view) {
        if (view.getParent() != null) {
            // Somebody was quicker.
            return;
        }
        StackPane middle = new StackPane(view);
        Scene scene = new Scene(middle);
        scene.getStylesheets().setAll(frame.getScene().getStylesheets());
        middle.applyCss();
        pieces.addFirst(() -> layOut(middle));
    }

    private void layOut(StackPane middle) {
        Bounds bounds = frame.viewBounds();
        middle.resize(bounds.getWidth(), bounds.getHeight());
        middle.layout();
        middle.getChildren().clear();
    }
}
