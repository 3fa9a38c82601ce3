package io.agilelens.views;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javafx.scene.Node;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.ContextMenuEvent;

/** Menus of charts, maps, tables, tokens and knobs; made when somebody asks for one. */
public final class ContextMenus {

    /**
     * A station where the selected place can be looked at too.
     *
     * @param title what the station is called
     * @param open goes there
     */
    public record Place(String title, Runnable open) {}

    private static Supplier<List<Place>> places = List::of;

    private ContextMenus() {}

    /** Says where else a place can be looked at; on the JavaFX thread. */
    public static void offerPlaces(Supplier<List<Place>> offered) {
        places = offered;
    }

    /** Gives a node a menu whose lines are made at each request. */
    public static void on(Node node, Supplier<List<MenuItem>> lines) {
        node.addEventHandler(
                ContextMenuEvent.CONTEXT_MENU_REQUESTED,
                request -> {
                    show(node, lines.get(), request);
                    request.consume();
                });
    }

    /** Shows a menu where it was asked for; one of an earlier request goes. */
    public static void show(Node node, List<MenuItem> lines, ContextMenuEvent request) {
        ContextMenu menu = new ContextMenu();
        menu.setId("context-menu");
        menu.setAutoHide(true);
        menu.getItems().setAll(lines);
        menu.show(node, request.getScreenX(), request.getScreenY());
    }

    /** Lines that go to the same place in other stations, after a line that parts them. */
    public static List<MenuItem> places() {
        List<MenuItem> lines = new ArrayList<>();
        for (Place place : places.get()) {
            lines.add(line(Messages.text("menu.picture.place", place.title()), place.open()));
        }
        if (!lines.isEmpty()) {
            lines.addFirst(new SeparatorMenuItem());
        }
        return lines;
    }

    /** A line that does something. */
    public static MenuItem line(String title, Runnable effect) {
        MenuItem line = new MenuItem(title);
        line.setOnAction(_ -> effect.run());
        return line;
    }

    /** Puts text on the clipboard. */
    public static void copy(String text) {
        ClipboardContent content = new ClipboardContent();
        content.putString(text);
        Clipboard.getSystemClipboard().setContent(content);
    }
}
