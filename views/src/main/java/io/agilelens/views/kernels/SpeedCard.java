package io.agilelens.views.kernels;

import io.agilelens.views.Messages;
import io.agilelens.views.chart.BarChartPane;
import io.agilelens.views.chart.ChartCard;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.chart.Ink;
import java.util.List;

/** A chart of what was measured, or of how much faster that is than in another measurement. */
final class SpeedCard {
    /** From this ratio on, changes are told as multiples rather than per cents. */
    private static final double MANIFOLD = 3;

    /** What the chart shows now. */
    private enum Mode {
        MEASURED,
        PERCENT,
        TIMES
    }

    private final String key;
    private final ChartPane.Axis groups;
    private final ChartPane.Axis measured;
    private final BarChartPane chart;
    private final ChartCard card;
    private Mode mode = Mode.MEASURED;

    /**
     * @param key of the words: {@code KEY.heading} and {@code KEY.sentence}
     * @param groups what a group of bars is
     * @param measured the axis of what was measured
     */
    SpeedCard(String key, ChartPane.Axis groups, ChartPane.Axis measured) {
        this.key = key;
        this.groups = groups;
        this.measured = measured;
        chart = new BarChartPane(Messages.text(key + ".heading"), groups.title(), measured);
        card = ChartCard.of(key, chart);
    }

    BarChartPane chart() {
        return chart;
    }

    ChartCard card() {
        return card;
    }

    /** Shows what was measured. */
    void show(List<String> labels, List<BarChartPane.Bars> bars) {
        change(Mode.MEASURED);
        card.setHeading(Messages.text(key + ".heading"));
        card.setSentence(Messages.text(key + ".sentence"));
        chart.setBars(labels, bars);
    }

    /** Shows how much faster it is than in a reference. */
    void show(List<String> labels, List<SpeedRatio.Series> changes, Reference reference) {
        boolean manifold =
                changes.stream()
                        .flatMap(each -> each.ratios().stream())
                        .anyMatch(each -> each.ratio() >= MANIFOLD);
        change(manifold ? Mode.TIMES : Mode.PERCENT);
        card.setHeading(Messages.text("kernels.change.heading", reference.title()));
        card.setSentence(Messages.text("kernels.change.sentence." + mode));
        chart.setBars(labels, changes.stream().map(each -> each.bars(!manifold)).toList());
    }

    private void change(Mode wanted) {
        if (mode == wanted) {
            return;
        }
        mode = wanted;
        chart.setAxes(
                groups,
                switch (wanted) {
                    case MEASURED -> measured;
                    case PERCENT ->
                            ChartPane.Axis.linear(Messages.text("kernels.change.percent"), "%");
                    case TIMES -> ChartPane.Axis.linear(Messages.text("kernels.change.times"), "");
                });
        chart.setMarkers(
                wanted == Mode.TIMES
                        ? List.of(new ChartPane.Marker(false, 1, "", Ink.MUTED))
                        : List.of());
    }
}
