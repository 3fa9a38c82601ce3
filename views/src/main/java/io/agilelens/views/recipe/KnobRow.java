package io.agilelens.views.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.recipe.Knob;
import io.agilelens.views.Figures;
import io.agilelens.views.LessonLinks;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/**
 * A knob as a slider with its value beside it. Dragging, the wheel, the keyboard and typing all
 * come to the same values.
 */
final class KnobRow extends HBox {
    private static final PseudoClass INVALID = PseudoClass.getPseudoClass("invalid");

    private static final Set<KeyCode> UNDO_KEYS = Set.of(KeyCode.Z, KeyCode.Y);

    private final Knob knob;
    private final Slider slider;
    private final TextField value;
    private final DoubleConsumer onChange;
    private final Runnable onRelease;
    private boolean showing;

    /** Whether the pointer was moved onto the slider, which did not come below it by scrolling. */
    private boolean pointedAt;

    /** What the field says when nothing is half typed. */
    private String committed = "";

    /**
     * @param title short, for the narrow panel; the knob's own title and help are the tooltip
     * @param onChange hears a value that the person chose
     * @param onRelease hears that a drag ended
     */
    KnobRow(Knob knob, String title, DoubleConsumer onChange, Runnable onRelease) {
        this.knob = knob;
        this.onChange = onChange;
        this.onRelease = onRelease;
        slider = new Slider(knob.minimum(), knob.maximum(), knob.minimum());
        slider.setId(knob.key().replace('.', '-') + "-slider");
        slider.setBlockIncrement(knob.step());
        slider.setMajorTickUnit(knob.step());
        slider.setMinorTickCount(0);
        slider.setSnapToTicks(true);
        slider.setAccessibleText(knob.title());
        HBox.setHgrow(slider, Priority.ALWAYS);
        slider.setMaxWidth(Double.MAX_VALUE);
        slider.setMinWidth(60);

        value = new TextField();
        value.setId(knob.key().replace('.', '-') + "-value");
        value.getStyleClass().add("knob-value");
        value.setAccessibleText(knob.title());

        Label label = new Label(title);
        label.getStyleClass().add("knob-title");
        label.setLabelFor(slider);
        String unit = knob.unit().isEmpty() ? "" : " (" + knob.unit() + ")";
        Tooltip help = new Tooltip(knob.title() + unit + "\n" + knob.help());
        help.setWrapText(true);
        help.setMaxWidth(320);
        LessonLinks.explain(label, "recipe." + knob.key(), help.getText());
        slider.setTooltip(help);
        value.setTooltip(help);

        setAlignment(Pos.CENTER_LEFT);
        setSpacing(8);
        getStyleClass().add("knob-row");
        getChildren().addAll(label, slider, value);

        slider.valueProperty()
                .addListener(
                        (_, _, now) -> {
                            if (!showing) {
                                choose(now.doubleValue());
                            }
                        });
        slider.setOnMouseReleased(_ -> onRelease.run());
        slider.setOnMouseMoved(_ -> pointedAt = true);
        slider.setOnMouseExited(_ -> pointedAt = false);
        slider.setOnScroll(
                scroll -> {
                    if (pointedAt) {
                        double steps = Math.signum(scroll.getDeltaY());
                        slider.setValue(knob.nearest(slider.getValue() + steps * knob.step()));
                        scroll.consume();
                    }
                });
        value.addEventFilter(KeyEvent.KEY_PRESSED, this::leaveUndoToTheWindow);
        value.setOnAction(_ -> commitText());
        value.focusedProperty()
                .addListener(
                        (_, _, focused) -> {
                            if (!focused) {
                                commitText();
                            }
                        });
        value.setOnKeyPressed(
                key -> {
                    if (key.getCode() == KeyCode.UP || key.getCode() == KeyCode.DOWN) {
                        double step = key.getCode() == KeyCode.UP ? knob.step() : -knob.step();
                        slider.setValue(knob.nearest(slider.getValue() + step));
                        key.consume();
                    } else if (key.getCode() == KeyCode.ESCAPE) {
                        showText(slider.getValue());
                    }
                });
    }

    /** Shows a value that came from elsewhere; {@code onChange} does not hear it. */
    void show(double shown) {
        showing = true;
        slider.setValue(shown);
        showing = false;
        showText(shown);
    }

    private void choose(double chosen) {
        double snapped = knob.nearest(chosen);
        showText(snapped);
        onChange.accept(snapped);
    }

    private void commitText() {
        double typed;
        try {
            typed = Double.parseDouble(value.getText().strip().replace(',', '.'));
            knob.check(typed);
        } catch (NumberFormatException | UserException unusable) {
            value.pseudoClassStateChanged(INVALID, true);
            return;
        }
        value.pseudoClassStateChanged(INVALID, false);
        double snapped = knob.nearest(typed);
        if (snapped != slider.getValue()) {
            slider.setValue(snapped);
            onRelease.run();
        } else {
            showText(snapped);
        }
    }

    private void showText(double shown) {
        value.pseudoClassStateChanged(INVALID, false);
        committed = knob.step() < 1 ? Figures.fixed(shown, 2) : Figures.number(shown);
        value.setText(committed);
    }

    /**
     * While nothing is half typed, undo and redo are of the recipe, as everywhere in the window; a
     * text field would take their keys for its own text.
     */
    private void leaveUndoToTheWindow(KeyEvent key) {
        boolean undoes = key.isShortcutDown() && UNDO_KEYS.contains(key.getCode());
        if (undoes && value.getText().equals(committed)) {
            List.copyOf(value.getScene().getAccelerators().entrySet()).stream()
                    .filter(accelerator -> accelerator.getKey().match(key))
                    .forEach(accelerator -> accelerator.getValue().run());
            key.consume();
        }
    }
}
