package io.agilelens.views.chart;

import java.util.Locale;
import java.util.regex.Pattern;
import javafx.scene.paint.Color;

/** Small words of the Scalable Vector Graphics language. */
final class Svg {
    private static final Pattern DROPPED_SPACES = Pattern.compile("^ +| +$| {2,}");
    private static final String NO_BREAK_SPACE = "\u00a0";

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

    /** A text as content of an element, with spaces that readers drop as ones that they keep. */
    static String escape(String text) {
        return DROPPED_SPACES
                .matcher(text)
                .replaceAll(spaces -> NO_BREAK_SPACE.repeat(spaces.group().length()))
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
