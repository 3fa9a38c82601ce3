package io.agilelens.views.lessons;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The step of the lesson that runs, beside the stations that it points at. */
public final class LessonPlayer extends VBox {
    private final LessonsViewModel viewModel;
    private final Label lesson = new Label();
    private final Label place = new Label();
    private final ProgressBar course = new ProgressBar();
    private final Label title = new Label();
    private final Label text = new Label();
    private final Label waitingText = new Label();
    private final ProgressBar waitingBar = new ProgressBar();
    private final VBox waiting = new VBox(4, waitingText, waitingBar);
    private final Button help = new Button();
    private final VBox answerRoom = new VBox();
    private final Label feedbackKind = new Label();
    private final Label feedbackText = new Label();
    private final VBox feedback = new VBox(2, feedbackKind, feedbackText);
    private final VBox body = new VBox();
    private final ScrollPane scroll = new ScrollPane(body);
    private final Button toQuestion = new Button(null, new FontIcon(Feather.ARROW_DOWN));
    private final StackPane reading = new StackPane(scroll, toQuestion);
    private final HBox foot = new HBox();
    private final Button back = button("back", "lessons.back");
    private final Button hint = button("hint", "lessons.hint");
    private final Button check = button("check", "lessons.check");
    private final Button next = button("next", "lessons.next");
    private QuestionPane question;
    private StepView shown;

    public LessonPlayer(LessonsViewModel viewModel) {
        this.viewModel = viewModel;
        setId("lesson-player");
        getStyleClass().add("lesson-player");
        buildBody();
        buildWayToQuestion();
        buildFoot();
        getChildren().addAll(head(), course, reading, foot);
        VBox.setVgrow(reading, Priority.ALWAYS);
        viewModel.viewProperty().subscribe(view -> view.ifPresent(this::show));
        // The step that one comes back to from the end is the one that was shown before it.
        viewModel
                .endProperty()
                .subscribe(
                        end ->
                                end.ifPresentOrElse(
                                        this::show,
                                        () ->
                                                viewModel
                                                        .viewProperty()
                                                        .get()
                                                        .ifPresent(this::show)));
        viewModel
                .placeProperty()
                .addListener(
                        _ -> {
                            if (question != null) {
                                question.followSelection();
                            }
                        });
    }

    private static Button button(String id, String key) {
        Button button = new Button(Messages.text(key));
        button.setId("lesson-" + id);
        button.setMinWidth(USE_PREF_SIZE);
        return button;
    }

    private Node head() {
        lesson.getStyleClass().addAll("small", "muted");
        lesson.setId("lesson-name");
        lesson.setWrapText(true);
        lesson.setMinWidth(0);
        lesson.setMinHeight(USE_PREF_SIZE);
        lesson.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(lesson, Priority.ALWAYS);
        place.setId("lesson-place");
        place.getStyleClass().addAll("small", "muted");
        place.setMinWidth(USE_PREF_SIZE);
        Button leave = new Button(null, new FontIcon(Feather.X));
        leave.setId("lesson-leave");
        leave.getStyleClass().addAll("flat", "icon-button");
        leave.setAccessibleText(Messages.text("lessons.leave"));
        Help.on(leave, Messages.text("lessons.leave"));
        leave.setOnAction(_ -> viewModel.leave());
        HBox head = new HBox(8, lesson, place, leave);
        head.setAlignment(Pos.CENTER_LEFT);
        return head;
    }

    private void buildBody() {
        course.setMaxWidth(Double.MAX_VALUE);
        course.getStyleClass().add("lesson-course");
        title.setId("lesson-title");
        title.getStyleClass().add("heading");
        text.setId("lesson-text");
        waitingText.setId("lesson-waiting");
        waitingText.getStyleClass().addAll("small", "muted");
        waitingBar.setMaxWidth(Double.MAX_VALUE);
        help.setId("lesson-help");
        help.setOnAction(_ -> viewModel.help());
        feedback.setId("lesson-feedback");
        feedbackKind.getStyleClass().add("card-heading");
        feedbackText.setId("lesson-feedback-text");
        for (Label label : List.of(title, text, waitingText, feedbackText)) {
            label.setWrapText(true);
            label.setMinHeight(USE_PREF_SIZE);
        }
        body.getStyleClass().add("lesson-body");
        body.getChildren().addAll(title, text, waiting, help, answerRoom, feedback);
        for (Node part : List.of(waiting, help, answerRoom, feedback)) {
            part.managedProperty().bind(part.visibleProperty());
        }
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().addAll("edge-to-edge", "lesson-scroll");
    }

