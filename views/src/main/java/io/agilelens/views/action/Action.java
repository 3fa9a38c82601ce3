package io.agilelens.views.action;

import io.agilelens.views.Messages;
import java.util.List;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.input.KeyCombination;

/**
 * Something that the window can do, wherever it is asked from: a menu, a button, a key or the
 * command palette.
 *
 * @param id a stable name, such as {@code open.folder}
 * @param title what it does, beginning with a verb
 * @param help the same in one sentence
 * @param keys shortcuts, the one to be shown first
 * @param enabled whether it can be done now
 * @param effect does it; on the JavaFX thread
 */
public record Action(
        String id,
        ActionGroup group,
        String title,
        String help,
        List<KeyCombination> keys,
        ObservableValue<Boolean> enabled,
        Runnable effect) {
    private static final ObservableValue<Boolean> ALWAYS = new SimpleBooleanProperty(true);

    public Action {
        keys = List.copyOf(keys);
    }

    /** With the words {@code action.ID} and {@code action.ID.help}, always possible. */
    public static Action of(String id, ActionGroup group, Runnable effect) {
        return named(
                id,
                group,
                Messages.text("action." + id),
                Messages.text("action." + id + ".help"),
                effect);
    }

    /** With words of its own, always possible. */
    public static Action named(
            String id, ActionGroup group, String title, String help, Runnable effect) {
        return new Action(id, group, title, help, List.of(), ALWAYS, effect);
    }

    /**
     * The same on keys.
     *
     * @param names as {@link KeyCombination#valueOf} reads them, such as {@code Shortcut+O}
     */
    public Action on(String... names) {
        List<KeyCombination> combinations =
                List.of(names).stream().map(KeyCombination::valueOf).toList();
        return new Action(id, group, title, help, combinations, enabled, effect);
    }

    /** The same, possible only sometimes. */
    public Action when(ObservableValue<Boolean> possible) {
        return new Action(id, group, title, help, keys, possible, effect);
    }

    /** Whether it can be done now. */
    public boolean isEnabled() {
        return enabled.getValue();
    }

    /** Does it, if it can be done now. */
    public void run() {
        if (isEnabled()) {
            effect.run();
        }
    }

    /** The first shortcut as people read it, such as {@code Ctrl+O}; empty if there is none. */
    public String shortcut() {
        return keys.isEmpty() ? "" : keys.getFirst().getDisplayText();
    }

    /** All shortcuts as people read them. */
    public String shortcuts() {
        return keys.stream()
                .map(KeyCombination::getDisplayText)
                .collect(Collectors.joining(Messages.text("action.keys.or")));
    }

    /** The sentence and the shortcut, for a tooltip. */
    public String tooltip() {
        return keys.isEmpty() ? help : Messages.text("action.tooltip", help, shortcut());
    }
}
