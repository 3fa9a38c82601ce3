package io.agilelens.views.lessons;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a number as people write it: {@code 0,067}, {@code 1/15}, {@code 2^-3}, {@code 4.2 %}. */
final class TypedNumber {
    private static final String NUMBER = "[+-]?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)(?:[eE][+-]?\\d+)?";
    private static final Pattern WRITTEN =
            Pattern.compile(
                    "[×x]?\\s*(" + NUMBER + ")\\s*(?:([/^])\\s*(" + NUMBER + "))?\\s*\\D{0,12}");

    private TypedNumber() {}

    /** The number; empty if it is none. A unit behind it is passed over. */
    static OptionalDouble parse(String text) {
        Matcher written = WRITTEN.matcher(text.strip().replace('−', '-'));
        if (!written.matches()) {
            return OptionalDouble.empty();
        }
        double value = number(written.group(1));
        if (written.group(2) != null) {
            double second = number(written.group(3));
            value = written.group(2).equals("/") ? value / second : Math.pow(value, second);
        }
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static double number(String digits) {
        return Double.parseDouble(digits.replace(',', '.'));
    }
}
