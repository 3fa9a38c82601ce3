package io.agilelens.views.chart;

import java.util.List;
import java.util.function.Supplier;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;

/** What a chart shows between its axes. Immutable: it is drawn on the painter's thread. */
interface ChartContent {

    /**
     * A place that can be pointed at, in the axes' units.
     *
     * @param words its exact value in words, made when somebody points there
     */
    record Spot(ChartPane.Pick pick, double x, double y, Supplier<String> words) {}

    /** Whether there is nothing to draw. */
    boolean isEmpty();

    /** Whether the legend tells more than the axes do. */
    boolean needsLegend();

    /** Whether a point is found by its x alone, as bars and bins are. */
    default boolean findsByX() {
        return false;
    }

    /** Whether heights are compared from zero, as those of bars are. */
    default boolean startsAtZero() {
        return false;
    }

    /** The x axis for the plot; bars put names on it. */
    default ValueAxis xAxis(ChartPane.Axes axes) {
        return RoundAxes.create(axes.x(), false);
    }

    /** Puts datasets and renderers into a plot that has its axes. */
    void fill(XYPlot plot, ChartPane.Axes axes, ChartStyle style);

    /** What can be pointed at. */
    List<Spot> spots(ChartPane.Axes axes);
}
