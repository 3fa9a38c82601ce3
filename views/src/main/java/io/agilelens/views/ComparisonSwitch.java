package io.agilelens.views;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.HBox;

/** The switch {@code baseline | tuned | difference}; one of them is always on. */
public final class ComparisonSwitch extends HBox {
    private final ObjectProperty<Comparison> value =
            new SimpleObjectProperty<>(this, "value", Comparison.BASELINE);
    private final ToggleGroup group = new ToggleGroup();

    /** A switch that starts at the baseline. */
    public ComparisonSwitch() {
        getStyleClass().add("comparison-switch");
        Comparison[] all = Comparison.values();
        for (int i = 0; i < all.length; i++) {
            getChildren().add(button(all[i], i, all.length));
        }
        value.subscribe(this::show);
    }

    /** What is shown. */
    public ObjectProperty<Comparison> valueProperty() {
        return value;
    }

    private ToggleButton button(Comparison comparison, int index, int count) {
        ToggleButton button = new ToggleButton(Messages.text("comparison." + comparison));
        button.setUserData(comparison);
        button.setToggleGroup(group);
        Help.on(button, Messages.text("comparison." + comparison + ".help"));
        String side = index == 0 ? "left-pill" : index == count - 1 ? "right-pill" : "center-pill";
        String name = comparison.name().toLowerCase(java.util.Locale.ROOT);
        button.getStyleClass().addAll("small", side, name);
        button.setOnAction(
                event -> {
                    value.set(comparison);
                    button.setSelected(true);
                });
        return button;
    }

    private void show(Comparison wanted) {
        group.getToggles().stream()
                .filter(toggle -> toggle.getUserData() == wanted)
                .forEach(group::selectToggle);
    }
}
