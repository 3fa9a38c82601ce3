package io.agilelens.views.lessons;

import io.agilelens.views.Comparison;

/** Brings the window to where a lesson points. */
public interface LessonGuide {

    /** Goes to a station. */
    void open(String station);

    /** Has the present station show one model, or the difference. */
    void compare(Comparison comparison);

    /** Brings a tab of the present station to the front. */
    void front(String tab);

    /**
     * Marks a control or picture by its id, wherever in the window it is; takes other marks off.
     */
    void point(String id);

    /** Takes the mark off. */
    void pointNowhere();
}
