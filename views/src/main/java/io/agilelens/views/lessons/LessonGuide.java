package io.agilelens.views.lessons;

import io.agilelens.views.Comparison;
import java.util.Map;

/** Brings the window to where a lesson points. */
public interface LessonGuide {

    /** A lesson begins: what stations show from now on does not depend on the one before. */
    void begin();

    /** Goes to a station. */
    void open(String station);

    /** Has the present station show one model, or the difference. */
    void compare(Comparison comparison);

    /** Brings a tab of the present station to the front. */
    void front(String tab);

    /** Types numbers into fields of the present station, by their ids. */
    void fill(Map<String, String> numbers);

    /**
     * Marks a control or picture by its id, wherever in the window it is; takes other marks off.
     */
    void point(String id);

    /** Takes the mark off, and forgets what else the step before asked for. */
    void pointNowhere();
}
