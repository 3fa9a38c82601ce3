package io.agilelens.views.chart;

import javafx.scene.paint.Color;

/** The mark of what is kept whatever happens: a padlock, drawn with a few strokes at any size. */
public final class Padlock {
    private static final double WIDTH = 0.8;
    private static final double BODY = 0.56;
    private static final double SHACKLE = 0.5;

    private Padlock() {}

    /** How wide a padlock of a height is. */
    public static double width(double height) {
        return height * WIDTH;
    }

    /**
     * Draws one.
     *
     * @param x its left edge
     * @param y its upper edge
     */
    public static void draw(Pen pen, double x, double y, double height, Color color) {
        double width = width(height);
        double shackle = width * SHACKLE;
        double line = Math.max(1, height / 8);
        pen.fill(x, y + height * (1 - BODY), width, height * BODY, color);
        pen.frame(x + (width - shackle) / 2 - 0.5, y, shackle, height * 0.6, color, line);
    }
}
