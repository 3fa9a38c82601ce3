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
        check(value, "");
    }

    /**
     * As {@link #check(double)} for a group of inputs, where -1 stands for all of a row.
     *
     * @throws UserException if the value is outside the range and not -1
     */
    public void checkGroup(int value) {
        if (value != -1) {
            check(value, ", or be -1 for whole rows");
        }
    }

    private void check(double value, String orElse) {
        if (!(value >= minimum) || value > maximum) {
            throw new UserException(
                    "%s is %s: it must lie in %s…%s%s"
                            .formatted(key, plain(value), plain(minimum), plain(maximum), orElse));
        }
    }

    /** The multiple of the knob's step, within its range, that is nearest to a value. */
    public double nearest(double value) {
        // Steps such as 0.05 have no exact binary form; what is shown is what is meant.
        double rounded = Math.rint(Math.rint(value / step) * step * 1e6) / 1e6;
        return Math.clamp(rounded, minimum, maximum);
    }

    private static String plain(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }
}
