package io.agilelens.views.palette;

import io.agilelens.views.Messages;
import io.agilelens.views.action.Action;
import io.agilelens.views.action.ActionGroup;
import io.agilelens.views.action.Actions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Every key and what it does, searched by either. */
public final class ShortcutSheet extends VBox {
    private static final double SCROLL = 0.2;

    /**
     * Keys that do something in one kind of control only.
     *
     * @param title the control
     * @param keys what is pressed and what it does
     */
    public record ControlKeys(String title, List<Key> keys) {}

    /**
     * A key of a control.
     *
     * @param keys as people read them
     * @param effect what they do, in one sentence
     */
    public record Key(String keys, String effect) {}

    private final Actions actions;
    private final TextField query = new TextField();
    private final VBox lines = new VBox();

    public ShortcutSheet(Actions actions) {
        this.actions = actions;
        setId("shortcuts");
        getStyleClass().addAll("palette", "shortcut-sheet");
        Label title = new Label(Messages.text("shortcuts.title"));
        title.getStyleClass().add("heading");
        query.setId("shortcuts-query");
        query.setPromptText(Messages.text("shortcuts.prompt"));
        query.setAccessibleText(Messages.text("shortcuts.prompt"));
        lines.getStyleClass().add("shortcut-lines");
        ScrollPane scroll = new ScrollPane(lines);
        scroll.setId("shortcuts-scroll");
        scroll.setAccessibleText(Messages.text("shortcuts.title"));
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().add("edge-to-edge");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        getChildren().addAll(title, query, scroll);
        query.textProperty().subscribe(this::show);
        query.addEventFilter(
                KeyEvent.KEY_PRESSED,
                event -> {
                    if (event.getCode() == KeyCode.DOWN || event.getCode() == KeyCode.UP) {
                        double step = event.getCode() == KeyCode.DOWN ? SCROLL : -SCROLL;
                        scroll.setVvalue(Math.clamp(scroll.getVvalue() + step, 0, 1));
                        event.consume();
                    }
                });
    }

    /** Shows all and takes the keyboard. */
    public void begin() {
        query.clear();
        show("");
        query.requestFocus();
    }

    /** The keys of pictures, sliders and lists, which do not belong to the window as a whole. */
    public static List<ControlKeys> controls() {
        List<ControlKeys> all = new ArrayList<>();
        for (ControlKind kind : ControlKind.values()) {
            all.add(new ControlKeys(kind.title(), kind.keys()));
        }
        return all;
    }

    private void show(String text) {
        lines.getChildren().clear();
        for (ActionGroup group : ActionGroup.values()) {
            List<HBox> found =
                    actions.of(group).stream()
                            .filter(action -> !action.keys().isEmpty())
                            .filter(action -> suits(text, action))
                            .map(action -> line(action.shortcuts(), action.title(), action.help()))
                            .toList();
            add(group.title(), found);
        }
        for (ControlKeys control : controls()) {
            List<HBox> found =
                    control.keys().stream()
                            .filter(
                                    key ->
                                            suits(
                                                    text,
                                                    control.title()
                                                            + " "
                                                            + key.keys()
                                                            + " "
                                                            + key.effect()))
                            .map(key -> line(key.keys(), key.effect(), ""))
                            .toList();
            add(control.title(), found);
        }
        if (lines.getChildren().isEmpty()) {
            Label none = new Label(Messages.text("shortcuts.none"));
            none.getStyleClass().add("muted");
            lines.getChildren().add(none);
        }
    }

    private static boolean suits(String text, Action action) {
        return suits(text, action.title() + " " + action.help() + " " + action.shortcuts());
    }

    private static boolean suits(String text, String line) {
        String searched = line.toLowerCase(Locale.ROOT);
        return List.of(text.toLowerCase(Locale.ROOT).strip().split("\\s+")).stream()
                .allMatch(searched::contains);
    }

    private void add(String title, List<? extends Node> found) {
        if (!found.isEmpty()) {
            Label heading = new Label(title);
            heading.getStyleClass().addAll("card-heading", "shortcut-group");
            lines.getChildren().add(heading);
            lines.getChildren().addAll(found);
        }
    }

    private static HBox line(String keys, String title, String help) {
        Label key = new Label(keys);
        key.getStyleClass().add("key");
        HBox place = new HBox(key);
        place.getStyleClass().add("shortcut-place");
        Label does = new Label(title);
        does.setMinWidth(Region.USE_PREF_SIZE);
        Label more = new Label(help);
        more.getStyleClass().addAll("small", "muted");
        more.setWrapText(true);
        more.setMinHeight(Region.USE_PREF_SIZE);
        HBox.setHgrow(more, Priority.ALWAYS);
        HBox line = new HBox(place, does, more);
        line.getStyleClass().add("shortcut-line");
        return line;
    }
}
