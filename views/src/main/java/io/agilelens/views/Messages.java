package io.agilelens.views;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/** Every word the window shows, by key, from the bundle in {@code resources}. */
public final class Messages {
    private static final ResourceBundle BUNDLE =
            ResourceBundle.getBundle("io.agilelens.resources.messages", Locale.getDefault());

    private Messages() {}

    /**
     * The text of a key with its places {@code {0}}, {@code {1}} … filled.
     *
     * @throws java.util.MissingResourceException if the bundle lacks the key
     */
    public static String text(String key, Object... values) {
        String pattern = BUNDLE.getString(key);
        return values.length == 0 ? pattern : MessageFormat.format(pattern, values);
    }
}
