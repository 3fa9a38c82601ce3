package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HeatmapRasterTest {
    private static final ColorMap COLORS = ColorMap.SEQUENTIAL_DARK;

    @Test
    void anOutlierAmongMillionsIsSeenAtEverySize() {
        Random random = new Random(3);
        int rows = 700;
        int columns = 1531;
        for (int trial = 0; trial < 6; trial++) {
            float[] values = new float[rows * columns];
            values[random.nextInt(values.length)] = 50;
            HeatmapData data = data(rows, columns, values);
            ValueScale scale = ValueScale.linear(0, 50, "");
            for (int size : new int[] {1, 7, 64, 333, 900}) {
                int[] pixels =
                        HeatmapRaster.paint(
                                data, Viewport.whole(data), size, size / 2 + 1, scale, COLORS);
                assertTrue(contains(pixels, COLORS.argb(1)), "lost at " + size + " pixels");
            }
        }
    }

    @Test
    void aLargeNegativeValueOutlivesSmallPositiveOnes() {
        float[] values = new float[64 * 64];
        java.util.Arrays.fill(values, 1);
        values[1234] = -9;
        HeatmapData data = data(64, 64, values);
        HeatmapData coarsest = data.levels().getLast();
        assertEquals(1, coarsest.rows() * coarsest.columns());
        assertEquals(-9, coarsest.value(0, 0));
    }

    @Test
    void cellsLargerThanAPixelAreSharpRectangles() {
        HeatmapData data = data(2, 3, new float[] {0, 1, 2, 3, 4, 5});
        ValueScale scale = ValueScale.linear(0, 5, "");
        int[] pixels = HeatmapRaster.paint(data, Viewport.whole(data), 30, 20, scale, COLORS);
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 30; x++) {
                int expected = COLORS.argb(scale.position(data.value(y / 10, x / 10)));
                assertEquals(expected, pixels[y * 30 + x], x + ", " + y);
            }
        }
    }

    @Test
    void missingValuesHaveTheirOwnColourAndHideNothing() {
        HeatmapData data = data(1, 2, new float[] {Float.NaN, 3});
        ValueScale scale = ValueScale.linear(0, 3, "");
        int[] two = HeatmapRaster.paint(data, Viewport.whole(data), 2, 1, scale, COLORS);
        assertEquals(COLORS.missing(), two[0]);
        int[] one = HeatmapRaster.paint(data, Viewport.whole(data), 1, 1, scale, COLORS);
        assertEquals(COLORS.argb(1), one[0]);
    }

    @Test
    void zoomKeepsThePointUnderThePointerAndNeverLeavesTheTable() {
        HeatmapData data = data(100, 1000, new float[100_000]);
        Viewport viewport = Viewport.whole(data);
        Viewport closer = viewport.zoom(4, 250, 25, 10, 10, data);
        assertEquals(250, closer.width(), 1e-9);
        assertEquals(0.25, (250 - closer.left()) / closer.width(), 1e-9);
        assertEquals(0.25, (25 - closer.top()) / closer.height(), 1e-9);
        assertEquals(viewport, closer.zoom(0.001, 999, 99, 10, 10, data));
        assertEquals(750, closer.pan(1e9, 0, data).left(), 1e-9);
        assertEquals(0, closer.pan(-1e9, -1e9, data).top(), 1e-9);
        Viewport revealed = closer.reveal(99, 999, data);
        assertEquals(1000, revealed.left() + revealed.width(), 1e-9);
        assertEquals(100, revealed.top() + revealed.height(), 1e-9);
    }

    private static HeatmapData data(int rows, int columns, float[] values) {
        return HeatmapData.adopt(
                rows,
                columns,
                values,
                HeatmapData.Labels.numbered("max |x|", "", "layer", "channel"));
    }

    private static boolean contains(int[] pixels, int wanted) {
        for (int pixel : pixels) {
            if (pixel == wanted) {
                return true;
            }
        }
        return false;
    }
}
