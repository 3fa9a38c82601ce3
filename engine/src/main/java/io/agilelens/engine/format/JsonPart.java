package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A JSON value that knows where it stands, so that whatever is wrong with it can be told.
 *
 * @param source what the text came from, for error lines
 * @param path dotted keys from the root, empty for the root
 * @param value missing where the key is absent
 */
public record JsonPart(String source, String path, JsonNode value) {

    /** The object at a key; an absent one reads as one without keys. */
    public JsonPart part(String key, Set<String> known) {
        JsonPart part = at(key);
        part.requireKeys(known);
        return part;
    }

    /** The value at a key of this object, there or not. */
    public JsonPart at(String key) {
        return new JsonPart(source, path.isEmpty() ? key : path + "." + key, value.path(key));
    }

    public boolean isMissing() {
        return value.isMissingNode();
    }

    /**
     * @throws UserException unless this is an object with no other keys, or missing
     */
    public void requireKeys(Set<String> known) {
        if (isMissing()) {
            return;
        }
        if (!value.isObject()) {
            throw new JsonPart(source, path.isEmpty() ? "all of it" : path, value)
                    .wrong("an object belongs there");
        }
        for (String key : value.propertyNames()) {
            if (!known.contains(key)) {
                throw new UserException(
                        "%s: unknown key %s: known here are %s"
                                .formatted(
                                        source,
                                        Printable.of(at(key).path),
                                        known.stream().sorted().collect(Collectors.joining(", "))));
            }
        }
    }

    /** The elements of a list, each standing where the list stands; none if it is missing. */
    public List<JsonPart> elements(String remedy) {
        if (isMissing()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(remedy);
        }
        return value.valueStream().map(element -> new JsonPart(source, path, element)).toList();
    }

    /** One of an enumeration's constants by its {@link #name}; empty if it is missing. */
    public <T extends Enum<T>> Optional<T> choice(String key, Class<T> type) {
        JsonPart chosen = at(key);
        if (chosen.isMissing()) {
            return Optional.empty();
        }
        for (T constant : type.getEnumConstants()) {
            if (chosen.value.isString() && name(constant).equals(chosen.value.stringValue())) {
                return Optional.of(constant);
            }
        }
        throw chosen.wrong(
                "known are "
                        + Arrays.stream(type.getEnumConstants())
                                .map(JsonPart::name)
                                .collect(Collectors.joining(", ")));
    }

    /** A whole number that an {@code int} holds; empty if it is missing. */
    public Optional<Integer> whole(String key) {
        JsonPart number = at(key);
        if (number.isMissing()) {
            return Optional.empty();
        }
        if (!number.isWhole()) {
            throw number.wrong("a whole number belongs there");
        }
        return Optional.of(number.value.intValue());
    }

    /** A number, never NaN and never infinite; empty if it is missing. */
    public Optional<Double> number(String key) {
        JsonPart number = at(key);
        if (number.isMissing()) {
            return Optional.empty();
        }
        if (!number.value.isNumber() || !Double.isFinite(number.value.doubleValue())) {
            throw number.wrong(
                    number.value.isNumber()
                            ? "one up to 1.7e308 in size belongs there"
                            : "a number belongs there");
        }
        return Optional.of(number.value.doubleValue());
    }

    /** A text; empty if it is missing. */
    public Optional<String> string(String key) {
        JsonPart text = at(key);
        if (text.isMissing()) {
            return Optional.empty();
        }
        if (!text.value.isString()) {
            throw text.wrong("a text belongs there");
        }
        return Optional.of(text.value.stringValue());
    }

    /** True or false; empty if it is missing. */
    public Optional<Boolean> flag(String key) {
        JsonPart flag = at(key);
        if (flag.isMissing()) {
            return Optional.empty();
        }
        if (!flag.value.isBoolean()) {
            throw flag.wrong("true or false belongs there");
        }
        return Optional.of(flag.value.booleanValue());
    }

    /**
     * The keys of an object that gives values to layers or channels; none if it is missing.
     *
     * @param what they are, for error lines
     */
    public List<String> numberedKeys(String what) {
        if (isMissing()) {
            return List.of();
        }
        if (!value.isObject()) {
            throw wrong("an object with %s as keys belongs there".formatted(what));
        }
        List<String> keys = new ArrayList<>(value.propertyNames());
        for (String key : keys) {
            if (!key.matches("\\d{1,9}")) {
                throw at(key).wrong("keys are %s, whole numbers from 0".formatted(what));
            }
        }
        return keys;
    }

    /** Whether it is a whole number that an {@code int} holds. */
    public boolean isWhole() {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    /**
     * The refusal of this value.
     *
     * @param remedy what would mend it
     */
    public UserException wrong(String remedy) {
        return new UserException(
                "%s: %s is %s: %s"
                        .formatted(source, path, isMissing() ? "missing" : told(), remedy));
    }

    /** As the file has it, but for a number that was too large to be kept. */
    private String told() {
        return value.isNumber() && Double.isInfinite(value.doubleValue())
                ? "a number too large to compute with"
                : Printable.of(value.toString());
    }

    /** A constant as files write it, such as {@code "lower-bits"}. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
