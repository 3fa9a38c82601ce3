package io.agilelens.views.chart;

import javafx.scene.paint.Color;

/** Draws one picture on the screen or into a file, in pixels from the upper left corner. */
public interface Pen {

    /** Which side of a text its point lies on. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void line(double x1, double y1, double x2, double y2, Color color, double width);

    void fill(double x, double y, double width, double height, Color color);

    void frame(double x, double y, double width, double height, Color color, double lineWidth);

    /** Writes with the middle of its height at y. */
    void text(String text, double x, double y, Anchor anchor, double size, Color color);

    /** Writes upwards, centred on the point. */
    void textUpwards(String text, double x, double y, double size, Color color);

    /** Pixels without smoothing, {@code [height, width]} opaque ARGB, stretched over an area. */
    void image(int[] argb, int pixelWidth, int pixelHeight, double x, double y, double w, double h);

    /** How wide a text would be. */
    double textWidth(String text, double size);

    /** The text, cut with an ellipsis so that it is no wider than given. */
    default String fit(String text, double size, double width) {
        if (textWidth(text, size) <= width) {
            return text;
        }
        int end = text.length() - 1;
        while (end > 1 && textWidth(text.substring(0, end) + "…", size) > width) {
            end--;
        }
        return text.substring(0, Math.max(end, 1)) + "…";
    }
}
