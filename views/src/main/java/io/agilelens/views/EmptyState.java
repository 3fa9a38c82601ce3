package io.agilelens.views;

import java.util.Optional;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** Stands where pictures will be and teaches the next step. */
public final class EmptyState extends VBox {
    private final Label label = new Label();

    /**
     * @param text what is missing and what to do, in one sentence
     */
    public EmptyState(Ikon icon, String text) {
        getStyleClass().add("empty-state");
        label.setText(text);
        label.setWrapText(true);
        label.getStyleClass().add("muted");
        getChildren().addAll(new FontIcon(icon), label);
    }

    /**
     * @param verb what the button does
     */
    public EmptyState(Ikon icon, String text, String verb, Runnable action) {
        this(icon, text);
        Button button = new Button(verb);
        button.getStyleClass().add("accent");
        button.setOnAction(event -> action.run());
        Help.wrapped(button, text);
        getChildren().add(button);
    }

    /**
     * Says that it will not be long where a model is open already.
     *
     * @param model the open one
     */
    public void waitFor(ObservableValue<? extends Optional<?>> model) {
        String without = label.getText();
        label.textProperty()
                .bind(
                        model.map(
                                open ->
                                        open.isPresent()
                                                ? Messages.text("empty.evaluating")
                                                : without));
    }
}
