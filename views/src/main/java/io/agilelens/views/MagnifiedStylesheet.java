package io.agilelens.views;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A stylesheet with all type, icons and what is sized for them enlarged. Margins stay as they are,
 * so that larger type finds its place in the same window.
 */
final class MagnifiedStylesheet {
    private static final Pattern SIZE =
            Pattern.compile(
                    "(-fx-(?:font-size|icon-size|(?:tab-)?(?:min|pref|max)-(?:width|height)"
                            + "|border-width)):\\s*([0-9.]+)(px)?;");

    private MagnifiedStylesheet() {}

    /**
     * @param factor at least 1
     * @return where JavaFX finds the result
     */
    static String of(URL stylesheet, double factor) {
        if (factor == 1) {
            return stylesheet.toExternalForm();
        }
        byte[] magnified = magnify(read(stylesheet), factor).getBytes(StandardCharsets.UTF_8);
        return "data:text/css;charset=UTF-8;base64,"
                + Base64.getEncoder().encodeToString(magnified);
    }

    static String magnify(String rules, double factor) {
        return SIZE.matcher(rules)
                .replaceAll(
                        found ->
                                "%s: %s%s;"
                                        .formatted(
                                                found.group(1),
                                                scaled(found.group(2), factor),
                                                found.group(3) == null ? "" : found.group(3)));
    }

    private static String scaled(String number, double factor) {
        return String.format(Locale.ROOT, "%.2f", Double.parseDouble(number) * factor);
    }

    private static String read(URL stylesheet) {
        try (InputStream in = stylesheet.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
