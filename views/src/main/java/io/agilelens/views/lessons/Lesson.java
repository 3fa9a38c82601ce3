package io.agilelens.views.lessons;

import java.util.List;

/**
 * A lesson: steps in order.
 *
 * @param id what its words and its file are named after
 * @param minutes how long it takes, about
 * @param icon name of the icon of its card, a constant of the Feather set
 */
public record Lesson(String id, int minutes, String icon, List<LessonStep> steps) {

    public Lesson {
        steps = List.copyOf(steps);
    }

    /** How many of its steps ask something. */
    public int questions() {
        return (int) steps.stream().filter(step -> step.question().isPresent()).count();
    }
}
