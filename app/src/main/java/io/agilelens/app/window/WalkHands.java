package io.agilelens.app.window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ChoiceBox;
import javafx.scene.control.ComboBoxBase;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Slider;
import javafx.scene.control.TabPane;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.robot.Robot;
import javafx.stage.PopupWindow;
import javafx.stage.Stage;
import javafx.stage.Window;

/**
 * Works a window's controls with mouse and keyboard, on the JavaFX thread. Controls are counted in
 * the order of the scene, so that the same numbers mean the same control while nothing else
 * changes. Each method tells in a few words what it did.
 */
final class WalkHands {
    private static final String NOTHING = "nothing there";
    private static final KeyCode[] SLIDER_KEYS = {
        KeyCode.LEFT, KeyCode.RIGHT, KeyCode.HOME, KeyCode.END
    };
    private static final KeyCode[] KEYS = {
        KeyCode.TAB,
        KeyCode.SPACE,
        KeyCode.UP,
        KeyCode.DOWN,
        KeyCode.LEFT,
        KeyCode.RIGHT,
        KeyCode.ENTER,
        KeyCode.ESCAPE,
        KeyCode.PAGE_DOWN,
        KeyCode.F1
    };

    /** What people type into fields for numbers, right and wrong. */
    private static final String[] ENTRIES = {
        "4", "3", "8", "0.25", "1", "64", "-3", "many", "", "1e9", "0"
    };

    private final Robot robot = new Robot();

    /** The window that has the attention: the latest dialog, or else the workbench. */
    static Window front() {
        Window front = null;
        for (Window window : Window.getWindows()) {
            if (window.isShowing() && window instanceof Stage && window.getScene() != null) {
                front = window;
            }
        }
        return front;
    }

    /** Closes dialogs, menus and tooltips, but not the workbench. */
    static String dismiss(Stage workbench) {
        int closed = 0;
        for (Window window : List.copyOf(Window.getWindows())) {
            if (window != workbench && (window instanceof Stage || window instanceof PopupWindow)) {
                window.hide();
                closed++;
            }
        }
        return closed + " windows";
    }

    String slider(double which, double how, double far) {
        return with(
                Slider.class,
                slider -> true,
                which,
                slider -> {
                    slider.requestFocus();
                    KeyCode key = pick(SLIDER_KEYS, how);
                    int times = 1 + (int) (far * 4);
                    for (int i = 0; i < times; i++) {
                        type(key);
                    }
                    return key + " × " + times;
                });
    }

    String dragSlider(double which, double from, double to) {
        return with(
                Slider.class,
                slider -> true,
                which,
                slider -> drag(point(slider, from, 0.5), point(slider, to, 0.5)));
    }

    String enter(double which, double what) {
        return with(
                TextField.class,
                field -> field.isEditable() && !isPath(field),
                which,
                field -> {
                    field.requestFocus();
                    field.setText(pick(ENTRIES, what));
                    type(KeyCode.ENTER);
                    return "'" + pick(ENTRIES, what) + "'";
                });
    }

    /** Whether it says where to write, which is no place for chance. */
    private static boolean isPath(TextField field) {
        return field.getText() != null
                && (field.getText().contains("/") || field.getText().contains("\\"));
    }

    String choose(double which, double what) {
        return with(
                Node.class,
                node -> node instanceof ChoiceBox<?> || node instanceof ComboBoxBase<?>,
                which,
                node -> {
                    if (node instanceof ChoiceBox<?> box && !box.getItems().isEmpty()) {
                        int index = index(what, box.getItems().size());
                        box.getSelectionModel().select(index);
                        return "entry " + index;
                    }
                    return click(node, 0.5, 0.5, MouseButton.PRIMARY);
                });
    }

    String press(double which) {
        return with(
                ButtonBase.class,
                button -> !(button instanceof MenuButton),
                which,
                button -> click(button, 0.5, 0.5, MouseButton.PRIMARY));
    }

    String tab(double which, double what) {
        return with(
                TabPane.class,
                pane -> !pane.getTabs().isEmpty(),
                which,
                pane -> {
                    int index = index(what, pane.getTabs().size());
                    pane.getSelectionModel().select(index);
                    return "tab " + index;
                });
    }

