package io.agilelens.views.tokens;

import io.agilelens.views.Figures;
import io.agilelens.views.chart.ChartStyle;
import io.agilelens.views.chart.Csv;
import io.agilelens.views.chart.Padlock;
import io.agilelens.views.chart.Pen;
import io.agilelens.views.chart.SvgPen;
import io.agilelens.views.chart.ValueScale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.paint.Color;

/**
 * A text of tokens as it is drawn. Immutable, so a file of it is made on any thread.
 *
 * @param layout where the tokens go, below the legend
 * @param palette what their colours are
 * @param grown how many times as large as usual letters are
 * @param selected the marked token, or −1
 */
record TokenPicture(
        TokenTable table,
        TokenLayout layout,
        TokenPalette palette,
        ChartStyle style,
        double grown,
        int selected) {
    static final double MARGIN = 4;

    private static final double LEGEND_BAR_WIDTH = 140;
    private static final double LEGEND_BAR_HEIGHT = 10;
    private static final double LETTERS = 13;

    static double letterSize(ChartStyle style, double grown) {
        return LETTERS * style.magnification() * grown;
    }

    static double lineHeight(ChartStyle style, double grown) {
        return Math.round(letterSize(style, grown) * 1.75);
    }

    /** Room for the legend. */
    static double top(ChartStyle style) {
        return Math.round(style.labelSize() * 2.4);
    }

    /** Room for the mark in front of a token. */
    static double lead(TokenTable table, int token, ChartStyle style, double grown) {
        return table.isProtected(token) ? Padlock.width(lockHeight(style, grown)) + 5 : 0;
    }

    /** Room left and right of the letters. */
    static double inset(ChartStyle style, double grown) {
        return 0.75 * style.magnification() * grown;
    }

    private static double lockHeight(ChartStyle style, double grown) {
        return letterSize(style, grown) * 0.75;
    }

    /** Height of all lines, without the legend. */
    double height() {
        return layout.lines() * lineHeight(style, grown) + 2 * MARGIN;
    }

    /** Draws the lines that a height shows, scrolled down by an offset. */
    void drawTokens(Pen on, double offset, double height) {
        double lineHeight = lineHeight(style, grown);
        double top = top(style);
        for (int i = 0; i < table.count(); i++) {
            TokenLayout.Place place = layout.places().get(i);
            double y = top + MARGIN + place.line() * lineHeight - offset;
            if (y + lineHeight < top) {
                continue;
            }
            if (y > height) {
                break;
            }
            drawToken(on, i, MARGIN + place.x(), y, place);
        }
    }

    private void drawToken(Pen on, int token, double x, double y, TokenLayout.Place place) {
        TokenPalette.Mark mark = palette.mark(token);
        double chipHeight = lineHeight(style, grown) - 3;
        if (mark.chip() != null) {
            on.fill(x, y, place.width(), chipHeight, mark.chip());
        }
        if (mark.line() != null) {
            double thickness = 2 * style.magnification();
            on.fill(x, y + chipHeight - thickness, place.width(), thickness, mark.line());
        }
        double lead = lead(table, token, style, grown);
        if (lead > 0) {
            double lock = lockHeight(style, grown);
            Padlock.draw(on, x + 2, y + (chipHeight - lock) / 2, lock, mark.text());
        }
        on.text(
                place.text(),
                x + lead + inset(style, grown),
                y + chipHeight / 2,
                Pen.Anchor.START,
                letterSize(style, grown),
                mark.text());
        if (token == selected) {
            Color color = style.selection();
            on.frame(x - 1, y - 1, place.width() + 1, chipHeight + 1, color, 2);
        }
    }

    void drawLegend(Pen on) {
        double size = style.labelSize();
        double middle = top(style) / 2;
        double x = MARGIN;
        for (TokenPalette.Entry entry : palette.entries()) {
            if (entry.locked()) {
                Padlock.draw(on, x + 1, middle - size / 2, size, entry.color());
            } else {
                on.fill(x, middle - size / 2, size, size, entry.color());
            }
            on.text(entry.words(), x + size + 4, middle, Pen.Anchor.START, size, style.text());
            x += size + 4 + on.textWidth(entry.words(), size) + 14;
        }
        if (palette.scale().isPresent()) {
            drawGradient(on, palette.scale().get(), x, middle, size);
        }
    }

    private void drawGradient(
            Pen on, TokenPalette.Gradient gradient, double x, double middle, double size) {
        on.text(gradient.title(), x, middle, Pen.Anchor.START, size, style.muted());
        double left = x + on.textWidth(gradient.title(), size) + 16;
        double width = LEGEND_BAR_WIDTH * style.magnification();
        int steps = (int) width;
        int[] colors = new int[steps];
        for (int i = 0; i < steps; i++) {
            colors[i] = gradient.colors().argb((i + 0.5) / steps);
        }
        ValueScale scale = gradient.scale();
        String least = (scale.minimum() < 0 ? "≤ " : "") + Figures.number(scale.minimum());
        String most = "≥ " + Figures.number(scale.maximum());
        left += on.textWidth(least, size);
        on.text(least, left - 4, middle, Pen.Anchor.END, size, style.text());
        on.image(colors, steps, 1, left, middle - LEGEND_BAR_HEIGHT / 2, width, LEGEND_BAR_HEIGHT);
        on.text(most, left + width + 4, middle, Pen.Anchor.START, size, style.text());
    }

    /** The whole text with its legend, not only what is in sight. */
    String svg(double width, Pen ruler) {
        double height = top(style) + height();
        SvgPen svg = new SvgPen(width, height, ruler);
        svg.fill(0, 0, width, height, style.background());
        drawLegend(svg);
        drawTokens(svg, 0, height);
        return svg.document();
    }

    /** A line a token. */
    void write(Csv csv) throws IOException {
        csv.line(
                List.of(
                        "position",
                        "token",
                        "removal layer",
                        "layer of fewer bits",
                        "score",
                        "rank",
                        "threshold",
                        "baseline loss, nats",
                        "tuned loss, nats",
                        "protected"));
        for (int t = 0; t < table.count(); t++) {
            List<Judgement> judgements = table.judgements(t);
            List<Object> fields = new ArrayList<>();
            fields.add(t);
            fields.add(table.tokens().get(t));
            fields.add(table.removal()[t] < 0 ? "" : table.removal()[t]);
            fields.add(table.mark()[t] < 0 ? "" : table.mark()[t]);
            if (judgements.isEmpty()) {
                fields.addAll(List.of("", "", ""));
            } else {
                Judgement last = judgements.getLast();
                fields.addAll(List.of(last.score(), last.rank(), last.threshold()));
            }
            fields.add(known(table.baselineLoss()[t]));
            fields.add(known(table.tunedLoss()[t]));
            fields.add(table.isProtected(t));
            csv.line(fields);
        }
    }

    private static Object known(float loss) {
        return Float.isNaN(loss) ? "" : loss;
    }
}
