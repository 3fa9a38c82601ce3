package io.agilelens.views.chart;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
import javafx.scene.paint.Color;

/** The charts' colours, fonts and lines in the words of the toolkit that JFreeChart speaks. */
final class Awt {
    private static final Font FACE = load();

    private Awt() {}

    static java.awt.Color color(Color color) {
        return color(color, color.getOpacity());
    }

    static java.awt.Color color(Color color, double opacity) {
        return new java.awt.Color(
                (float) color.getRed(),
                (float) color.getGreen(),
                (float) color.getBlue(),
                (float) opacity);
    }

    static Font font(double size) {
        return FACE.deriveFont((float) Math.round(size));
    }

    static BasicStroke line(double width) {
        return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    static BasicStroke dashes(double width) {
        float[] pattern = {(float) (4 * width), (float) (3 * width)};
        return new BasicStroke(
                (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, pattern, 0);
    }

    private static Font load() {
        String name = "/io/agilelens/resources/fonts/Roboto-Regular.ttf";
        try (InputStream in = Awt.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resources module lacks " + name);
            }
            return Font.createFont(Font.TRUETYPE_FONT, in);
        } catch (IOException | FontFormatException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }
}
