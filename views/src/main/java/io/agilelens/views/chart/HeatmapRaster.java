package io.agilelens.views.chart;

import java.util.List;

/**
 * Turns the part of a table in sight into pixels. Where a cell is larger than a pixel it becomes a
 * sharp rectangle; where it is smaller, a pixel shows the value farthest from zero among the cells
 * it covers.
 */
final class HeatmapRaster {
    private HeatmapRaster() {}

    /**
     * @return {@code [height, width]} opaque ARGB
     */
    static int[] paint(
            HeatmapData data,
            Viewport viewport,
            int width,
            int height,
            ValueScale scale,
            ColorMap colors) {
        double cellsPerPixel = Math.min(viewport.width() / width, viewport.height() / height);
        HeatmapData level = level(data, cellsPerPixel);
        double shrinkColumns = level == data ? 1 : shrink(data, level);
        int[] columns =
                edges(viewport.left(), viewport.width(), width, shrinkColumns, level.columns());
        int[] rows = edges(viewport.top(), viewport.height(), height, shrinkColumns, level.rows());
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            int firstRow = rows[2 * y];
            int lastRow = rows[2 * y + 1];
            boolean sameAsAbove =
                    y > 0 && rows[2 * y - 2] == firstRow && rows[2 * y - 1] == lastRow;
            if (sameAsAbove) {
                System.arraycopy(pixels, (y - 1) * width, pixels, y * width, width);
            } else {
                paintRow(level, firstRow, lastRow, columns, pixels, y * width, scale, colors);
            }
        }
        return pixels;
    }

    private static void paintRow(
            HeatmapData level,
            int firstRow,
            int lastRow,
            int[] columns,
            int[] pixels,
            int offset,
            ValueScale scale,
            ColorMap colors) {
        float[] values = level.values();
        int width = level.columns();
        int previousFirst = -1;
        int previousLast = -1;
        for (int x = 0; x < columns.length / 2; x++) {
            int first = columns[2 * x];
            int last = columns[2 * x + 1];
            if (first == previousFirst && last == previousLast) {
                pixels[offset + x] = pixels[offset + x - 1];
                continue;
            }
            float farthest = Float.NaN;
            for (int row = firstRow; row <= lastRow; row++) {
                for (int i = row * width + first; i <= row * width + last; i++) {
                    farthest = HeatmapData.farther(farthest, values[i]);
                }
            }
            pixels[offset + x] = colors.argb(scale.position(farthest));
            previousFirst = first;
            previousLast = last;
        }
    }

    /** The coarsest level whose cells are still no larger than a pixel in either direction. */
    private static HeatmapData level(HeatmapData data, double cellsPerPixel) {
        if (cellsPerPixel < 2) {
            return data;
        }
        List<HeatmapData> levels = data.levels();
        int index = (int) (Math.log(cellsPerPixel) / Math.log(2));
        return levels.get(Math.min(index, levels.size() - 1));
    }

    private static double shrink(HeatmapData data, HeatmapData level) {
        return 1 << data.levels().indexOf(level);
    }

    /** First and last cell under each pixel, {@code [pixels, 2]}. */
    private static int[] edges(double start, double length, int pixels, double shrink, int cells) {
        int[] edges = new int[2 * pixels];
        for (int i = 0; i < pixels; i++) {
            double from = (start + length * i / pixels) / shrink;
            double to = (start + length * (i + 1) / pixels) / shrink;
            int first = Math.clamp((long) Math.floor(from), 0, cells - 1);
            int last = Math.clamp((long) Math.ceil(to) - 1, first, cells - 1);
            if (length / pixels < 1) {
                // Larger than a pixel: the cell under the pixel's middle, so that edges are sharp.
                first = Math.clamp((long) Math.floor((from + to) / 2), 0, cells - 1);
                last = first;
            }
            edges[2 * i] = first;
            edges[2 * i + 1] = last;
        }
        return edges;
    }
}
