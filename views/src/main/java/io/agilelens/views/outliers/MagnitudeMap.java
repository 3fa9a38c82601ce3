package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;

/**
 * Layer × channel: the largest |x| of each channel, or what rounding does to it. The difference is
 * the root mean squared rounding error where the recipe quantizes the site; where it does not, it
 * is the change of the largest |x|.
 *
 * @param range spans both models, so that the switch does not change the colours' meaning; null for
 *     the table's own
 */
record MagnitudeMap(Kind kind, HeatmapData table, Heatmap.Range range) {

    /** What a cell holds. */
    enum Kind {
        MAGNITUDE,
        ERROR,
        CHANGE
    }

    static MagnitudeMap of(OutlierLook look) {
        if (look.comparison() == Comparison.DIFFERENCE) {
            return look.isQuantizedAnywhere()
                    ? table(look, Kind.ERROR, null)
                    : table(look, Kind.CHANGE, null);
        }
        float largest = 0;
        for (int layer = 0; layer < look.layers(); layer++) {
            largest = Math.max(largest, statistics(look, layer, true).magnitude());
            largest = Math.max(largest, statistics(look, layer, false).magnitude());
        }
        return table(look, Kind.MAGNITUDE, new Heatmap.Range(0, largest));
    }

    boolean isDiverging() {
        return kind == Kind.CHANGE;
    }

    private static MagnitudeMap table(OutlierLook look, Kind kind, Heatmap.Range range) {
        int channels = look.channels();
        float[] values = new float[look.layers() * channels];
        for (int layer = 0; layer < look.layers(); layer++) {
            SiteStatistics baseline = statistics(look, layer, true);
            SiteStatistics tuned = statistics(look, layer, false);
            SiteStatistics shown = look.comparison() == Comparison.BASELINE ? baseline : tuned;
            for (int c = 0; c < channels; c++) {
                values[layer * channels + c] =
                        switch (kind) {
                            case MAGNITUDE -> shown.magnitude(c);
                            case ERROR -> (float) Math.sqrt(tuned.error()[c]);
                            case CHANGE -> tuned.magnitude(c) - baseline.magnitude(c);
                        };
            }
        }
        HeatmapData.Labels labels =
                HeatmapData.Labels.numbered(
                        look.named(Messages.text("outliers.map.value." + kind)),
                        "",
                        Messages.text("outliers.axis.layer"),
                        Messages.text("outliers.axis.channel"));
        return new MagnitudeMap(
                kind, HeatmapData.adopt(look.layers(), channels, values, labels), range);
    }

    private static SiteStatistics statistics(OutlierLook look, int layer, boolean baseline) {
        var windows = look.windows();
        return (baseline ? windows.baseline() : windows.tuned())
                .sites()
                .get(layer)
                .get(look.site());
    }
}
