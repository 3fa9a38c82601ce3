package io.agilelens.views;

import io.agilelens.views.chart.ChartStyle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Scene;
import javafx.scene.text.Font;
import javafx.stage.Window;

/**
 * The looks of the whole application. It is static because JavaFX's user-agent stylesheet is.
 * Pictures follow by binding to {@link #chartStyleProperty}.
 */
public final class Theme {

    /** Which colours a person chooses. */
    public enum Mode {
        LIGHT,
        DARK,
        /** As the desktop has it, followed when it changes. */
        SYSTEM
    }

    private static final String FOLDER = "/io/agilelens/resources/";
    private static final URL SHEET = url("theme/agilelens.css");
    private static final double PROJECTOR_MAGNIFICATION = 2;

    /** What a person can enlarge type and lines to. */
    private static final double[] ZOOMS = {1, 1.25, 1.5, 1.75, 2};

    private static final ReadOnlyObjectWrapper<Mode> MODE =
            new ReadOnlyObjectWrapper<>(Mode.SYSTEM);
    private static final ReadOnlyObjectWrapper<ChartStyle> CHART_STYLE =
            new ReadOnlyObjectWrapper<>(ChartStyle.LIGHT);
    private static final ReadOnlyBooleanWrapper PROJECTOR = new ReadOnlyBooleanWrapper();
    private static final ReadOnlyDoubleWrapper ZOOM = new ReadOnlyDoubleWrapper(1);
    private static final ReadOnlyDoubleWrapper MAGNIFICATION = new ReadOnlyDoubleWrapper(1);
    private static String sceneStylesheet;
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

    /** Doubles type and lines, as people at the back of a room need. */
    public static void setProjector(boolean wanted) {
        PROJECTOR.set(wanted);
        refresh();
    }

    /** For a projector or for a desk. */
    public static void toggleProjector() {
        setProjector(!PROJECTOR.get());
    }

    /** Whether type and lines are doubled, whatever the zoom. */
    public static ReadOnlyBooleanProperty projectorProperty() {
        return PROJECTOR.getReadOnlyProperty();
    }

    /** The sizes on offer, times the usual, in rising order. */
    public static List<Double> zooms() {
        return Arrays.stream(ZOOMS).boxed().toList();
    }

    /** Makes type and lines a step larger, up to twice the usual. */
    public static void enlarge() {
        setZoom(Arrays.stream(ZOOMS).filter(zoom -> zoom > ZOOM.get()).findFirst().orElse(2));
    }

    /** Makes type and lines a step smaller, down to the usual. */
    public static void reduce() {
        setZoom(Arrays.stream(ZOOMS).filter(zoom -> zoom < ZOOM.get()).max().orElse(1));
    }

    /**
     * Makes type and lines so many times the usual.
     *
     * @param zoom 1…2; what lies beyond becomes the nearest of the two
     */
    public static void setZoom(double zoom) {
        ZOOM.set(Double.isNaN(zoom) ? 1 : Math.clamp(zoom, 1, 2));
        refresh();
    }

    /** Makes type and lines as large as usual, also where a projector doubled them. */
    public static void resetZoom() {
        PROJECTOR.set(false);
        setZoom(1);
    }

    /** What a person chose; a projector's doubling comes in its place, not on top of it. */
    public static ReadOnlyDoubleProperty zoomProperty() {
        return ZOOM.getReadOnlyProperty();
    }

    /** How much larger than usual type and lines are, 1…2. */
    public static ReadOnlyDoubleProperty magnificationProperty() {
        return MAGNIFICATION.getReadOnlyProperty();
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

    /** The stylesheet that every scene adds; replaced in all windows when the zoom changes. */
    public static String sceneStylesheet() {
        if (sceneStylesheet == null) {
            sceneStylesheet = MagnifiedStylesheet.of(SHEET, MAGNIFICATION.get());
        }
        return sceneStylesheet;
    }

    /**
     * The style of pictures, known before any stylesheet is read; on the JavaFX thread.
     *
     * @param mode what will be applied
     */
    public static ChartStyle styleOf(Mode mode) {
        prepare();
        return isDark(mode) ? ChartStyle.DARK : ChartStyle.LIGHT;
    }

    private static boolean isDark(Mode mode) {
        return switch (mode) {
            case LIGHT -> false;
            case DARK -> true;
            case SYSTEM -> isDesktopDark();
        };
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
        boolean dark = isDark(MODE.get());
        MAGNIFICATION.set(PROJECTOR.get() ? PROJECTOR_MAGNIFICATION : ZOOM.get());
        Application.setUserAgentStylesheet(
                url(dark ? "theme/dark.css" : "theme/light.css").toExternalForm());
        String before = sceneStylesheet();
        sceneStylesheet = MagnifiedStylesheet.of(SHEET, MAGNIFICATION.get());
        if (!sceneStylesheet.equals(before)) {
            Window.getWindows().forEach(window -> replace(window.getScene(), before));
        }
        ChartStyle style = dark ? ChartStyle.DARK : ChartStyle.LIGHT;
        CHART_STYLE.set(style.magnified(MAGNIFICATION.get()));
    }

    private static void replace(Scene scene, String before) {
        if (scene != null) {
            UnaryOperator<String> change = sheet -> sheet.equals(before) ? sceneStylesheet : sheet;
            scene.getStylesheets().replaceAll(change);
            scene.getRoot().getStylesheets().replaceAll(change);
        }
    }

    private static URL url(String name) {
        URL url = Theme.class.getResource(FOLDER + name);
        if (url == null) {
            throw new IllegalStateException("the resources module lacks " + FOLDER + name);
        }
        return url;
    }
}
