package io.agilelens.app.window;

import io.agilelens.views.ContextMenus;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import javafx.event.Event;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.input.ContextMenuEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.PickResult;

/** Tells the menus of pictures where else a place can be looked at, and opens menus by key. */
final class PictureMenus {
    /** The stations that follow the selection. */
    private static final List<String> FOLLOWERS = List.of("outliers", "attention", "tokens");

    private static final KeyCombination MENU =
            new KeyCodeCombination(KeyCode.F10, KeyCombination.SHIFT_DOWN);

    private PictureMenus() {}

    static void install(Workbench workbench, WorkbenchFrame frame) {
        ContextMenus.offerPlaces(
                () ->
                        frame.stations().stream()
                                .filter(station -> FOLLOWERS.contains(station.id()))
                                .filter(station -> station != frame.stationProperty().get())
                                .filter(_ -> workbench.modelProperty().get().isPresent())
                                .map(
                                        station ->
                                                new ContextMenus.Place(
                                                        station.title(),
                                                        () -> frame.open(station.id())))
                                .toList());
        frame.addEventHandler(
                KeyEvent.KEY_PRESSED,
                event -> {
                    if (MENU.match(event) && event.getTarget() instanceof Node node) {
                        ask(node);
                        event.consume();
                    }
                });
    }

    /** Asks a control for its menu, as a press of the pointer's other button does. */
    private static void ask(Node node) {
        Bounds inside = node.getLayoutBounds();
        double x = inside.getCenterX();
        double y = inside.getCenterY();
        Bounds scene = node.localToScene(inside);
        Bounds screen = node.localToScreen(inside);
        Event.fireEvent(
                node,
                new ContextMenuEvent(
                        ContextMenuEvent.CONTEXT_MENU_REQUESTED,
                        x,
                        y,
                        screen.getCenterX(),
                        screen.getCenterY(),
                        true,
                        new PickResult(node, scene.getCenterX(), scene.getCenterY())));
    }
}
