package io.agilelens.views.chart;

import java.util.Locale;
import javafx.scene.paint.Color;

/** Small words of the Scalable Vector Graphics language. */
final class Svg {
    private Svg() {}

    static String document(double width, double height, String body) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns='http://www.w3.org/2000/svg'"
                                + " xmlns:xlink='http://www.w3.org/1999/xlink' width='%1$.0f'"
                                + " height='%2$.0f' viewBox='0 0 %1$.0f %2$.0f' font-family='%3$s,"
                                + " sans-serif'>%n",
                        width,
                        height,
                        ChartStyle.FONT_FAMILY)
                + body
                + "</svg>\n";
    }

    /**
     * A colour as two attributes, because SVG 1.1 knows no colour with opacity.
     *
     * @param attribute {@code fill} or {@code stroke}
     */
    static String paint(String attribute, Color color) {
        return String.format(
                Locale.ROOT,
                "%1$s='#%2$02x%3$02x%4$02x' %1$s-opacity='%5$.3f'",
                attribute,
                Math.round(color.getRed() * 255),
                Math.round(color.getGreen() * 255),
                Math.round(color.getBlue() * 255),
                color.getOpacity());
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