    /** Large type or a low window may leave no room for the question below the text. */
    private void buildWayToQuestion() {
        toQuestion.setId("lesson-to-question");
        toQuestion.getStyleClass().add("lesson-to-question");
        toQuestion.setMaxWidth(Double.MAX_VALUE);
        toQuestion.setWrapText(true);
        toQuestion
                .maxHeightProperty()
                .bind(
                        Bindings.createDoubleBinding(
                                this::wayHeight,
                                reading.widthProperty(),
                                reading.heightProperty(),
                                toQuestion.textProperty(),
                                toQuestion.fontProperty()));
        toQuestion.setMinHeight(0);
        StackPane.setAlignment(toQuestion, Pos.BOTTOM_LEFT);
        toQuestion.setOnAction(_ -> showQuestion());
        toQuestion
                .visibleProperty()
                .bind(
                        Bindings.createBooleanBinding(
                                this::isQuestionBelow,
                                scroll.vvalueProperty(),
                                scroll.viewportBoundsProperty(),
                                body.heightProperty(),
                                answerRoom.visibleProperty(),
                                answerRoom.layoutYProperty(),
                                toQuestion.heightProperty()));
    }

    /** The whole question, as long as half of what is read stays in sight. */
    private double wayHeight() {
        return Math.min(toQuestion.prefHeight(reading.getWidth()), reading.getHeight() / 2);
    }

    /** Whether less of the question is in sight than the way to it says. */
    private boolean isQuestionBelow() {
        double end = scroll.getVvalue() * hiddenHeight() + scroll.getViewportBounds().getHeight();
        return answerRoom.isVisible() && answerRoom.getLayoutY() + toQuestion.getHeight() > end;
    }

    /** How much of the step is above or below what is in sight. */
    private double hiddenHeight() {
        return Math.max(0, body.getHeight() - scroll.getViewportBounds().getHeight());
    }

    private void showQuestion() {
        scroll.setVvalue(Math.min(1, answerRoom.getLayoutY() / hiddenHeight()));
        question.focusAnswer();
    }

    private void buildFoot() {
        foot.getStyleClass().add("lesson-foot");
        Help.on(back, Messages.text("lessons.back.help"));
        Help.on(hint, Messages.text("lessons.hint.help"));
        Help.on(next, Messages.text("lessons.next.help"));
        back.setOnAction(_ -> viewModel.back());
        hint.setOnAction(_ -> viewModel.hint());
        check.setOnAction(_ -> check());
        next.setOnAction(_ -> viewModel.next());
        for (Node part : List.of(hint, check)) {
            part.managedProperty().bind(part.visibleProperty());
        }
    }

    private void check() {
        if (question != null) {
            viewModel.check(question.answer());
        }
    }

    private void show(StepView view) {
        boolean sameStep =
                shown != null && shown.lesson() == view.lesson() && shown.index() == view.index();
        boolean waited = shown != null && shown.waiting().isPresent();
        boolean sameFeedback = shown != null && shown.feedback().equals(view.feedback());
        shown = view;
        int steps = view.lesson().steps().size();
        lesson.setText(LessonsViewModel.title(view.lesson()));
        place.setText(Messages.text("lessons.place", view.index() + 1, steps));
        String where = Messages.text("lessons.place.accessible", view.index() + 1, steps);
        place.setAccessibleText(where);
        course.setProgress((view.index() + 1.0) / steps);
        course.setAccessibleText(where);
        title.setText(view.title());
        text.setText(view.text());
        waiting.setVisible(view.waiting().isPresent());
        view.waiting()
                .ifPresent(
                        what -> {
                            waitingText.setText(what.text());
                            waitingBar.setVisible(view.verb().isEmpty());
                            waitingBar.setManaged(view.verb().isEmpty());
                            waitingBar.setProgress(what.fraction());
                        });
        help.setVisible(view.verb().isPresent());
        help.setText(view.verb().orElse(""));
        showQuestion(view, sameStep);
        showFeedback(view.feedback());
        showFoot(view);
        if (!sameStep) {
            scroll.setVvalue(0);
            focusStep();
        } else if (waited && view.waiting().isEmpty() && isKeyboardHere()) {
            focusStep();
        } else if (!sameFeedback && view.feedback().isPresent()) {
            showEnd();
        }
    }

