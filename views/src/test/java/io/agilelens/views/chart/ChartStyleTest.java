package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.paint.Color;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChartStyleTest {

    static List<ChartStyle> styles() {
        return List.of(ChartStyle.LIGHT, ChartStyle.DARK);
    }

    @ParameterizedTest
    @MethodSource("styles")
    void everythingThatIsReadStandsOutFromTheBackground(ChartStyle style) {
        List<Color> inks = new ArrayList<>(List.of(style.text(), style.muted(), style.selection()));
        for (Ink ink : Ink.values()) {
            inks.add(ink.color(style));
        }
        for (Color ink : inks) {
            double contrast = contrast(ink, style.background());
            assertTrue(contrast >= 4.5, ink + " has a contrast of only " + contrast);
        }
    }

    @ParameterizedTest
    @MethodSource("styles")
    void aProjectorDoublesTypeAndLines(ChartStyle style) {
        ChartStyle large = style.magnified(2);
        assertEquals(2 * style.labelSize(), large.labelSize());
        assertEquals(2 * style.lineWidth(), large.lineWidth());
        assertEquals(style.tuned(), large.tuned());
    }

    /** Contrast ratio of the Web Content Accessibility Guidelines 2.1. */
    private static double contrast(Color a, Color b) {
        double lighter = Math.max(luminance(a), luminance(b));
        double darker = Math.min(luminance(a), luminance(b));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(Color color) {
        return 0.2126 * linear(color.getRed())
                + 0.7152 * linear(color.getGreen())
                + 0.0722 * linear(color.getBlue());
    }

    private static double linear(double c) {
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
