package io.agilelens.views.compare;

import io.agilelens.views.Messages;
import io.agilelens.views.chart.ChartPane;
import io.agilelens.views.workbench.PinnedRun;
import javafx.util.StringConverter;

/** What quality is bought with. */
enum Cost {
    /** Stored weights. */
    SIZE(""),
    /** Time that a prompt takes when the recipe is executed. */
    PREFILL("ms"),
    /** Time that each further token takes. */
    DECODE("ms");

    /** Of times; sizes have that of the runs. */
    private final String unit;

    Cost(String unit) {
        this.unit = unit;
    }

    /** The axis, with the unit in which the table has the runs' sizes, too. */
    ChartPane.Axis axis(CompareViewModel model) {
        return ChartPane.Axis.logarithmic(
                Messages.text("compare.cost.axis." + this),
                this == SIZE ? model.sizeUnit().name() : unit);
    }

    /** Of a run, in the axis' unit; NaN while it is unknown. */
    double of(PinnedRun run, CompareViewModel model) {
        return switch (this) {
            case SIZE -> model.sizeUnit().of(run.weightBytes());
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