    String menu(double which, double what) {
        return with(
                MenuButton.class,
                menu -> true,
                which,
                menu -> {
                    List<MenuItem> items =
                            menu.getItems().stream()
                                    .filter(item -> !item.isDisable() && item.getText() != null)
                                    .toList();
                    if (items.isEmpty()) {
                        return NOTHING;
                    }
                    menu.show();
                    MenuItem item = items.get(index(what, items.size()));
                    menu.hide();
                    item.fire();
                    return String.valueOf(item.getText());
                });
    }

    /** Clicks anywhere in what the middle shows; every fifth time with the other button. */
    String click(Node area, double x, double y, double button) {
        return click(area, x, y, button < 0.2 ? MouseButton.SECONDARY : MouseButton.PRIMARY);
    }

    private String click(Node node, double x, double y, MouseButton button) {
        Point2D point = point(node, x, y);
        robot.mouseMove(point);
        robot.mousePress(button);
        robot.mouseRelease(button);
        return at(point);
    }

    String hover(Node area, double x, double y) {
        Point2D point = point(area, x, y);
        robot.mouseMove(point);
        return at(point);
    }

    String scroll(Node area, double x, double y, double far) {
        robot.mouseMove(point(area, x, y));
        int steps = (int) Math.round((far - 0.5) * 8);
        robot.mouseWheel(steps);
        return steps + " steps";
    }

    String drag(Node area, double x, double y, double far) {
        return drag(point(area, x, y), point(area, Math.min(0.99, x * far + 0.1), y));
    }

    private String drag(Point2D from, Point2D to) {
        robot.mouseMove(from);
        robot.mousePress(MouseButton.PRIMARY);
        for (int step = 1; step <= 4; step++) {
            robot.mouseMove(from.interpolate(to, step / 4.0));
        }
        robot.mouseRelease(MouseButton.PRIMARY);
        return at(from) + " to " + at(to);
    }

    String key(double which) {
        KeyCode key = pick(KEYS, which);
        type(key);
        return key.toString();
    }

    /** A key together with others that are held. */
    String shortcut(KeyCode key, KeyCode... held) {
        for (KeyCode each : held) {
            robot.keyPress(each);
        }
        type(key);
        for (KeyCode each : held) {
            robot.keyRelease(each);
        }
        return key.toString();
    }

    private void type(KeyCode key) {
        robot.keyType(key);
    }

    /** One of the controls of a kind that can be used now. */
    private <T extends Node> String with(
            Class<T> kind, Predicate<T> usable, double which, Function<T, String> use) {
        Window front = front();
        if (front == null) {
            return NOTHING;
        }
        List<T> found = new ArrayList<>();
        collect(front.getScene().getRoot(), kind, usable, found);
        if (found.isEmpty()) {
            return NOTHING;
        }
        T chosen = found.get(index(which, found.size()));
        return name(chosen) + ": " + use.apply(chosen);
    }

    private static <T extends Node> void collect(
            Node node, Class<T> kind, Predicate<T> usable, List<T> found) {
        if (!node.isVisible() || node.isDisabled()) {
            return;
        }
        if (kind.isInstance(node) && usable.test(kind.cast(node)) && isInSight(node)) {
            found.add(kind.cast(node));
        }
        if (node instanceof Parent parent) {
            parent.getChildrenUnmodifiable().forEach(each -> collect(each, kind, usable, found));
        }
    }

    private static boolean isInSight(Node node) {
        Bounds bounds = node.localToScene(node.getLayoutBounds());
        return bounds.getWidth() > 0
                && bounds.getHeight() > 0
                && node.getScene() != null
                && bounds.getCenterX() > 0
                && bounds.getCenterY() > 0
                && bounds.getCenterX() < node.getScene().getWidth()
                && bounds.getCenterY() < node.getScene().getHeight();
    }

    private static String name(Node node) {
        return node.getId() != null
                ? node.getId()
                : node.getClass().getSimpleName() + node.getStyleClass();
    }

    private static Point2D point(Node node, double x, double y) {
        Bounds bounds = node.getLayoutBounds();
        Point2D point =
                node.localToScreen(
                        bounds.getMinX() + x * bounds.getWidth(),
                        bounds.getMinY() + y * bounds.getHeight());
        return point == null ? Point2D.ZERO : point;
    }

    private static String at(Point2D point) {
        return Math.round(point.getX()) + "," + Math.round(point.getY());
    }

    private static <T> T pick(T[] from, double place) {
        return from[index(place, from.length)];
    }

    static int index(double place, int size) {
        return Math.min(size - 1, (int) (place * size));
    }
}
