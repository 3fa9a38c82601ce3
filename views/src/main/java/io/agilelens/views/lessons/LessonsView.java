package io.agilelens.views.lessons;

import io.agilelens.views.Messages;
import io.agilelens.views.StationPane;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.Workbench;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The station with all lessons. The one that runs stands beside the recipe. */
public final class LessonsView extends StackPane {
    /** Square pixels at usual type. */
    private static final double ROOM_FOR_STEPS = 1_200_000;

    private final LessonsViewModel viewModel;
    private final Map<Lesson, LessonCard> cards = new LinkedHashMap<>();

    public LessonsView(Workbench workbench, LessonsViewModel viewModel) {
        this.viewModel = viewModel;
        setId("lessons");
        for (Lesson lesson : viewModel.lessons()) {
            cards.put(lesson, new LessonCard(lesson, () -> viewModel.start(lesson)));
        }
        Label sentence = new Label();
        sentence.getStyleClass().add("muted");
        sentence.setWrapText(true);
        sentence.setMinHeight(USE_PREF_SIZE);
        ScrollPane scroll = new ScrollPane(new CardGrid(List.copyOf(cards.values())));
        scroll.widthProperty().subscribe(_ -> outline(scroll));
        scroll.heightProperty().subscribe(_ -> outline(scroll));
        scroll.setFitToWidth(true);
        scroll.setFitToHeight(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.getStyleClass().addAll("edge-to-edge", "lesson-list");
        VBox.setVgrow(scroll, Priority.ALWAYS);
        getChildren()
                .add(
                        new StationPane(
                                Messages.text("lessons.title"), new VBox(12, sentence, scroll)));
        setMinSize(0, 0);
        workbench
                .modelProperty()
                .subscribe(
                        model -> {
                            sentence.setText(
                                    Messages.text(
                                            model.isPresent()
                                                    ? "lessons.sentence"
                                                    : "lessons.empty"));
                            show();
                        });
        viewModel.progressProperty().subscribe(this::show);
        viewModel.viewProperty().subscribe(this::show);
    }

    /** Says what the steps are where that leaves all lessons in sight. */
    private void outline(ScrollPane scroll) {
        double magnification = Theme.magnificationProperty().get();
        double room = scroll.getWidth() * scroll.getHeight() / (magnification * magnification);
        cards.values().forEach(card -> card.showOutline(room >= ROOM_FOR_STEPS));
    }

    private void show() {
        Optional<Lesson> running = viewModel.viewProperty().get().map(StepView::lesson);
        cards.forEach(
                (lesson, card) ->
                        card.show(
                                viewModel.progressProperty().get().of(lesson),
                                running.filter(lesson::equals).isPresent(),
                                viewModel.isModelOpen()));
    }
}
