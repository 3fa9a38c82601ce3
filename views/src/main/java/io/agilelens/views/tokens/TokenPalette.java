package io.agilelens.views.tokens;

import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.ColorMap;
import io.agilelens.views.chart.ValueScale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javafx.scene.paint.Color;

/** The colours of a text's tokens and the legend that explains them. */
final class TokenPalette {
    /** A few tokens are so surprising that they would leave all others pale. */
    private static final double LARGEST_SHARE = 0.98;

    private static final double TINT = 0.28;

    /**
     * How one token is drawn.
     *
     * @param chip behind the text, or null for nothing
     * @param text of the letters
     * @param line below the text, or null for none
     */
    record Mark(Color chip, Color text, Color line) {}

    /**
     * A colour and what it stands for.
     *
     * @param locked whether it is a padlock rather than a field of the colour
     */
    record Entry(Color color, String words, boolean locked) {}

    /**
     * Colours along a scale.
     *
     * @param title what is measured, with its unit
     */
    record Gradient(ColorMap colors, ValueScale scale, String title) {}

    private final TokenTable table;
    private final TokenColoring coloring;
    private final ChartStyle style;
    private final Gradient gradient;

    TokenPalette(TokenTable table, TokenColoring coloring, ChartStyle style) {
        this.table = table;
        this.coloring = coloring;
        this.style = style;
        this.gradient = coloring == TokenColoring.REMOVAL ? null : gradient();
    }

    private Gradient gradient() {
        String title = Messages.text("tokens.legend." + coloring);
        String unit = Messages.text("tokens.nats");
        if (coloring == TokenColoring.DIFFERENCE) {
            double reach = largest(TokenColoring.DIFFERENCE);
            ColorMap colors = ColorMap.diverging(style.dark());
            return new Gradient(colors, ValueScale.symmetric(reach, unit), title);
        }
        // Both models share one scale, so that switching between them compares.
        double top = Math.max(largest(TokenColoring.BASELINE), largest(TokenColoring.TUNED));
        ColorMap colors = ColorMap.sequential(style.dark());
        return new Gradient(colors, ValueScale.linear(0, top, unit), title);
    }

    private double largest(TokenColoring of) {
        double[] sizes = new double[table.count()];
        int known = 0;
        for (int t = 0; t < table.count(); t++) {
            float loss = table.loss(t, of);
            if (Float.isFinite(loss)) {
                sizes[known++] = Math.abs(loss);
            }
        }
        if (known == 0) {
            return 1;
        }
        Arrays.sort(sizes, 0, known);
        return sizes[(int) ((known - 1) * LARGEST_SHARE)];
    }

    /** How a token is drawn. */
    Mark mark(int token) {
        if (coloring == TokenColoring.REMOVAL) {
            int layer = table.fate(token);
            if (layer < 0) {
                return new Mark(null, style.text(), null);
            }
            Color color = removalColor(layer);
            Color text = table.removal()[token] < 0 ? style.text() : style.muted();
            return new Mark(style.background().interpolate(color, TINT), text, color);
        }
        float loss = table.loss(token, coloring);
        if (!Float.isFinite(loss)) {
            return new Mark(null, style.muted(), null);
        }
        Color chip = color(gradient.colors().argb(gradient.scale().position(loss)));
        return new Mark(chip, readableOn(chip), null);
    }

    /** Earlier layers have stronger colours: their tokens went first. */
    private Color removalColor(int layer) {
        List<Integer> layers = table.pruningLayers();
        double share = (layers.indexOf(layer) + 1.0) / (layers.size() + 1.0);
        ColorMap colors = ColorMap.sequential(style.dark());
        return color(colors.argb(0.95 - 0.7 * share));
    }

    /** What each colour stands for, as far as {@link #scale} does not say it, and the padlock. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        if (coloring == TokenColoring.REMOVAL) {
            for (PruningTrace.Step step : table.trace().steps()) {
                boolean marks = step.marked() > 0;
                String words =
                        Messages.text(
                                marks ? "tokens.legend.marked" : "tokens.legend.left",
                                Integer.toString(step.layer()),
                                Integer.toString(marks ? step.marked() : step.removed()));
                entries.add(new Entry(removalColor(step.layer()), words, false));
            }
            int last = table.trace().layers() - 1;
            String stayed =
                    table.marks()
                            ? Messages.text(
                                    "tokens.legend.unmarked",
                                    Integer.toString(table.unmarked(last)))
                            : Messages.text(
                                    "tokens.legend.stayed", Integer.toString(table.survivors()));
            entries.add(new Entry(style.text(), stayed, false));
        }
        if (!table.protectedTokens().isEmpty()) {
            entries.add(new Entry(style.text(), Messages.text("tokens.protected"), true));
        }
        return entries;
    }

    /** The scale of colours; empty where {@link #entries} explains them. */
    Optional<Gradient> scale() {
        return Optional.ofNullable(gradient);
    }

    /** Black or white, whichever has the greater contrast (WCAG 2 relative luminance). */
    private static Color readableOn(Color chip) {
        double luminance =
                0.2126 * linear(chip.getRed())
                        + 0.7152 * linear(chip.getGreen())
                        + 0.0722 * linear(chip.getBlue());
        return luminance > 0.179 ? Color.BLACK : Color.WHITE;
    }

    private static double linear(double component) {
        return component <= 0.04045
                ? component / 12.92
                : Math.pow((component + 0.055) / 1.055, 2.4);
    }

    private static Color color(int argb) {
        return Color.rgb(argb >> 16 & 0xFF, argb >> 8 & 0xFF, argb & 0xFF);
    }
}
