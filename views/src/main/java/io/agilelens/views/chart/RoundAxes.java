package io.agilelens.views.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;

/** Axes whose ticks are those of {@link ValueScale}, as beside every heat map. */
final class RoundAxes {
    /** A shorter range than this, of its middle, would have ticks with the same four digits. */
    private static final double SHORTEST = 0.01;

    /** A logarithmic axis is for ratios: a smaller one than this is all but none. */
    private static final double SMALLEST_RATIO = 1.5;

    private RoundAxes() {}

    /**
     * @param zero whether zero is in sight from the start
     */
    static ValueAxis create(ChartPane.Axis axis, boolean zero) {
        if (axis.log()) {
            return new RoundLogAxis(axis.label());
        }
        NumberAxis linear = new RoundNumberAxis(axis.label());
        linear.setAutoRangeIncludesZero(zero);
        linear.setAutoRangeStickyZero(zero);
        return linear;
    }

    private static final class RoundNumberAxis extends NumberAxis {
        private static final long serialVersionUID = 1L;

        RoundNumberAxis(String label) {
            super(label);
        }

        @Override
        protected void autoAdjustRange() {
            super.autoAdjustRange();
            widen(this);
        }

        @Override
        public List<NumberTick> refreshTicks(
                Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
            ValueScale scale = ValueScale.linear(getLowerBound(), getUpperBound(), "");
            return ticks(scale, this, area, edge);
        }
    }

    private static final class RoundLogAxis extends LogAxis {
        private static final long serialVersionUID = 1L;

        RoundLogAxis(String label) {
            super(label);
        }

        @Override
        protected void autoAdjustRange() {
            super.autoAdjustRange();
            Range shown = getRange();
            double lacking = SMALLEST_RATIO * shown.getLowerBound() / shown.getUpperBound();
            if (lacking > 1) {
                setRange(
                        new Range(
                                shown.getLowerBound() / Math.sqrt(lacking),
                                shown.getUpperBound() * Math.sqrt(lacking)),
                        false,
                        false);
            }
        }

        @Override
        public List<NumberTick> refreshTicks(
                Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
            ValueScale scale = ValueScale.log(getLowerBound(), getUpperBound(), "");
            return ticks(scale, this, area, edge);
        }
    }

    /** Makes room about a single value, or about values that are all but equal. */
    private static void widen(ValueAxis axis) {
        Range shown = axis.getRange();
        double half = SHORTEST / 2 * Math.abs(shown.getCentralValue());
        if (shown.getLength() < 2 * half) {
            double middle = shown.getCentralValue();
            axis.setRange(new Range(middle - half, middle + half), false, false);
        }
    }

    private static List<NumberTick> ticks(
            ValueScale scale, ValueAxis axis, Rectangle2D area, RectangleEdge edge) {
        boolean horizontal = RectangleEdge.isTopOrBottom(edge);
        int size = axis.getTickLabelFont().getSize();
        double length = horizontal ? area.getWidth() : area.getHeight();
        int most = (int) Math.clamp(length / (size * (horizontal ? 5 : 2.4)), 2, 11);
        TextAnchor anchor = horizontal ? TextAnchor.TOP_CENTER : TextAnchor.CENTER_RIGHT;
        List<NumberTick> ticks = new ArrayList<>();
        for (ValueScale.Tick tick : scale.ticks(most)) {
            ticks.add(new NumberTick(tick.value(), tick.label(), anchor, anchor, 0));
        }
        return ticks;
    }
}
