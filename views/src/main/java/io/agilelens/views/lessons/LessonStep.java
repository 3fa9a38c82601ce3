package io.agilelens.views.lessons;

import io.agilelens.views.Comparison;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a lesson.
 *
 * @param id what its words are named after
 * @param station that it opens; empty to stay where one is
 * @param compare which model the station's pictures show
 * @param tab id of a tab that it brings to the front
 * @param point id of the control or picture that it marks
 * @param select parts of the selection, such as {@code layer}, and the facts that they are set to
 * @param fill fields of the station by id, and the facts that are typed into them
 * @param levers settings of the recipe by key, as they are in force at this step; what earlier
 *     steps set stays in force
 * @param needs what must be known before the step can be worked on
 * @param about the fact that must be {@code yes} for the step to have its subject; the words {@code
 *     without} stand for its text otherwise
 * @param offer what the step can do where the model lacks its subject
 * @param keep facts that later steps look back at, by the name they get
 * @param question empty for a step that only tells
 */
public record LessonStep(
        String id,
        Optional<String> station,
        Optional<Comparison> compare,
        Optional<String> tab,
        Optional<String> point,
        Map<SelectionPart, String> select,
        Map<String, String> fill,
        Map<String, String> levers,
        List<Need> needs,
        Optional<String> about,
        Optional<Offer> offer,
        Map<String, String> keep,
        Optional<Question> question) {

    public LessonStep {
        select = Map.copyOf(select);
        fill = Map.copyOf(fill);
        needs = List.copyOf(needs);
        keep = Map.copyOf(keep);
    }

    /** What a lesson's button can do about what a model lacks. */
    public enum Offer {
        /** Plants outliers in it. */
        PLANT
    }
}
