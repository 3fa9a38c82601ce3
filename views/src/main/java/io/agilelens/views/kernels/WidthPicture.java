package io.agilelens.views.kernels;

import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.workbench.KernelReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The widths that were measured, against each other.
 *
 * @param arithmetics labels of the bar groups
 * @param bars one set a width: 10^9 multiply-accumulates a second over the model's shapes
 * @param remark where the widest vectors are not the fastest, or that they are
 * @param conditions what the sums are over
 */
record WidthPicture(
        List<String> arithmetics, List<BarChartPane.Bars> bars, String remark, String conditions) {
    static final WidthPicture NONE = new WidthPicture(List.of(), List.of(), "", "");

    /** What differs by less may as well be noise. */
    private static final double SLOWER = 1.05;

    static WidthPicture of(Map<Integer, KernelReport> byWidth, boolean decode) {
        if (byWidth.size() < 2) {
            return NONE;
        }
        List<BarChartPane.Bars> bars = new ArrayList<>();
        for (Map.Entry<Integer, KernelReport> each : byWidth.entrySet()) {
            bars.add(bars(each.getKey(), bars.size(), each.getValue(), decode));
        }
        return new WidthPicture(
                KernelBenchmark.NAMES,
                bars,
                remark(byWidth, bars),
                Messages.text(
                        "kernels.widths.conditions",
                        byWidth.values().iterator().next().peak().threads()));
    }

    private static BarChartPane.Bars bars(
            int width, int index, KernelReport report, boolean decode) {
        int count = KernelBenchmark.NAMES.size();
        double[] speeds = new double[count];
        double[] low = new double[count];
        double[] high = new double[count];
        for (int i = 0; i < count; i++) {
            Work work = Work.of(report, KernelBenchmark.NAMES.get(i), decode);
            speeds[i] = work.speed();
            double half = speeds[i] * work.spread() / work.microseconds() / 2;
            low[i] = Math.max(0, speeds[i] - half);
            high[i] = speeds[i] + half;
        }
        return new BarChartPane.Bars(
                KernelsViewModel.vectors(width), Ink.series(index), speeds, low, high, false);
    }

    /**
     * All products of an arithmetic together.
     *
     * @param macs multiply-accumulates
     * @param microseconds sum of the medians
     * @param spread interquartile range of the sum, as of independent times
     */
    private record Work(double macs, double microseconds, double spread) {
        static Work of(KernelReport report, String name, boolean decode) {
            double macs = 0;
            double microseconds = 0;
            double spread = 0;
            for (KernelTiming timing : report.timings()) {
                if (timing.name().equals(name) && (timing.m() == 1) == decode) {
                    macs += (double) timing.m() * timing.n() * timing.k();
                    microseconds += timing.medianMicroseconds();
                    spread = Math.hypot(spread, timing.spreadMicroseconds());
                }
            }
            return new Work(macs, microseconds, spread);
        }

        /** 10^9 multiply-accumulates a second. */
        double speed() {
            return macs / microseconds * 1e-3;
        }
    }

    private static String remark(Map<Integer, KernelReport> byWidth, List<BarChartPane.Bars> bars) {
        List<Integer> widths = List.copyOf(byWidth.keySet());
        int widest = widths.size() - 1;
        List<String> slower = new ArrayList<>();
        for (int a = 0; a < KernelBenchmark.NAMES.size(); a++) {
            int fastest = widest;
            for (int w = 0; w < widest; w++) {
                if (bars.get(w).values()[a] > bars.get(fastest).values()[a]) {
                    fastest = w;
                }
            }
            double ratio = bars.get(fastest).values()[a] / bars.get(widest).values()[a];
            if (ratio > SLOWER) {
                slower.add(
                        Messages.text(
                                "kernels.widths.slower.one",
                                KernelBenchmark.NAMES.get(a),
                                KernelsViewModel.vectors(widths.get(widest)),
                                KernelsViewModel.vectors(widths.get(fastest)),
                                Figures.times(ratio)));
            }
        }
        return slower.isEmpty()
                ? Messages.text(
                        "kernels.widths.fastest", KernelsViewModel.vectors(widths.get(widest)))
                : Messages.text("kernels.widths.slower", String.join("; ", slower));
    }
}
