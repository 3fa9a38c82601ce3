package io.agilelens.engine.recipe;

/** How the output head is quantized. */
public enum HeadMethod {
    NONE,
    /** Round to nearest, the range symmetric around zero. */
    RTN
}
