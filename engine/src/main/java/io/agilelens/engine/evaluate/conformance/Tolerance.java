package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The tolerances of a manifest, which are numbers or sentences such as {@code "2e-3 (near-equal
 * scores may swap)"} or {@code "exact, allow 0.05% off by one"}.
 */
final class Tolerance {
    private static final String NUMBER = "(\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)";
    private static final Pattern LEADING = Pattern.compile("^\\s*" + NUMBER);
    private static final Pattern RELATIVE = Pattern.compile("\\brel " + NUMBER);
    private static final Pattern BRACKETED = Pattern.compile("\\(" + NUMBER + "\\)");
    private static final Pattern PERCENT = Pattern.compile(NUMBER + "\\s*(?:%|percent)");

    private Tolerance() {}

    /**
     * A number, or one that a sentence begins with.
     *
     * @throws UserException if there is none
     */
    static double number(JsonNode tolerances, String key) {
        JsonNode value = tolerances.path(key);
        if (value.isNumber()) {
            return value.doubleValue();
        }
        Matcher leading = LEADING.matcher(value.asString(""));
        if (!leading.find()) {
            throw new UserException(
                    "the manifest's tolerance has no number for " + key + ": mend the manifest");
        }
        return Double.parseDouble(leading.group(1));
    }

    /** The first percentage in a sentence, as a share; 0 if there is none. */
    static double share(String sentence) {
        Matcher percent = PERCENT.matcher(sentence);
        return percent.find() ? Double.parseDouble(percent.group(1)) / 100 : 0;
    }

    /** The number after {@code "rel"} in a sentence. */
    static double relative(String sentence, double absent) {
        Matcher relative = RELATIVE.matcher(sentence);
        return relative.find() ? Double.parseDouble(relative.group(1)) : absent;
    }

    /** The first number in brackets in a sentence. */
    static double bracketed(String sentence, double absent) {
        Matcher bracketed = BRACKETED.matcher(sentence);
        return bracketed.find() ? Double.parseDouble(bracketed.group(1)) : absent;
    }
}
