package io.agilelens.engine.format.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.nio.file.Path;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * The settings of a quantized checkpoint; {@code null} counts as absent.
 *
 * @param file where they stand
 * @param place the key inside the file with a blank behind it, or nothing
 */
record Settings(Path file, String place, JsonNode values) {

    boolean has(String key) {
        JsonNode value = values.path(key);
        return !value.isMissingNode() && !value.isNull();
    }

    /** The settings under a key, which must be an object. */
    Settings inside(String key) {
        JsonNode value = values.path(key);
        if (!value.isObject()) {
            throw wrong(key, "an object belongs there");
        }
        return new Settings(file, place + key + " ", value);
    }

    String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        if (!values.get(key).isString()) {
            throw wrong(key, "a text belongs there");
        }
        return values.get(key).stringValue();
    }

    String lowerCase(String key, String absent) {
        return text(key, absent).toLowerCase(Locale.ROOT);
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (!values.get(key).isBoolean()) {
            throw wrong(key, "true or false belongs there");
        }
        return values.get(key).booleanValue();
    }

    int number(String key, int absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = values.get(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, "a whole number belongs there");
        }
        return value.intValue();
    }

    /** A group size: −1 for one group, or at least 1. */
    int groupSize(String key, int absent) {
        int size = number(key, absent);
        if (size != -1 && size < 1) {
            throw wrong(key, "it must be −1 or at least 1");
        }
        return size;
    }

    /** File and key, as messages begin. */
    String where(String key) {
        return "%s: %s%s".formatted(Printable.of(file), Printable.of(place), Printable.of(key));
    }

    /** A value that does not belong where it stands. */
    UserException wrong(String key, String what) {
        return new UserException("%s is %s: %s".formatted(where(key), printed(key), what));
    }

    /** A value that is legal but not read here. */
    UserException unknown(String key, String read) {
        return new UserException(
                "%s is %s, which is not read: %s; open the float checkpoint it was made from"
                        .formatted(where(key), printed(key), read));
    }

    private String printed(String key) {
        JsonNode value = values.path(key);
        return value.isMissingNode()
                ? "missing"
                : Printable.of(value.isString() ? value.stringValue() : value.toString());
    }
}
