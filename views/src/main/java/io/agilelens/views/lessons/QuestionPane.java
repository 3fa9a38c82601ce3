package io.agilelens.views.lessons;

import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.RadioButton;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** A question with what it is answered by. */
final class QuestionPane extends VBox {
    private final StepView.Asked asked;
    private final LessonsViewModel viewModel;
    private final ToggleGroup options = new ToggleGroup();
    private final TextField number = new TextField();
    private final Label picked = new Label();

    /**
     * @param onEnter runs when the Enter key says that an answer is complete
     */
    QuestionPane(StepView.Asked asked, LessonsViewModel viewModel, Runnable onEnter) {
        this.asked = asked;
        this.viewModel = viewModel;
        getStyleClass().add("lesson-question");
        Label question = new Label(asked.text());
        question.setId("lesson-question");
        question.setWrapText(true);
        question.setMinHeight(USE_PREF_SIZE);
        question.getStyleClass().add("card-heading");
        getChildren().add(question);
        switch (asked.question()) {
            case Question.Choose _, Question.ChooseOf _ -> addOptions();
            case Question.Number _ -> addNumber(onEnter);
            case Question.Pick pick -> addPicked(pick.part());
            case Question.Goal _ -> {}
        }
    }

    private void addOptions() {
        for (Fact.Word option : asked.options()) {
            RadioButton button = new RadioButton(option.shown());
            button.setUserData(option.id());
            button.setToggleGroup(options);
            button.setWrapText(true);
            button.setMinHeight(USE_PREF_SIZE);
            button.getStyleClass().add("lesson-option");
            getChildren().add(button);
        }
    }

    private void addNumber(Runnable onEnter) {
        number.setId("lesson-number");
        number.setPromptText(Messages.text("lessons.answer.prompt"));
        number.setAccessibleText(Messages.text("lessons.answer.accessible", asked.text()));
        number.setMaxWidth(140);
        number.setOnAction(_ -> onEnter.run());
        getChildren().add(number);
    }

    private void addPicked(SelectionPart part) {
        picked.setId("lesson-picked");
        picked.setWrapText(true);
        picked.setMinHeight(USE_PREF_SIZE);
        picked.setGraphic(new FontIcon(Feather.MOUSE_POINTER));
        picked.setAlignment(Pos.CENTER_LEFT);
        getChildren().add(picked);
        showPicked(part);
    }

    /** Follows the selection, if it is the answer. */
    void followSelection() {
        if (asked.question() instanceof Question.Pick pick) {
            showPicked(pick.part());
        }
    }

    private void showPicked(SelectionPart part) {
        int place = viewModel.picked(part);
        picked.setText(
                place == Selection.NONE
                        ? Messages.text("lessons.picked.none")
                        : Messages.text(
                                "lessons.picked",
                                Messages.text("lessons.part." + part),
                                Integer.toString(place)));
    }

    /** Whether an answer can be given no more; the question can still be read. */
    void setOver(boolean over) {
        number.setEditable(!over);
        options.getToggles().forEach(toggle -> ((RadioButton) toggle).setDisable(over));
    }

    StepView.Asked asked() {
        return asked;
    }

    /** What is answered so far. */
    Answer answer() {
        return switch (asked.question()) {
            case Question.Choose _, Question.ChooseOf _ ->
                    new Answer.Chosen(
                            options.getSelectedToggle() == null
                                    ? ""
                                    : (String) options.getSelectedToggle().getUserData());
            case Question.Number _ -> new Answer.Typed(number.getText());
            case Question.Pick pick -> new Answer.Picked(viewModel.picked(pick.part()));
            case Question.Goal _ -> new Answer.Set();
        };
    }

    /** Puts the keyboard where an answer is given, if that is here. */
    boolean focusAnswer() {
        switch (asked.question()) {
            case Question.Choose _, Question.ChooseOf _ ->
                    ((RadioButton) options.getToggles().getFirst()).requestFocus();
            case Question.Number _ -> number.requestFocus();
            case Question.Pick _, Question.Goal _ -> {
                return false;
            }
        }
        return true;
    }
}
