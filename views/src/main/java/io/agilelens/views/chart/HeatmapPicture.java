package io.agilelens.views.chart;

import io.agilelens.views.Figures;
import java.util.List;
import java.util.function.IntFunction;
import javafx.scene.paint.Color;

/**
 * A heat map as a picture of a given size: where the cells go, and the axes, the legend and the
 * selection around and over them.
 *
 * @param data the table
 * @param viewport the part of it in sight
 * @param scale from a value to a position in the colour map
 * @param colors from a position to a colour
 * @param style colours and type
 * @param width of the whole picture, in pixels
 * @param height of the whole picture, in pixels
 * @param area where the cells go
 */
record HeatmapPicture(
        HeatmapData data,
        Viewport viewport,
        ValueScale scale,
        ColorMap colors,
        ChartStyle style,
        double width,
        double height,
        Area area) {

    /** A rectangle, in pixels. */
    record Area(double left, double top, double width, double height) {
        double right() {
            return left + width;
        }

        double bottom() {
            return top + height;
        }

        boolean contains(double x, double y) {
            return x >= left && x < right() && y >= top && y < bottom();
        }
    }

    private static final double GAP = 6;
    private static final double BAR_WIDTH = 12;

    /** From the legend's bar to its words. */
    private static final double TICK = 5;

    private static final double WIDEST_ROW_LABEL = 140;

    /** Columns whose names may take two lines. */
    private static final int MOST_WRAPPED = 16;

    /** Lays the picture out: the axes get the room their words need, the cells the rest. */
    static HeatmapPicture lay(
            HeatmapData data,
            Viewport viewport,
            ValueScale scale,
            ColorMap colors,
            ChartStyle style,
            double width,
            double height,
            Pen pen) {
        double label = style.labelSize();
        double title = style.titleSize();
        double left = GAP + title + GAP + rowLabelWidth(data, viewport, label, height, pen) + GAP;
        double bottom = 4 + label + GAP + title + GAP;
        double top = title + 2 * GAP;
        double cellsHeight = Math.max(1, Math.floor(height - top - bottom));
        double legendText = 0;
        for (ValueScale.Tick tick : legendTicks(scale, cellsHeight, label)) {
            legendText = Math.max(legendText, pen.textWidth(tick.label(), label));
        }
        double right = 2 * GAP + BAR_WIDTH + TICK + legendText + GAP;
        double cellsWidth = Math.max(1, Math.floor(width - left - right));
        if (wraps(data, viewport, cellsWidth, label, pen)) {
            cellsHeight = Math.max(1, cellsHeight - Math.ceil(label));
        }
        Area area = new Area(Math.ceil(left), Math.ceil(top), cellsWidth, cellsHeight);
        return new HeatmapPicture(data, viewport, scale, colors, style, width, height, area);
    }

    /** Whether names of columns take two lines, where that lets each of a few have its name. */
    private static boolean wraps(
            HeatmapData data, Viewport viewport, double width, double size, Pen pen) {
        int first = (int) viewport.left();
        int last = Math.min((int) Math.ceil(viewport.left() + viewport.width()), data.columns());
        if (last - first > MOST_WRAPPED) {
            return false;
        }
        double room = width / viewport.width() - GAP;
        boolean whole = true;
        boolean parts = true;
        for (int column = first; column < last; column++) {
            String name = data.labels().columnName().apply(column);
            whole &= pen.textWidth(name, size) <= room;
            for (String part : parts(name)) {
                parts &= pen.textWidth(part, size) <= room;
            }
        }
        return !whole && parts;
    }

    /** A name of two words, a word a line. */
    private static String[] parts(String name) {
        return name.split("(?<=_)", 2);
    }

    /** As many as there is room for. */
    private static List<ValueScale.Tick> legendTicks(ValueScale scale, double height, double size) {
        return scale.ticks((int) Math.clamp(height / (size * 2.4), 2, 7));
    }

    private static double rowLabelWidth(
            HeatmapData data, Viewport viewport, double size, double height, Pen pen) {
        int stride = stride(viewport.height(), height, size * 1.5);
        double widest = 0;
        int last = (int) Math.ceil(viewport.top() + viewport.height());
        for (int row = (int) viewport.top(); row < last; row += stride) {
            widest = Math.max(widest, pen.textWidth(data.labels().rowName().apply(row), size));
        }
        return Math.min(widest, WIDEST_ROW_LABEL);
    }

    /** The column under a point, or −1 outside the cells. */
    int columnAt(double x, double y) {
        if (!area.contains(x, y)) {
            return -1;
        }
        int column = (int) (viewport.left() + (x - area.left()) / area.width() * viewport.width());
        return Math.clamp(column, 0, data.columns() - 1);
    }

    /** The row under a point, or −1 outside the cells. */
    int rowAt(double x, double y) {
        if (!area.contains(x, y)) {
            return -1;
        }
        int row = (int) (viewport.top() + (y - area.top()) / area.height() * viewport.height());
        return Math.clamp(row, 0, data.rows() - 1);
    }

    /** Where a column's left edge lies, in pixels; a fraction is a place inside a column. */
    double x(double column) {
        return area.left() + (column - viewport.left()) / viewport.width() * area.width();
    }

    /** Where a row's upper edge lies, in pixels. */
    double y(double row) {
        return area.top() + (row - viewport.top()) / viewport.height() * area.height();
    }

    /** Everything around the cells. */
    void drawAxes(Pen pen) {
        drawColumnAxis(pen);
        drawRowAxis(pen);
        drawLegend(pen);
    }

    private void drawColumnAxis(Pen pen) {
        double size = style.labelSize();
        IntFunction<String> name = data.labels().columnName();
        int first = (int) viewport.left();
        int last = Math.min((int) Math.ceil(viewport.left() + viewport.width()), data.columns());
        double widest =
                Math.max(
                        pen.textWidth(name.apply(first), size),
                        pen.textWidth(name.apply(last - 1), size));
        boolean wraps = wraps(data, viewport, area.width(), size, pen);
        int stride =
                wraps ? 1 : stride(viewport.width(), area.width(), Math.min(widest, 96) + 3 * GAP);
        double y = area.bottom() + 4 + size / 2;
        double room = area.width() / viewport.width() * stride - GAP;
        for (int column = Math.ceilDiv(first, stride) * stride; column < last; column += stride) {
            double x = x(column + 0.5);
            if (x < area.left() || x > area.right()) {
                continue;
            }
            pen.line(x, area.bottom(), x, area.bottom() + 3, style.muted(), 1);
            String[] lines = wraps ? parts(name.apply(column)) : new String[] {name.apply(column)};
            for (int line = 0; line < lines.length; line++) {
                String text = pen.fit(lines[line], size, room);
                double lower = y + 1 + line * size;
                pen.text(text, x, lower, Pen.Anchor.MIDDLE, size, style.text());
            }
        }
        pen.text(
                data.labels().column(),
                area.left() + area.width() / 2,
                area.bottom() + 4 + (wraps ? 2 : 1) * size + GAP + style.titleSize() / 2,
                Pen.Anchor.MIDDLE,
                style.titleSize(),
                style.muted());
    }

    private void drawRowAxis(Pen pen) {
        double size = style.labelSize();
        IntFunction<String> name = data.labels().rowName();
        int stride = stride(viewport.height(), area.height(), size * 1.5);
        int first = (int) viewport.top();
        int last = Math.min((int) Math.ceil(viewport.top() + viewport.height()), data.rows());
        for (int row = Math.ceilDiv(first, stride) * stride; row < last; row += stride) {
            double y = y(row + 0.5);
            if (y < area.top() || y > area.bottom()) {
                continue;
            }
            String text = pen.fit(name.apply(row), size, WIDEST_ROW_LABEL);
            pen.text(text, area.left() - GAP, y, Pen.Anchor.END, size, style.text());
        }
        pen.textUpwards(
                data.labels().row(),
                GAP + style.titleSize() / 2,
                area.top() + area.height() / 2,
                style.titleSize(),
                style.muted());
    }

    private void drawLegend(Pen pen) {
        double x = area.right() + 2 * GAP;
        int steps = (int) Math.max(1, area.height());
        int[] bar = new int[steps];
        for (int i = 0; i < steps; i++) {
            bar[i] = colors.argb(1 - (i + 0.5) / steps);
        }
        pen.image(bar, 1, steps, x, area.top(), BAR_WIDTH, area.height());
        pen.frame(x, area.top(), BAR_WIDTH, area.height(), style.grid(), 1);
        double size = style.labelSize();
        for (ValueScale.Tick tick : legendTicks(scale, area.height(), size)) {
            double y = area.bottom() - scale.position(tick.value()) * area.height();
            pen.line(x + BAR_WIDTH, y, x + BAR_WIDTH + 3, y, style.muted(), 1);
            pen.text(tick.label(), x + BAR_WIDTH + TICK, y, Pen.Anchor.START, size, style.text());
        }
        pen.text(
                legendTitle(),
                width - GAP,
                style.titleSize() / 2 + GAP / 2,
                Pen.Anchor.END,
                style.titleSize(),
                style.muted());
    }

    /**
     * A padlock above each marked column in sight; above the cells, what it means and why cells
     * have no value.
     */
    void drawMarks(Pen pen, ColumnMarks marks) {
        double height = style.labelSize() * 0.8;
        for (int column : marks.columns()) {
            double x = x(column + 0.5);
            if (x >= area.left() && x <= area.right()) {
                double left = x - Padlock.width(height) / 2;
                Padlock.draw(pen, left, area.top() - height - 1, height, style.text());
            }
        }
        double size = style.labelSize();
        double middle = style.titleSize() / 2 + GAP / 2;
        double left = area.left() + 2 * GAP;
        if (!marks.columns().isEmpty()) {
            Padlock.draw(pen, left, middle - height / 2, height, style.text());
            double words = left + Padlock.width(height) + 4;
            pen.text(marks.words(), words, middle, Pen.Anchor.START, size, style.text());
            left = words + pen.textWidth(marks.words(), size) + 3 * GAP;
        }
        String missing = data.labels().missing();
        if (!missing.isEmpty() && !data.isComplete()) {
            pen.image(new int[] {colors.missing()}, 1, 1, left, middle - size / 2, size, size);
            pen.frame(left, middle - size / 2, size, size, style.grid(), 1);
            pen.text(missing, left + size + 4, middle, Pen.Anchor.START, size, style.text());
        }
    }

    /** What a cell holds and in which unit. */
    String legendTitle() {
        String unit = data.labels().unit();
        return unit.isEmpty() ? data.labels().value() : data.labels().value() + ", " + unit;
    }

    /** Where a cell is; its part in sight. */
    Area cell(int row, int column) {
        double left = Math.clamp(x(column), area.left(), area.right());
        double top = Math.clamp(y(row), area.top(), area.bottom());
        double right = Math.clamp(x(column + 1.0), area.left(), area.right());
        double bottom = Math.clamp(y(row + 1.0), area.top(), area.bottom());
        return new Area(left, top, right - left, bottom - top);
    }

    /** Marks the selected row, column and cell; −1 selects none. */
    void drawSelection(Pen pen, int row, int column) {
        Color color = style.selection();
        double line = style.magnification();
        if (row >= 0) {
            double top = Math.clamp(y(row), area.top(), area.bottom());
            double bottom = Math.clamp(y(row + 1.0), area.top(), area.bottom());
            drawBand(pen, area.left(), top, area.width(), bottom - top, color, line);
        }
        if (column >= 0) {
            double left = Math.clamp(x(column), area.left(), area.right());
            double right = Math.clamp(x(column + 1.0), area.left(), area.right());
            drawBand(pen, left, area.top(), right - left, area.height(), color, line);
        }
    }

    /** A narrow band is bracketed from outside, so that the values in it stay in sight. */
    private static void drawBand(
            Pen pen, double x, double y, double w, double h, Color color, double line) {
        if (w <= 0 || h <= 0) {
            return;
        }
        double aside = Math.min(w, h) < 6 ? 2 + line : 0;
        boolean upright = w < h;
        double dx = upright ? aside : 0;
        double dy = upright ? 0 : aside;
        pen.frame(x - dx, y - dy, w + 2 * dx - 1, h + 2 * dy - 1, color, line);
    }

    /** Whether there is such a cell. */
    boolean holds(int row, int column) {
        return row >= 0 && row < data.rows() && column >= 0 && column < data.columns();
    }

    /** One cell in words: {@code layer 5 · channel 91 · max |x| 23.4}. */
    String describe(int row, int column) {
        HeatmapData.Labels labels = data.labels();
        return String.join(
                " · ",
                List.of(
                        labels.row() + " " + labels.rowName().apply(row),
                        labels.column() + " " + labels.columnName().apply(column),
                        value(row, column)));
    }

    private String value(int row, int column) {
        HeatmapData.Labels labels = data.labels();
        float value = data.value(row, column);
        return Float.isNaN(value) && !labels.missing().isEmpty()
                ? labels.missing()
                : labels.value() + " " + Figures.number(value, labels.unit());
    }

    /** Every how many cells a label fits: 1, 2, 5, 10, 20 … */
    static int stride(double cells, double pixels, double pixelsPerLabel) {
        double least = cells * pixelsPerLabel / Math.max(1, pixels);
        return least <= 1 ? 1 : (int) Math.max(1, ValueScale.roundStep(least));
    }
}
