package io.agilelens.views.compare;

import io.agilelens.views.Messages;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.workbench.PinnedRun;
import javafx.util.StringConverter;

/** What quality is bought with. */
enum Cost {
    /** Stored weights. */
    SIZE("MiB"),
    /** Time that a prompt takes when the recipe is executed. */
    PREFILL("ms"),
    /** Time that each further token takes. */
    DECODE("ms");

    private static final double MEBIBYTE = 1 << 20;

    private final String unit;

    Cost(String unit) {
        this.unit = unit;
    }

    ChartPane.Axis axis() {
        return ChartPane.Axis.logarithmic(Messages.text("compare.cost.axis." + this), unit);
    }

    /** Of a run, in the axis' unit; NaN while it is unknown. */
    double of(PinnedRun run, CompareViewModel model) {
        return switch (this) {
            case SIZE -> run.weightBytes() / MEBIBYTE;
            case PREFILL -> model.latency(run);
            case DECODE -> model.decodeLatency(run);
        };
    }

    static StringConverter<Cost> names() {
        return new StringConverter<>() {
            @Override
            public String toString(Cost cost) {
                return cost == null ? "" : Messages.text("compare.cost." + cost);
            }

            @Override
            public Cost fromString(String text) {
                throw new UnsupportedOperationException("costs are chosen, not typed");
            }
        };
    }
}
