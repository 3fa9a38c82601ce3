package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.control.ChoiceBox;
import javafx.scene.layout.FlowPane;
import javafx.util.StringConverter;

/** Chooses the protocol, the length of a window and how many windows are evaluated. */
final class ProtocolBar extends FlowPane {
    private static final int SHORTEST = 64;
    private static final int MOST_WINDOWS = 64;

    private final WorkbenchActions actions;
    private final ChoiceBox<Protocol> protocol =
            choice("protocol", each -> Messages.text("quality.choose." + each));
    private final ChoiceBox<Integer> length =
            choice("length", each -> Messages.text("quality.choose.length", each.toString()));
    private final ChoiceBox<Integer> count =
            choice("count", each -> Messages.text("quality.choose.count", each));
    private EvaluationWindows present;
    private int context;
    private boolean showing;

    ProtocolBar(WorkbenchActions actions) {
        super(8, 4);
        this.actions = actions;
        setId("quality-choose");
        setAlignment(Pos.CENTER_LEFT);
        setMinHeight(USE_PREF_SIZE);
        getChildren().addAll(protocol, length, count);
        for (ChoiceBox<?> each : List.of(protocol, length, count)) {
            each.valueProperty().addListener(property -> ask());
        }
    }

    private static <T> ChoiceBox<T> choice(String key, Function<T, String> name) {
        ChoiceBox<T> choice = new ChoiceBox<>();
        choice.setId("quality-choose-" + key);
        choice.getStyleClass().add("card-choice");
        choice.setAccessibleText(Messages.text("quality.choose." + key + ".name"));
        Help.wrapped(choice, Messages.text("quality.choose." + key + ".help"));
        choice.setConverter(
                new StringConverter<>() {
                    @Override
                    public String toString(T value) {
                        return value == null ? "" : name.apply(value);
                    }

                    @Override
                    public T fromString(String text) {
                        throw new UnsupportedOperationException("chosen, not typed");
                    }
                });
        return choice;
    }

    /** Shows how the text of a model is cut. */
    void show(OpenedModel opened) {
        present = EvaluationWindows.of(opened.text());
        context = opened.config().contextLength();
        show();
    }

    private void show() {
        showing = true;
        protocol.getItems().setAll(Protocol.values());
        protocol.setValue(present.protocol());
        length.getItems().setAll(doublings(SHORTEST, context, present.length()));
        length.setValue(present.length());
        count.getItems().setAll(doublings(1, MOST_WINDOWS, present.count()));
        count.setValue(present.count());
        showing = false;
    }

    private static SortedSet<Integer> doublings(int first, int last, int present) {
        SortedSet<Integer> values = new TreeSet<>(List.of(present));
        for (int value = first; value < last; value *= 2) {
            values.add(value);
        }
        values.add(last);
        return values;
    }

    private void ask() {
        boolean whole =
                protocol.getValue() != null
                        && length.getValue() != null
                        && count.getValue() != null;
        if (showing || !whole) {
            return;
        }
        EvaluationWindows wanted =
                new EvaluationWindows(protocol.getValue(), length.getValue(), count.getValue());
        if (!wanted.equals(present)) {
            // Until the text is cut so, which may fail, the numbers are of what was before.
            show();
            actions.evaluateOn(wanted);
        }
    }
}
