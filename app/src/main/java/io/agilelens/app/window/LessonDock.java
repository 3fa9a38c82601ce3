package io.agilelens.app.window;

import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonSwitch;
import io.agilelens.views.Messages;
import io.agilelens.views.Theme;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import io.agilelens.views.lessons.Lesson;
import io.agilelens.views.lessons.LessonGuide;
import io.agilelens.views.lessons.LessonPlayer;
import io.agilelens.views.lessons.LessonsViewModel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.util.Duration;

/**
 * Puts the lesson that runs above the recipe, and brings the window to where it points. Stations
 * make their pictures when they are looked at, so what is not there yet is tried again.
 */
final class LessonDock implements LessonGuide {
    private static final Duration PAUSE = Duration.millis(150);

    /** How often something that is not there is tried: some tabs exist in narrow windows only. */
    private static final int TRIES = 20;

    /** So many looks after a change the layout has come to rest. */
    private static final int SETTLING = 4;

    private final WorkbenchFrame frame;
    private final LessonsViewModel viewModel;
    private final LessonPointer pointer = new LessonPointer();
    private final Timeline attempts = new Timeline(new KeyFrame(PAUSE, _ -> attempt()));
    private LessonPlayer player;
    private Comparison comparison;
    private String tab;

    /** The tab of the present step, also once it is in front. */
    private String stepTab;

    private String point;
    private final Map<String, String> numbers = new LinkedHashMap<>();
    private final Set<Station> entered = new HashSet<>();
    private Room room;
    private int tries;

    /** What moves a picture although nobody scrolls. */
    private record Room(double width, double height, double magnification) {}

    LessonDock(WorkbenchFrame frame, LessonsViewModel viewModel) {
        this.frame = frame;
        this.viewModel = viewModel;
        attempts.setCycleCount(Timeline.INDEFINITE);
        viewModel.guideBy(this);
    }

    /** Shows the player while a lesson runs, and adds what can be done with lessons. */
    void addTo(Actions actions) {
        frame.mark(pointer);
        viewModel.runningProperty().subscribe(this::show);
        actions.add(action("lesson.next", viewModel::next).on("Alt+Page Down"));
        actions.add(action("lesson.back", viewModel::back).on("Alt+Page Up"));
        actions.add(action("lesson.hint", viewModel::hint).on("Alt+H"));
        for (Lesson lesson : viewModel.lessons()) {
            actions.add(
                    Action.named(
                            "lesson." + lesson.id(),
                            ActionGroup.HELP,
                            Messages.text("action.lesson", LessonsViewModel.title(lesson)),
                            LessonsViewModel.summary(lesson),
                            () -> viewModel.start(lesson.id())));
        }
    }

    private Action action(String id, Runnable effect) {
        return Action.of(id, ActionGroup.HELP, effect).when(viewModel.runningProperty());
    }

    private void show(boolean running) {
        if (running) {
            if (player == null) {
                player = new LessonPlayer(viewModel);
            }
            frame.dock(player);
        } else {
            frame.undock();
        }
    }

    @Override
    public void begin() {
        entered.clear();
        frame.showFirstLevers();
    }

    @Override
    public void open(String station) {
        frame.open(station);
        Station opened = frame.stationProperty().get();
        if (entered.add(opened)) {
            tabPanes(frame.view(opened)).forEach(pane -> pane.getSelectionModel().selectFirst());
        }
    }

    @Override
    public void compare(Comparison wanted) {
        comparison = wanted;
        tryAnew();
    }

    @Override
    public void front(String wanted) {
        tab = wanted;
        stepTab = wanted;
        tryAnew();
    }

    @Override
    public void fill(Map<String, String> wanted) {
        numbers.putAll(wanted);
        tryAnew();
    }

    @Override
    public void point(String id) {
        point = id;
        pointer.mark(null);
        tryAnew();
    }

    @Override
    public void pointNowhere() {
        point = null;
        comparison = null;
        tab = null;
        stepTab = null;
        numbers.clear();
        pointer.mark(null);
        attempts.stop();
    }

    /** The mark that lies over the window. */
    LessonPointer pointer() {
        return pointer;
    }

    private void tryAnew() {
        tries = 0;
        attempt();
        attempts.play();
    }

    private void attempt() {
        Scene scene = frame.getScene();
        if (scene == null || scene.getWindow() == null || !scene.getWindow().isShowing()) {
            attempts.stop(); // the toolkit holds what runs, and a closed window with it
            return;
        }
        tries++;
        Node station = frame.view(frame.stationProperty().get());
        if (comparison != null
                && station.lookup(".comparison-switch") instanceof ComparisonSwitch choice) {
            choice.valueProperty().set(comparison);
            comparison = null;
        }
        if (tab != null && bringToFront(station, tab)) {
            tab = null;
        }
        numbers.entrySet().removeIf(number -> type(station, number.getKey(), number.getValue()));
        if (point != null) {
            pointer.mark(frame.lookup("#" + point));
            keepInSight(station);
        } else if (tries >= TRIES) {
            attempts.stop();
        }
        if (tries >= TRIES) {
            comparison = null;
            tab = null;
            numbers.clear();
        }
    }

    /**
     * Brings what is marked into sight until a new step has found its place, and again when another
     * size of window or type has moved it, maybe to other tabs; otherwise tabs and scrolling are
     * the person's.
     */
    private void keepInSight(Node station) {
        Room now =
                new Room(frame.getWidth(), frame.getHeight(), Theme.magnificationProperty().get());
        if (!now.equals(room)) {
            room = now;
            tries = 0;
        }
        if (tries <= SETTLING) {
            if (stepTab != null) {
                bringToFront(station, stepTab);
            }
            pointer.reveal();
        }
    }

    private static boolean bringToFront(Node station, String tab) {
        for (TabPane pane : tabPanes(station)) {
            for (Tab each : pane.getTabs()) {
                if (tab.equals(each.getId())) {
                    pane.getSelectionModel().select(each);
                    return true;
                }
            }
        }
        return false;
    }

    private static List<TabPane> tabPanes(Node station) {
        return station.lookupAll(".tab-pane").stream()
                .filter(TabPane.class::isInstance)
                .map(TabPane.class::cast)
                .toList();
    }

    /** Types a number into a field, if it is there. */
    private static boolean type(Node station, String field, String number) {
        if (station.lookup("#" + field) instanceof Spinner<?> spinner) {
            type(spinner.getValueFactory(), number);
            return true;
        }
        return false;
    }

    private static <T> void type(SpinnerValueFactory<T> field, String number) {
        field.setValue(field.getConverter().fromString(number));
    }
}
