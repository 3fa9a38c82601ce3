package io.agilelens.views.chart;

/**
 * The part of a table that is in sight, in cells: column {@code left} to {@code left + width}, row
 * {@code top} to {@code top + height}.
 */
record Viewport(double left, double top, double width, double height) {

    static Viewport whole(HeatmapData data) {
        return new Viewport(0, 0, data.columns(), data.rows());
    }

    /**
     * Shows less (factor above 1) or more (below 1) about a point that stays where it is.
     *
     * @param x the point, column
     * @param y the point, row
     * @param leastWidth how few columns may fill the view
     * @param leastHeight how few rows may fill the view
     */
    Viewport zoom(
            double factor,
            double x,
            double y,
            double leastWidth,
            double leastHeight,
            HeatmapData data) {
        double newWidth = Math.clamp(width / factor, leastWidth, data.columns());
        double newHeight = Math.clamp(height / factor, leastHeight, data.rows());
        double newLeft = x - (x - left) * newWidth / width;
        double newTop = y - (y - top) * newHeight / height;
        return new Viewport(newLeft, newTop, newWidth, newHeight).within(data);
    }

    /** Moves by so many columns and rows, never beyond the table. */
    Viewport pan(double columns, double rows, HeatmapData data) {
        return new Viewport(left + columns, top + rows, width, height).within(data);
    }

    /** Moves just as far as brings a cell into sight. */
    Viewport reveal(int row, int column, HeatmapData data) {
        double newLeft = left;
        if (column >= 0) {
            newLeft = Math.min(Math.max(left, column + 1 - width), column);
        }
        double newTop = top;
        if (row >= 0) {
            newTop = Math.min(Math.max(top, row + 1 - height), row);
        }
        return new Viewport(newLeft, newTop, width, height).within(data);
    }

    private Viewport within(HeatmapData data) {
        double fitWidth = Math.min(width, data.columns());
        double fitHeight = Math.min(height, data.rows());
        return new Viewport(
                Math.clamp(left, 0, data.columns() - fitWidth),
                Math.clamp(top, 0, data.rows() - fitHeight),
                fitWidth,
                fitHeight);
    }
}
