package io.agilelens.views.tokens;

/** What the colour of a token in the text tells. */
public enum TokenColoring {
    /** The layer at which it was pruned. */
    REMOVAL,
    /** How badly the float model predicted it. */
    BASELINE,
    /** How badly the tuned model predicted it. */
    TUNED,
    /** How much worse the tuned model predicted it than the float model. */
    DIFFERENCE
}
