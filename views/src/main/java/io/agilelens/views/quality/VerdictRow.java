package io.agilelens.views.quality;

/**
 * A line of the verdict's table.
 *
 * @param key ends the keys of the line's name and its explanation
 * @param baseline of the float model, ready to read
 * @param tuned of the recipe, ready to read
 * @param change from one to the other, ready to read; may be empty
 */
public record VerdictRow(String key, String baseline, String tuned, String change) {}
