package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A JSON value of a recipe that knows where it stands, so that whatever is wrong with it can be
 * told.
 *
 * @param source what the text came from
 * @param path dotted keys from the root, empty for the root
 * @param value missing where the key is absent
 */
record RecipeNode(String source, String path, JsonNode value) {

    /** The object at a key; an absent one reads as one without keys. */
    RecipeNode part(String key, Set<String> known) {
        RecipeNode part = at(key);
        part.requireKeys(known);
        return part;
    }

    RecipeNode at(String key) {
        return new RecipeNode(source, path.isEmpty() ? key : path + "." + key, value.path(key));
    }

    boolean isMissing() {
        return value.isMissingNode();
    }

    /**
     * @throws UserException unless this is an object with no other keys, or missing
     */
    void requireKeys(Set<String> known) {
        if (isMissing()) {
            return;
        }
        if (!value.isObject()) {
            throw new RecipeNode(source, path.isEmpty() ? "the recipe" : path, value)
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
    List<RecipeNode> elements(String remedy) {
        if (isMissing()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(remedy);
        }
        return value.valueStream().map(element -> new RecipeNode(source, path, element)).toList();
    }

    <T extends Enum<T>> Optional<T> choice(String key, Class<T> type) {
        RecipeNode chosen = at(key);
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
                                .map(RecipeNode::name)
                                .collect(Collectors.joining(", ")));
    }

    Optional<Integer> whole(String key) {
        RecipeNode number = at(key);
        if (number.isMissing()) {
            return Optional.empty();
        }
        if (!number.isWhole()) {
            throw number.wrong("a whole number belongs there");
        }
        return Optional.of(number.value.intValue());
    }

    Optional<Double> number(String key) {
        RecipeNode number = at(key);
        if (number.isMissing()) {
            return Optional.empty();
        }
        if (!number.value.isNumber()) {
            throw number.wrong("a number belongs there");
        }
        return Optional.of(number.value.doubleValue());
    }

    Optional<Boolean> flag(String key) {
        RecipeNode flag = at(key);
        if (flag.isMissing()) {
            return Optional.empty();
        }
        if (!flag.value.isBoolean()) {
            throw flag.wrong("true or false belongs there");
        }
        return Optional.of(flag.value.booleanValue());
    }

    /** The layers at a key; none if it is missing. */
    SortedSet<Integer> layers(String key) {
        SortedSet<Integer> layers = new TreeSet<>();
        for (RecipeNode layer : at(key).elements("a list of layers, from 0, belongs there")) {
            if (!layer.isWhole() || layer.value.intValue() < 0) {
                throw layer.wrong("layers are whole numbers from 0");
            }
            layers.add(layer.value.intValue());
        }
        return layers;
    }

    /**
     * The keys of an object that gives values to layers or channels; none if it is missing.
     *
     * @param what they are, for error lines
     */
    List<String> numberedKeys(String what) {
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

    /** The exponents at a key. */
    Optional<SortedSet<Integer>> exponents(String key) {
        RecipeNode list = at(key);
        if (list.isMissing()) {
            return Optional.empty();
        }
        int largest = (int) Knobs.MAX_EXPONENT.maximum();
        SortedSet<Integer> exponents = new TreeSet<>();
        for (RecipeNode exponent : list.elements("a list of exponents belongs there")) {
            if (!exponent.isWhole()
                    || exponent.value.intValue() < 0
                    || exponent.value.intValue() > largest) {
                throw exponent.wrong("exponents are whole numbers in 0…" + largest);
            }
            exponents.add(exponent.value.intValue());
        }
        return Optional.of(exponents);
    }

    private boolean isWhole() {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    UserException wrong(String remedy) {
        return new UserException(
                "%s: %s is %s: %s"
                        .formatted(
                                source,
                                path,
                                isMissing() ? "missing" : Printable.of(value.toString()),
                                remedy));
    }

    /** A constant as recipes write it, such as {@code "lower-bits"}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
