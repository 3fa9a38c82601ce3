package io.agilelens.views;

/** Which of two models a picture shows. */
public enum Comparison {
    /** The model as it came. */
    BASELINE,
    /** The model under the recipe. */
    TUNED,
    /** Tuned less baseline. */
    DIFFERENCE
}
