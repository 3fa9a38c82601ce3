package io.agilelens.views.lessons;

import io.agilelens.views.Help;
import io.agilelens.views.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** One lesson in the list: what it is about, how long it takes, how far one is. */
final class LessonCard extends VBox {

    /** What a card says of the lesson's steps, as far as there is room. */
    enum Outline {
        /** Of each its title, where it is and what one does there. */
        STEPS,
        /** Their titles, below each other. */
        LIST,
        /** Their titles, one behind the other. */
        LINE,
        NONE,
        /** Not even what the lesson is about. */
        LEAST
    }

    private final Lesson lesson;
    private final Label state = new Label();
    private final Button start = new Button();
    private final VBox steps = new VBox();
    private final List<Label> kinds = new ArrayList<>();
    private final Label line = new Label();
    private final Label summary = new Label();

    LessonCard(Lesson lesson, Runnable onStart) {
        this.lesson = lesson;
        setId("lesson-" + lesson.id());
        getStyleClass().add("lesson-card");
        Label title = new Label(LessonsViewModel.title(lesson));
        title.getStyleClass().add("card-heading");
        title.setWrapText(true);
        title.setMinHeight(USE_PREF_SIZE);
        FontIcon icon = new FontIcon(Feather.valueOf(lesson.icon()));
        HBox heading = new HBox(8, icon, title);
        heading.setAlignment(Pos.CENTER_LEFT);
        summary.setText(LessonsViewModel.summary(lesson));
        summary.setWrapText(true);
        summary.setMinHeight(USE_PREF_SIZE);
        steps.getStyleClass().add("lesson-outline");
        String station = "lessons";
        for (int i = 0; i < lesson.steps().size(); i++) {
            LessonStep step = lesson.steps().get(i);
            station = step.station().orElse(station);
            Label name =
                    new Label(
                            Messages.text(
                                    "lessons.card.step",
                                    i + 1,
                                    LessonsViewModel.title(lesson, step)));
            Label kind =
                    new Label(
                            Messages.text(
                                    "lessons.card.kind",
                                    Messages.text(station + ".title"),
                                    Messages.text("lessons.card.kind." + kind(step))));
            kind.getStyleClass().addAll("small", "muted", "lesson-kind");
            for (Label each : List.of(name, kind)) {
                each.setWrapText(true);
                each.setMinHeight(USE_PREF_SIZE);
            }
            kinds.add(kind);
            steps.getChildren().add(new VBox(name, kind));
        }
        line.setText(
                lesson.steps().stream()
                        .map(step -> LessonsViewModel.title(lesson, step))
                        .collect(Collectors.joining(" · ")));
        line.getStyleClass().addAll("small", "muted");
        line.setWrapText(true);
        line.setMinHeight(USE_PREF_SIZE);
        showOutline(Outline.NONE);
        Label length =
                new Label(
                        Messages.text(
                                "lessons.card.length", lesson.steps().size(), lesson.minutes()));
        length.getStyleClass().addAll("small", "muted");
        length.setWrapText(true);
        length.setMinHeight(USE_PREF_SIZE);
        state.getStyleClass().addAll("small", "muted");
        state.setMinWidth(USE_PREF_SIZE);
        Region room = new Region();
        VBox.setVgrow(room, Priority.ALWAYS);
        start.setId("lesson-start-" + lesson.id());
        start.setMinWidth(USE_PREF_SIZE);
        Help.wrapped(start, summary.getText());
        start.setOnAction(_ -> onStart.run());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        VBox facts = new VBox(2, length, state);
        facts.setAlignment(Pos.BOTTOM_LEFT);
        HBox foot = new HBox(8, facts, gap, start);
        foot.setAlignment(Pos.BOTTOM_LEFT);
        getChildren().addAll(heading, summary, steps, line, room, foot);
    }

    /** What one does at a step. */
    private static String kind(LessonStep step) {
        return switch (step.question().orElse(null)) {
            case null -> "read";
            case Question.Choose _, Question.ChooseOf _ -> "choose";
            case Question.Number _ -> "number";
            case Question.Pick _ -> "pick";
            case Question.Goal _ -> "goal";
        };
    }

    void showOutline(Outline wanted) {
        show(steps, wanted == Outline.STEPS || wanted == Outline.LIST);
        kinds.forEach(kind -> show(kind, wanted == Outline.STEPS));
        show(line, wanted == Outline.LINE);
        show(summary, wanted != Outline.LEAST);
    }

    private static void show(Node part, boolean wanted) {
        part.setVisible(wanted);
        part.setManaged(wanted);
    }

    /** Shows how far the lesson is. */
    void show(LessonProgress.Entry entry, boolean running, boolean possible) {
        boolean all = entry.right().size() == lesson.questions();
        state.setText(
                Messages.text("lessons.card.right", entry.right().size(), lesson.questions()));
        state.setGraphic(
                entry.done() ? new FontIcon(all ? Feather.CHECK_CIRCLE : Feather.CHECK) : null);
        String key =
                running
                        ? "lessons.running"
                        : entry.isUnderWay()
                                ? "lessons.continue"
                                : entry.done() ? "lessons.again" : "lessons.start";
        start.setText(Messages.text(key));
        start.setDisable(running || !possible);
        start.getStyleClass().remove("accent");
        if (!entry.done() || entry.isUnderWay()) {
            start.getStyleClass().add("accent");
        }
        start.setAccessibleText(
                Messages.text(
                        "lessons.card.accessible",
                        LessonsViewModel.title(lesson),
                        start.getText(),
                        state.getText()));
    }
}
