package io.agilelens.views;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.layout.HBox;

/** The switch {@code baseline | tuned | difference}; one of them is always on. */
public final class ComparisonSwitch extends HBox {
    private final ObjectProperty<Comparison> value =
            new SimpleObjectProperty<>(this, "value", Comparison.BASELINE);

    /** A switch that starts at the baseline. */
    public ComparisonSwitch() {
        getStyleClass().add("comparison-switch");
        Pills<Comparison> pills = new Pills<>(Comparison.values(), "comparison", value::set);
        getChildren().addAll(pills.buttons());
        value.subscribe(pills::select);
    }

    /** What is shown. */
    public ObjectProperty<Comparison> valueProperty() {
        return value;
    }
}
