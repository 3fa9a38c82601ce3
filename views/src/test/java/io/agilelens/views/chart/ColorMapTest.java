package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ColorMapTest {

    @Test
    void sequentialMapsRunEvenlyFromTheBackgroundToItsOpposite() {
        assertMonotone(ColorMap.SEQUENTIAL_DARK.toTable(), 0, ColorMap.SIZE - 1, 1);
        assertMonotone(ColorMap.SEQUENTIAL_LIGHT.toTable(), 0, ColorMap.SIZE - 1, -1);
    }

    @Test
    void divergingMapsAreNeutralInTheMiddleAndLeaveItBothWays() {
        int middle = ColorMap.SIZE / 2;
        assertMonotone(ColorMap.DIVERGING_LIGHT.toTable(), 0, middle, 1);
        assertMonotone(ColorMap.DIVERGING_LIGHT.toTable(), middle, ColorMap.SIZE - 1, -1);
        assertMonotone(ColorMap.DIVERGING_DARK.toTable(), 0, middle, -1);
        assertMonotone(ColorMap.DIVERGING_DARK.toTable(), middle, ColorMap.SIZE - 1, 1);
        assertEquals(0xFFF7F7F7, ColorMap.DIVERGING_LIGHT.argb(0.5) | 0x010101);
    }

    @Test
    void endsAreThePublishedControlPoints() {
        assertEquals(0xFF440154, ColorMap.SEQUENTIAL_DARK.argb(0));
        assertEquals(0xFFFDE725, ColorMap.SEQUENTIAL_DARK.argb(1));
    }

    @Test
    void positionsBeyondTheEndsClampAndMissingValuesHaveTheirOwnColour() {
        ColorMap map = ColorMap.SEQUENTIAL_LIGHT;
        assertEquals(map.argb(0), map.argb(-3));
        assertEquals(map.argb(1), map.argb(17));
        assertEquals(map.missing(), map.argb(Double.NaN));
    }

    /** Lightness may waver by a rounding of eight-bit colours, but no more. */
    private static void assertMonotone(int[] table, int from, int to, int direction) {
        for (int i = from + 1; i <= to; i++) {
            double step = ColorMap.lightness(table[i]) - ColorMap.lightness(table[i - 1]);
            assertTrue(step * direction > -0.006, "lightness turns back at " + i);
        }
        double whole = ColorMap.lightness(table[to]) - ColorMap.lightness(table[from]);
        assertTrue(whole * direction > 0.5, "too little contrast: " + whole);
    }
}