    private void showQuestion(StepView view, boolean sameStep) {
        if (!sameStep) {
            question = null;
        }
        Optional<StepView.Asked> asked = view.asked();
        if (asked.isPresent() && (question == null || !question.asked().equals(asked.get()))) {
            question = new QuestionPane(asked.get(), viewModel, this::check);
            answerRoom.getChildren().setAll(question);
            toQuestion.setText(asked.get().text());
            Help.wrapped(toQuestion, asked.get().text());
        }
        answerRoom.setVisible(asked.isPresent());
        boolean over = view.feedback().filter(StepView.Feedback::isEnd).isPresent();
        if (question != null) {
            question.setOver(over);
        }
    }

    private void showFeedback(Optional<StepView.Feedback> given) {
        feedback.setVisible(given.isPresent());
        if (given.isEmpty()) {
            return;
        }
        StepView.Feedback.Kind kind = given.get().kind();
        feedback.getStyleClass().setAll("lesson-feedback", "lesson-" + kind);
        feedbackKind.setText(Messages.text("lessons.feedback." + kind));
        feedbackKind.setGraphic(
                new FontIcon(
                        switch (kind) {
                            case RIGHT -> Feather.CHECK_CIRCLE;
                            case WRONG -> Feather.ROTATE_CCW;
                            case HINT -> Feather.HELP_CIRCLE;
                            case EXPLANATION -> Feather.BOOK_OPEN;
                        }));
        feedbackText.setText(given.get().text());
        feedback.setAccessibleText(feedbackKind.getText() + ": " + feedbackText.getText());
    }

    private void showFoot(StepView view) {
        boolean open =
                view.asked().isPresent()
                        && view.feedback().filter(StepView.Feedback::isEnd).isEmpty();
        boolean failed =
                view.feedback()
                        .filter(said -> said.kind() == StepView.Feedback.Kind.WRONG)
                        .isPresent();
        back.setText(Messages.text("lessons.back"));
        back.setDisable(view.index() == 0);
        hint.setVisible(open);
        hint.setText(Messages.text(failed ? "lessons.answer" : "lessons.hint"));
        check.setVisible(open);
        next.setText(Messages.text(view.isLast() ? "lessons.finish" : "lessons.next"));
        accent(check, open);
        accent(next, !open && view.waiting().isEmpty());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        foot.getChildren().setAll(back, hint, gap, check, next);
    }

    private static void accent(Button button, boolean wanted) {
        button.getStyleClass().remove("accent");
        if (wanted) {
            button.getStyleClass().add("accent");
        }
    }

    /** The end of a lesson in the same place as its steps. */
    private void show(LessonEnd end) {
        shown = null;
        question = null;
        lesson.setText(LessonsViewModel.title(end.lesson()));
        place.setText("");
        title.setText(LessonsViewModel.title(end.lesson()));
        String told =
                end.done()
                        ? Messages.text("lessons.end.done", end.right(), end.lesson().questions())
                        : Messages.text("lessons.end.left");
        text.setText(end.changed() ? told + " " + Messages.text("lessons.end.changed") : told);
        for (Node part : List.of(waiting, help, answerRoom, feedback)) {
            part.setVisible(false);
        }
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        if (end.changed()) {
            Button keep = button("keep", "lessons.end.keep");
            keep.setOnAction(_ -> viewModel.finish(false));
            Button restore = button("restore", "lessons.end.restore");
            restore.getStyleClass().add("accent");
            restore.setOnAction(_ -> viewModel.finish(true));
            foot.getChildren().setAll(gap, keep, restore);
            restore.requestFocus();
        } else {
            Button close = button("close", "lessons.end.close");
            close.getStyleClass().add("accent");
            close.setOnAction(_ -> viewModel.finish(false));
            foot.getChildren().setAll(gap, close);
            close.requestFocus();
        }
    }

    /** Puts the keyboard where the step goes on: nowhere that Enter would pass a question by. */
    private void focusStep() {
        if (shown.waiting().isPresent()) {
            scroll.requestFocus();
        } else if (question == null) {
            next.requestFocus();
        } else if (!question.focusAnswer()) {
            check.requestFocus();
        }
    }

    /** Whether the keyboard is in the player, rather than at a lever or picture that is in use. */
    private boolean isKeyboardHere() {
        Node focused = getScene() == null ? null : getScene().getFocusOwner();
        while (focused != null && focused != this) {
            focused = focused.getParent();
        }
        return focused == this;
    }

    /** Brings what was said to the answer into sight. */
    private void showEnd() {
        applyCss();
        layout();
        scroll.setVvalue(1);
        if (next.getStyleClass().contains("accent")) {
            next.requestFocus();
        }
    }
}
