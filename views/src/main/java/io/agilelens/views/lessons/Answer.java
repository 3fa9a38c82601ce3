package io.agilelens.views.lessons;

/** What a person answers. */
public sealed interface Answer {

    /** An option was chosen. */
    record Chosen(String option) implements Answer {}

    /** A number was typed. */
    record Typed(String text) implements Answer {}

    /** Something was selected in a view; {@link io.agilelens.views.Selection#NONE} if nothing. */
    record Picked(int place) implements Answer {}

    /** The levers stand as they should. */
    record Set() implements Answer {}
}
