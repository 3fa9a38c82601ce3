package io.agilelens.views.chart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Locale;
import javafx.scene.paint.Color;

/**
 * Draws into a Scalable Vector Graphics 1.1 document. Lines and text stay lines and text; a table's
 * cells are embedded as one PNG, because a million rectangles would help nobody.
 */
public final class SvgPen implements Pen {
    private final StringBuilder body = new StringBuilder();
    private final double width;
    private final double height;
    private final Pen ruler;

    /**
     * @param ruler measures text
     */
    public SvgPen(double width, double height, Pen ruler) {
        this.width = width;
        this.height = height;
        this.ruler = ruler;
    }

    /** The whole document. */
    public String document() {
        return Svg.document(width, height, body.toString());
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Color color, double lineWidth) {
        add(
                "<line x1='%.2f' y1='%.2f' x2='%.2f' y2='%.2f' %s stroke-width='%.2f'/>%n",
                x1, y1, x2, y2, Svg.paint("stroke", color), lineWidth);
    }

    @Override
    public void fill(double x, double y, double w, double h, Color color) {
        add(
                "<rect x='%.2f' y='%.2f' width='%.2f' height='%.2f' %s/>%n",
                x, y, w, h, Svg.paint("fill", color));
    }

    @Override
    public void frame(double x, double y, double w, double h, Color color, double lineWidth) {
        add(
                "<rect x='%.2f' y='%.2f' width='%.2f' height='%.2f' fill='none' %s"
                        + " stroke-width='%.2f'/>%n",
                x, y, w, h, Svg.paint("stroke", color), lineWidth);
    }

    @Override
    public void text(String text, double x, double y, Anchor anchor, double size, Color color) {
        String side =
                switch (anchor) {
                    case START -> "start";
                    case MIDDLE -> "middle";
                    case END -> "end";
                };
        // Not every viewer knows dominant-baseline, so the baseline is lowered by hand.
        add(
                "<text x='%.2f' y='%.2f' font-size='%.1f' text-anchor='%s' %s>%s</text>%n",
                x, y + size * 0.36, size, side, Svg.paint("fill", color), Svg.escape(text));
    }

    @Override
    public void textUpwards(String text, double x, double y, double size, Color color) {
        add("<g transform='translate(%.2f %.2f) rotate(-90)'>%n", x, y);
        text(text, 0, 0, Anchor.MIDDLE, size, color);
        add("</g>%n");
    }

    @Override
    public void image(
            int[] argb, int pixelWidth, int pixelHeight, double x, double y, double w, double h) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            Export.writePng(argb, pixelWidth, pixelHeight, png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Sharp cells: the attribute for readers of SVG 1.1, the style for browsers.
        add(
                "<image x='%.2f' y='%.2f' width='%.2f' height='%.2f' preserveAspectRatio='none'"
                        + " image-rendering='optimizeSpeed' style='image-rendering:pixelated'"
                        + " xlink:href='data:image/png;base64,%s'/>%n",
                x, y, w, h, Base64.getEncoder().encodeToString(png.toByteArray()));
    }

    @Override
    public double textWidth(String text, double size) {
        return ruler.textWidth(text, size);
    }

    private void add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values));
    }
}
