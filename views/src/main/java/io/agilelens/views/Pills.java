package io.agilelens.views;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;

/**
 * Joined buttons, one for each constant of an enum, of which one is always on. A pane of the style
 * class {@code comparison-switch} holds them.
 */
public final class Pills<E extends Enum<E>> {
    private final E[] values;
    private final ToggleGroup group = new ToggleGroup();
    private final List<ToggleButton> buttons = new ArrayList<>();

    /**
     * @param values all constants of the enum
     * @param key of the words: {@code KEY.CONSTANT} and {@code KEY.CONSTANT.help}
     * @param onChoose hears what a person chose
     */
    public Pills(E[] values, String key, Consumer<E> onChoose) {
        this.values = values.clone();
        for (E value : values) {
            ToggleButton button = new ToggleButton(Messages.text(key + "." + value));
            button.setToggleGroup(group);
            Help.on(button, Messages.text(key + "." + value + ".help"));
            int index = buttons.size();
            String side =
                    index == 0
                            ? "left-pill"
                            : index == values.length - 1 ? "right-pill" : "center-pill";
            button.getStyleClass().addAll("small", side, name(value));
            button.setOnAction(
                    _ -> {
                        onChoose.accept(value);
                        button.setSelected(true);
                    });
            buttons.add(button);
        }
    }

    /** Gives the buttons identifiers: a prefix and the constant's name in lower case. */
    public Pills<E> named(String prefix) {
        for (E value : values) {
            button(value).setId(prefix + name(value));
        }
        return this;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** All of them, in the order of the constants. */
    public List<ToggleButton> buttons() {
        return List.copyOf(buttons);
    }

    /** The one for a constant. */
    public ToggleButton button(E value) {
        return buttons.get(value.ordinal());
    }

    /** Turns one on. */
    public void select(E value) {
        group.selectToggle(button(value));
    }
}
