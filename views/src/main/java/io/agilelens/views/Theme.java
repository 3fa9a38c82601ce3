package io.agilelens.views;

import io.agilelens.views.chart.ChartStyle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.List;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.text.Font;

/**
 * The looks of the whole application. It is static because JavaFX's user-agent stylesheet is.
 * Pictures follow by binding to {@link #chartStyleProperty}.
 */
public final class Theme {

    /** What a person chooses. */
    public enum Mode {
        LIGHT,
        DARK,
        /** As the desktop has it, followed when it changes. */
        SYSTEM
    }

    private static final String FOLDER = "/io/agilelens/resources/";
    private static final double PROJECTOR_MAGNIFICATION = 2;
    private static final ReadOnlyObjectWrapper<Mode> MODE =
            new ReadOnlyObjectWrapper<>(Mode.SYSTEM);
    private static final ReadOnlyObjectWrapper<ChartStyle> CHART_STYLE =
            new ReadOnlyObjectWrapper<>(ChartStyle.LIGHT);
    private static boolean projector;
    private static boolean prepared;

    private Theme() {}

    /** Changes every window and picture at once; on the JavaFX thread. */
    public static void apply(Mode mode) {
        prepare();
        MODE.set(mode);
        refresh();
    }

    /** Light becomes dark and dark light. */
    public static void toggle() {
        apply(isDark() ? Mode.LIGHT : Mode.DARK);
    }

    /** Doubles the type and the lines of pictures. */
    public static void setProjector(boolean wanted) {
        projector = wanted;
        refresh();
    }

    public static boolean isProjector() {
        return projector;
    }

    public static boolean isDark() {
        return CHART_STYLE.get().dark();
    }

    public static ReadOnlyObjectProperty<Mode> modeProperty() {
        return MODE.getReadOnlyProperty();
    }

    /** The colours and type of pictures; bind to it weakly, as bindings do. */
    public static ReadOnlyObjectProperty<ChartStyle> chartStyleProperty() {
        return CHART_STYLE.getReadOnlyProperty();
    }

    /**
     * Draws pictures in another style than the window's, which does not change; on the JavaFX
     * thread.
     */
    public static void drawWith(ChartStyle style, Runnable drawing) {
        ChartStyle own = CHART_STYLE.get();
        CHART_STYLE.set(style);
        try {
            drawing.run();
        } finally {
            CHART_STYLE.set(own);
        }
    }

    /** The stylesheet that every scene adds. */
    public static String sceneStylesheet() {
        return url("theme/agilelens.css").toExternalForm();
    }

    /**
     * The style of pictures that suits the desktop, known before any stylesheet is read; on the
     * JavaFX thread.
     */
    public static ChartStyle desktopStyle() {
        prepare();
        return isDesktopDark() ? ChartStyle.DARK : ChartStyle.LIGHT;
    }

    private static boolean isDesktopDark() {
        return Platform.getPreferences().getColorScheme() == ColorScheme.DARK;
    }

    private static void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        for (String face : List.of("Regular", "Medium", "Bold")) {
            try (InputStream in = url("fonts/Roboto-" + face + ".ttf").openStream()) {
                Font.loadFont(in, 12);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Platform.getPreferences().colorSchemeProperty().addListener(scheme -> refresh());
    }

    private static void refresh() {
        boolean dark =
                switch (MODE.get()) {
                    case LIGHT -> false;
                    case DARK -> true;
                    case SYSTEM -> isDesktopDark();
                };
        Application.setUserAgentStylesheet(
                url(dark ? "theme/dark.css" : "theme/light.css").toExternalForm());
        ChartStyle style = dark ? ChartStyle.DARK : ChartStyle.LIGHT;
        CHART_STYLE.set(style.magnified(projector ? PROJECTOR_MAGNIFICATION : 1));
    }

    private static URL url(String name) {
        URL url = Theme.class.getResource(FOLDER + name);
        if (url == null) {
            throw new IllegalStateException("the resources module lacks " + FOLDER + name);
        }
        return url;
    }
}
