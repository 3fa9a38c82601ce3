package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;

/**
 * A number that people turn: declared once, used by sliders, options, help and lessons.
 *
 * @param key where it stands in a recipe, such as {@code "activations.bits"}
 * @param title for a label
 * @param unit for what stands behind the number; may be empty
 * @param minimum smallest value
 * @param maximum largest value
 * @param step distance of neighbouring values
 * @param help one sentence
 */
public record Knob(
        String key,
        String title,
        String unit,
        double minimum,
        double maximum,
        double step,
        String help) {

    /**
     * @throws UserException if the value is outside the range
     */
    public void check(double value) {
        if (!(value >= minimum) || value > maximum) {
            throw new UserException(
                    "%s is %s: it must lie in %s…%s"
                            .formatted(key, plain(value), plain(minimum), plain(maximum)));
        }
    }

    private static String plain(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }
}
