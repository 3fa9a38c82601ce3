package io.agilelens.views.chart;

import java.util.Locale;
import javafx.scene.paint.Color;

/** Small words of the Scalable Vector Graphics language. */
final class Svg {
    private Svg() {}

    static String document(double width, double height, String body) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns='http://www.w3.org/2000/svg' width='%1$.0f' height='%2$.0f'"
                                + " viewBox='0 0 %1$.0f %2$.0f' font-family='%3$s, sans-serif'>%n",
                        width,
                        height,
                        ChartStyle.FONT_FAMILY)
                + body
                + "</svg>\n";
    }

    static String color(Color color) {
        return String.format(
                Locale.ROOT,
                "rgba(%d,%d,%d,%.3f)",
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
