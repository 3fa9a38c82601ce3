package io.agilelens.views.lessons;

import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What lessons say, from the bundle in {@code resources}. A place such as {@code {step}} is filled
 * with the fact of that name.
 */
final class LessonWords {
    /** Stands in a text where the model has no such fact. */
    private static final String UNKNOWN = "…";

    static final Pattern PLACE = Pattern.compile("\\{([a-z0-9.]+)}");

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.?!]) ");

    private static final ResourceBundle BUNDLE =
            ResourceBundle.getBundle("io.agilelens.resources.lessons.words", Locale.getDefault());

    private LessonWords() {}

    /**
     * The text of a key, filled.
     *
     * @throws java.util.MissingResourceException if the bundle lacks the key
     */
    static String text(String key, Facts facts) {
        return fill(BUNDLE.getString(key), facts);
    }

    /** The sentences of a text that name nothing unknown. */
    static String known(String key, Facts facts) {
        return SENTENCE_END
                .splitAsStream(BUNDLE.getString(key))
                .filter(
                        sentence ->
                                PLACE.matcher(sentence)
                                        .results()
                                        .allMatch(place -> facts.find(place.group(1)).isPresent()))
                .map(sentence -> fill(sentence, facts))
                .collect(Collectors.joining(" "));
    }

    /** The same; empty if the bundle lacks the key. */
    static Optional<String> find(String key, Facts facts) {
        return BUNDLE.containsKey(key) ? Optional.of(text(key, facts)) : Optional.empty();
    }

    /** All keys that there are words for. */
    static ResourceBundle bundle() {
        return BUNDLE;
    }

    private static String fill(String pattern, Facts facts) {
        String filled =
                PLACE.matcher(pattern)
                        .replaceAll(
                                place ->
                                        Matcher.quoteReplacement(
                                                facts.find(place.group(1))
                                                        .map(Fact::shown)
                                                        .orElse(UNKNOWN)));
        // A number and its unit stay on one line.
        return filled.replace(" %", "\u00a0%").replace(" = ", "\u00a0= ");
    }
}
