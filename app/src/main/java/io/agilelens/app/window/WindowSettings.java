package io.agilelens.app.window;

import io.agilelens.views.Motion;
import io.agilelens.views.Theme;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;

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

    /** What is not there or means nothing is as usual. */
    static WindowSettings of(Properties kept) {
        return new WindowSettings(
                constant(Theme.Mode.values(), kept.getProperty("theme"), USUAL.theme),
                number(kept.getProperty("zoom"), 1, 2, USUAL.zoom),
                Boolean.parseBoolean(kept.getProperty("projector")),
                constant(Motion.Mode.values(), kept.getProperty("motion"), USUAL.motion),
                (int) number(kept.getProperty("threads"), 0, MOST_THREADS, USUAL.threads));
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

    private static <E extends Enum<E>> E constant(E[] values, String name, E otherwise) {
        return Arrays.stream(values)
                .filter(value -> value.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(otherwise);
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
