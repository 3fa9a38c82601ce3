package io.agilelens.views.kernels;

import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Ink;
import java.util.List;

/**
 * How many times as fast something is as in another measurement, which was not made in the same
 * rounds.
 *
 * @param ratio of the medians, above 1 for faster; not-a-number where there is nothing to compare
 * @param half half the interquartile range of the ratio, to first order
 * @param clear whether the interquartile ranges of the two measurements do not overlap, so that the
 *     difference is hardly chance
 */
record SpeedRatio(double ratio, double half, boolean clear) implements Comparable<SpeedRatio> {
    /** There is nothing to compare with. */
    static final SpeedRatio NONE = new SpeedRatio(Double.NaN, Double.NaN, false);

    /** Of times, the shorter the faster. */
    static SpeedRatio ofTimes(Quartiles now, Quartiles before) {
        return of(before, now);
    }

    /** Of speeds, the larger the faster. */
    static SpeedRatio ofSpeeds(Quartiles now, Quartiles before) {
        return of(now, before);
    }

    private static SpeedRatio of(Quartiles upper, Quartiles lower) {
        double ratio = upper.median() / lower.median();
        double spread =
                Math.hypot(upper.spread() / upper.median(), lower.spread() / lower.median());
        double apart = Math.abs(upper.median() - lower.median());
        return new SpeedRatio(
                ratio, ratio * spread / 2, apart > (upper.spread() + lower.spread()) / 2);
    }

    /**
     * The ratios of an arithmetic, one a shape or phase.
     *
     * @param pale whether its bars are pale
     */
    record Series(String name, Ink ink, List<SpeedRatio> ratios, boolean pale) {
        /** Per cent faster, or multiples; whiskers show the interquartile range. */
        BarChartPane.Bars bars(boolean percent) {
            double[] values = new double[ratios.size()];
            double[] low = new double[values.length];
            double[] high = new double[values.length];
            double scale = percent ? 100 : 1;
            for (int i = 0; i < values.length; i++) {
                SpeedRatio each = ratios.get(i);
                values[i] = percent ? scale * (each.ratio - 1) : each.ratio;
                low[i] = values[i] - scale * each.half;
                high[i] = values[i] + scale * each.half;
            }
            return new BarChartPane.Bars(name, ink, values, low, high, pale);
        }
    }

    boolean isKnown() {
        return !Double.isNaN(ratio);
    }

    /** The ratio with its spread, behind a sign for faster, slower or not to be told apart. */
    String text() {
        if (!isKnown()) {
            return Figures.NONE;
        }
        String sign = !clear ? "same" : ratio > 1 ? "faster" : "slower";
        return Messages.text(
                "kernels.change." + sign, Figures.times(ratio), Figures.fixed(half, 2));
    }

    @Override
    public int compareTo(SpeedRatio other) {
        return Double.compare(ratio, other.ratio);
    }

    /** For files: the number alone. */
    @Override
    public String toString() {
        return isKnown() ? Double.toString(ratio) : "";
    }
}
