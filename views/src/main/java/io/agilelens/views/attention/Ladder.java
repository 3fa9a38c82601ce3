package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Ink;
import java.util.ArrayList;
import java.util.List;

/**
 * The share of a head's probability that rounds to each power of two, in per cent.
 *
 * @param rungs the exponents k of 2^−k, the last with all beyond it
 * @param firstLost index of the first rung that becomes 0; as many as there are rungs if none does
 */
record Ladder(List<String> rungs, List<BarChartPane.Bars> bars, int firstLost) {
    private static final int FEWEST = 12;
    private static final int BEYOND = 2;

    static Ladder of(AttentionLook look) {
        int lost = Math.min(1 << look.bits(), HeadStatistics.LADDER - 1);
        int count = Math.clamp(lost + BEYOND, FEWEST, HeadStatistics.LADDER);
        List<String> rungs = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            boolean last = k == count - 1;
            rungs.add(last ? k + "+" : Integer.toString(k));
        }
        List<BarChartPane.Bars> bars = new ArrayList<>();
        if (look.comparison() != Comparison.TUNED) {
            bars.add(bars("baseline", Ink.BASELINE, look.baseline(), count));
        }
        if (look.comparison() != Comparison.BASELINE) {
            bars.add(bars("tuned", Ink.TUNED, look.tuned(), count));
        }
        return new Ladder(List.copyOf(rungs), List.copyOf(bars), Math.min(lost, count));
    }

    private static BarChartPane.Bars bars(
            String name, Ink ink, HeadStatistics statistics, int count) {
        double[] ladder = statistics.ladder();
        double[] shares = new double[count];
        for (int k = 0; k < ladder.length; k++) {
            shares[Math.min(k, count - 1)] += 100 * ladder[k];
        }
        return BarChartPane.Bars.of(Messages.text("attention." + name), ink, shares);
    }
}
