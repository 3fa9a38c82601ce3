package io.agilelens.views.lessons;

import io.agilelens.views.Messages;
import io.agilelens.views.StationPane;
import io.agilelens.views.Theme;
import io.agilelens.views.workbench.Workbench;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** The station with all lessons. The one that runs stands beside the recipe. */
public final class LessonsView extends StackPane {
    private final LessonsViewModel viewModel;
    private final Map<Lesson, LessonCard> cards = new LinkedHashMap<>();
    private final DoubleProperty magnification = new SimpleDoubleProperty(this, "magnification");

    /** How high the cards are with each outline, as far as it was measured at this width. */
    private final Map<LessonCard.Outline, Double> heights = new EnumMap<>(LessonCard.Outline.class);

    private double measuredWidth;

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
        CardGrid grid = new CardGrid(List.copyOf(cards.values()));
        ScrollPane scroll = new ScrollPane(grid);
        scroll.widthProperty().subscribe(_ -> outline(grid, scroll));
        scroll.heightProperty().subscribe(_ -> outline(grid, scroll));
        // Bound, not subscribed: looks outlive a window and must not hold it.
        magnification.bind(Theme.magnificationProperty());
        magnification.addListener(
                _ -> {
                    heights.clear();
                    outline(grid, scroll);
                });
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

    /** Says as much of the steps as leaves all lessons in sight. */
    private void outline(CardGrid grid, ScrollPane scroll) {
        if (scroll.getHeight() <= 0) {
            return; // its width comes first, and nothing would fit
        }
        if (scroll.getWidth() != measuredWidth) {
            measuredWidth = scroll.getWidth();
            heights.clear();
        }
        for (LessonCard.Outline outline : LessonCard.Outline.values()) {
            double height = heights.computeIfAbsent(outline, each -> height(grid, each));
            if (height <= scroll.getHeight() || outline == LessonCard.Outline.LEAST) {
                showOutline(outline);
                return;
            }
        }
    }

    /** How high all cards are with an outline; what was hidden has no looks yet, and so no size. */
    private double height(CardGrid grid, LessonCard.Outline outline) {
        showOutline(outline);
        grid.applyCss();
        return grid.prefHeight(measuredWidth);
    }

    private void showOutline(LessonCard.Outline outline) {
        cards.values().forEach(card -> card.showOutline(outline));
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
