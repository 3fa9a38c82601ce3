package io.agilelens.views.chart;

import java.util.List;
import javafx.scene.paint.Color;

/**
 * The looks that every picture shares. Text and lines have a contrast of at least 4.5:1 against the
 * background; {@code baseline} and {@code tuned} mean the same in every picture.
 *
 * @param dark whether the background is dark
 * @param background behind everything
 * @param text axis labels and numbers
 * @param muted axis titles
 * @param grid grid lines, deliberately faint
 * @param baseline the model as it came
 * @param tuned the model under the recipe
 * @param trouble something is wrong
 * @param selection what is selected
 * @param series colours for further things to tell apart, in a fixed order
 * @param magnification 1, or 2 on a projector: type and line weight
 */
public record ChartStyle(
        boolean dark,
        Color background,
        Color text,
        Color muted,
        Color grid,
        Color baseline,
        Color tuned,
        Color trouble,
        Color selection,
        List<Color> series,
        double magnification) {

    /** The family of all text; it is bundled, and its figures are all as wide as each other. */
    public static final String FONT_FAMILY = "Roboto";

    /** On a light background. */
    public static final ChartStyle LIGHT =
            new ChartStyle(
                    false,
                    Color.web("#ffffff"),
                    Color.web("#24292f"),
                    Color.web("#57606a"),
                    Color.web("#e3e7eb"),
                    Color.web("#0069a8"),
                    Color.web("#b35900"),
                    Color.web("#cf222e"),
                    Color.web("#d6006c"),
                    List.of(
                            Color.web("#57606a"),
                            Color.web("#0069a8"),
                            Color.web("#00735c"),
                            Color.web("#b35900"),
                            Color.web("#8a3fa0"),
                            Color.web("#7a6a00")),
                    1);

    /** On a dark background. */
    public static final ChartStyle DARK =
            new ChartStyle(
                    true,
                    Color.web("#12161c"),
                    Color.web("#d4dae1"),
                    Color.web("#9aa4af"),
                    Color.web("#272e37"),
                    Color.web("#56b4e9"),
                    Color.web("#f0a020"),
                    Color.web("#ff7b72"),
                    Color.web("#ff6ac1"),
                    List.of(
                            Color.web("#aab4be"),
                            Color.web("#56b4e9"),
                            Color.web("#2fbf9a"),
                            Color.web("#f0a020"),
                            Color.web("#cc8fdc"),
                            Color.web("#d9cb4a")),
                    1);

    public ChartStyle {
        series = List.copyOf(series);
    }

    /** The same looks with larger type and heavier lines. */
    public ChartStyle magnified(double factor) {
        return new ChartStyle(
                dark,
                background,
                text,
                muted,
                grid,
                baseline,
                tuned,
                trouble,
                selection,
                series,
                factor);
    }

    /** Height of axis labels and numbers, in pixels. */
    public double labelSize() {
        return 11 * magnification;
    }

    /** Height of axis titles, in pixels. */
    public double titleSize() {
        return 12 * magnification;
    }

    /** Height that a picture needs for its axes and something between them, in pixels. */
    public double leastHeight() {
        return 80 + 160 * (magnification - 1);
    }

    /** Width of a curve, in pixels. */
    public double lineWidth() {
        return 1.75 * magnification;
    }
}
