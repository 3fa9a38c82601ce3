package io.agilelens.views.action;

import io.agilelens.views.Help;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCharacterCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/**
 * Everything the window can do, each once. Menus, buttons, keys, the shortcut sheet and the command
 * palette are made from it, so that none of them can say what another does not.
 */
public final class Actions {
    private final Map<String, Action> byId = new LinkedHashMap<>();
    private final Map<KeyCombination, Action> byKey = new HashMap<>();
    private Scene scene;

    /**
     * Adds an action behind those of its group.
     *
     * @throws IllegalArgumentException if its name or one of its keys is taken
     */
    public void add(Action action) {
        if (byId.putIfAbsent(action.id(), action) != null) {
            throw new IllegalArgumentException("two actions are called " + action.id());
        }
        for (KeyCombination key : action.keys()) {
            Action other = byKey.putIfAbsent(key, action);
            if (other != null) {
                throw new IllegalArgumentException(
                        "%s is the key of %s and of %s"
                                .formatted(key.getDisplayText(), other.id(), action.id()));
            }
        }
        if (scene != null) {
            install(action);
        }
    }

    /** All, in the order in which they were added. */
    public Collection<Action> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** Those of a group. */
    public List<Action> of(ActionGroup group) {
        return byId.values().stream().filter(action -> action.group() == group).toList();
    }

    /**
     * One of them.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Action get(String id) {
        Action action = byId.get(id);
        if (action == null) {
            throw new IllegalArgumentException("no action is called " + id);
        }
        return action;
    }

    /** Does what an action does, if it can be done now. */
    public void run(String id) {
        get(id).run();
    }

    /** Has a scene answer to all keys, also to those of actions that are added later. */
    public void install(Scene window) {
        scene = window;
        all().forEach(this::install);
    }

    private void install(Action action) {
        for (KeyCombination key : action.keys()) {
            if (key instanceof KeyCharacterCombination character) {
                // Which key makes a character depends on the keyboard; what it makes does not.
                scene.addEventHandler(
                        KeyEvent.KEY_TYPED, typed -> runIfTyped(action, character, typed));
            } else {
                scene.getAccelerators().put(key, action::run);
            }
        }
    }

    private static void runIfTyped(
            Action action, KeyCharacterCombination character, KeyEvent typed) {
        if (character.getCharacter().equals(typed.getCharacter())
                && !(typed.getTarget() instanceof TextInputControl)) {
            action.run();
            typed.consume();
        }
    }

    /** A menu's line for an action; its node name is the action's with dashes. */
    public MenuItem item(String id) {
        Action action = get(id);
        MenuItem item = new MenuItem(action.title());
        item.setId(nodeName(id));
        item.setOnAction(_ -> action.run());
        item.disableProperty().bind(action.enabled().map(enabled -> !enabled));
        action.keys().stream().findFirst().ifPresent(item::setAccelerator);
        return item;
    }

    /** A button for an action; its node name is the action's with dashes. */
    public Button button(String id) {
        Action action = get(id);
        Button button = new Button(action.title());
        button.setId(nodeName(id));
        button.setOnAction(_ -> action.run());
        button.disableProperty().bind(action.enabled().map(enabled -> !enabled));
        Help.wrapped(button, action.tooltip());
        return button;
    }

    private static String nodeName(String id) {
        return id.replace('.', '-');
    }
}
