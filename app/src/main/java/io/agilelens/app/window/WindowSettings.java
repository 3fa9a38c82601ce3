package io.agilelens.app.window;

import io.agilelens.views.Messages;
import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What a person chose for the window, in every session.
 *
 * @param theme light, dark or as the desktop
 * @param zoom size of type and lines, 1…2
 * @param projector whether both are doubled
 * @param motion whether things fade and slide
 * @param threads that compute from the next start on; 0 for one each processor
 */
record WindowSettings(
        Theme.Mode theme, double zoom, boolean projector, Motion.Mode motion, int threads) {
    private static final int MOST_THREADS = 4096;

    static final WindowSettings USUAL =
            new WindowSettings(Theme.Mode.SYSTEM, 1, false, Motion.Mode.SYSTEM, 0);

    /**
     * What is not there or means nothing is as usual.
     *
     * @param refuse hears of each value that means nothing: its key, the value, what belongs there
     */
    static WindowSettings of(Properties kept, Refusals refuse) {
        return new WindowSettings(
                constant(Theme.Mode.values(), kept, "theme", USUAL.theme, refuse),
                number(kept, "zoom", 1, 2, USUAL.zoom, refuse),
                Boolean.parseBoolean(kept.getProperty("projector")),
                constant(Motion.Mode.values(), kept, "motion", USUAL.motion, refuse),
                (int) number(kept, "threads", 0, MOST_THREADS, USUAL.threads, refuse));
    }

    /** Hears of values that mean nothing. */
    @FunctionalInterface
    interface Refusals {
        void refuse(String key, String value, String remedy);
    }

    private static double number(
            Properties kept,
            String key,
            double least,
            double most,
            double usual,
            Refusals refusals) {
        String text = kept.getProperty(key);
        double number = number(text, least, most, Double.NaN);
        if (!Double.isNaN(number)) {
            return number;
        }
        if (text != null) {
            refusals.refuse(
                    key,
                    text,
                    Messages.text(
                            "settings.refused.range",
                            Integer.toString((int) least),
                            Integer.toString((int) most)));
        }
        return usual;
    }

    Properties toProperties() {
        Properties kept = new Properties();
        kept.setProperty("theme", theme.name().toLowerCase(Locale.ROOT));
        kept.setProperty("zoom", Double.toString(zoom));
        kept.setProperty("projector", Boolean.toString(projector));
        kept.setProperty("motion", motion.name().toLowerCase(Locale.ROOT));
        kept.setProperty("threads", Integer.toString(threads));
        return kept;
    }

    /** What is in force now; on the JavaFX thread. */
    static WindowSettings inForce(int threads) {
        return new WindowSettings(
                Theme.modeProperty().get(),
                Theme.zoomProperty().get(),
                Theme.projectorProperty().get(),
                Motion.modeProperty().get(),
                threads);
    }

    /** Puts it in force, but for the threads; on the JavaFX thread. */
    void apply() {
        Theme.apply(theme);
        Theme.setZoom(zoom);
        Theme.setProjector(projector);
        Motion.apply(motion);
    }

    private static <E extends Enum<E>> E constant(
            E[] values, Properties kept, String key, E usual, Refusals refusals) {
        String name = kept.getProperty(key);
        for (E value : values) {
            if (value.name().equalsIgnoreCase(name)) {
                return value;
            }
        }
        if (name != null) {
            String known =
                    Arrays.stream(values)
                            .map(value -> value.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
            refusals.refuse(key, name, Messages.text("settings.refused.known", known));
        }
        return usual;
    }

    static double number(String text, double least, double most, double otherwise) {
        try {
            double number = text == null ? otherwise : Double.parseDouble(text);
            return number >= least && number <= most ? number : otherwise;
        } catch (NumberFormatException meaningless) {
            return otherwise;
        }
    }
}
