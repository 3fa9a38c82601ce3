package io.agilelens.app.window;

import io.agilelens.views.workbench.Workbench;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import javafx.animation.AnimationTimer;
import javafx.collections.FXCollections;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.ComboBox;

/**
 * Makes the stations and gives them their looks before they are opened, a step every few frames,
 * once the first pictures are there and whenever the window waits for none.
 */
final class StationsAhead {
    /** Frames before the first station, so that the first pictures are drawn by then. */
    private static final int FIRST_PAUSE = 30;

    /** Frames from one step to the next, for all else that happens in the window. */
    private static final int PAUSE = 4;

    /**
     * Styled before the others, each with a part of what all of them need: the first styles take
     * two to three times as long as they do once their code is compiled.
     */
    private static final List<String> STYLED_FIRST = List.of("lessons", "attention");

    private final Workbench workbench;
    private final WorkbenchFrame frame;
    private final Deque<Runnable> steps = new ArrayDeque<>();
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
        steps.add(this::choose);
        frame.stations().forEach(station -> steps.add(() -> frame.view(station)));
        steps.add(this::planLooks);
    }

    /** Begins as soon as the window has something to show. */
    static void begin(Workbench workbench, WorkbenchFrame frame) {
        StationsAhead ahead = new StationsAhead(workbench, frame);
        workbench
                .comparisonProperty()
                .subscribe(
                        comparison -> {
                            if (comparison.isPresent() && !ahead.steps.isEmpty()) {
                                ahead.timer.start();
                            }
                        });
    }

    /** Makes a list to choose from: the first one needs as much code as a whole station. */
    private void choose() {
        ComboBox<String> choice = new ComboBox<>(FXCollections.observableArrayList(""));
        choice.getSelectionModel().selectFirst();
        steps.addFirst(() -> frame.rehearse(choice));
    }

    private boolean isShown() {
        Scene scene = frame.getScene();
        return scene != null && scene.getWindow() != null && scene.getWindow().isShowing();
    }

    /** First the styles of all, then their layouts and pictures. */
    private void planLooks() {
        List<Station> styled = new ArrayList<>(frame.stations());
        styled.sort(Comparator.comparing(StationsAhead::turn));
        rehearse(styled, Rehearsal.Looks.STYLES);
        steps.add(this::planLayouts);
    }

    private static int turn(Station station) {
        int first = STYLED_FIRST.indexOf(station.id());
        return first < 0 ? STYLED_FIRST.size() : first;
    }

    /** What is large comes last, by then the code is compiled; styles have added nodes. */
    private void planLayouts() {
        List<Station> laidOut = new ArrayList<>(frame.stations());
        laidOut.sort(Comparator.comparing(station -> nodes(frame.view(station))));
        rehearse(laidOut, Rehearsal.Looks.LAYOUT);
        rehearse(laidOut, Rehearsal.Looks.PICTURES);
    }

    private void rehearse(List<Station> stations, Rehearsal.Looks looks) {
        stations.forEach(station -> steps.add(() -> frame.rehearse(station, looks)));
    }

    private static int nodes(Node node) {
        int nodes = 1;
        if (node instanceof Parent parent) {
            for (Node child : parent.getChildrenUnmodifiable()) {
                nodes += nodes(child);
            }
        }
        return nodes;
    }

    private void next() {
        steps.remove().run();
        if (steps.isEmpty()) {
            timer.stop();
        }
    }
}
