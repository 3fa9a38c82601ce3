package io.agilelens.views.attention;

import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;

/**
 * Layer × head: one number of each head, or tuned less baseline.
 *
 * @param range spans both models; null for a difference
 */
record HeadOverview(HeatmapData table, Heatmap.Range range) {

    static HeadOverview of(AttentionLook look, StartWords words) {
        float[] values = new float[look.layers() * look.heads()];
        double largest = 0;
        for (int layer = 0; layer < look.layers(); layer++) {
            for (int head = 0; head < look.heads(); head++) {
                double baseline = value(look, layer, head, true);
                double tuned = value(look, layer, head, false);
                values[layer * look.heads() + head] =
                        (float)
                                switch (look.comparison()) {
                                    case BASELINE -> baseline;
                                    case TUNED -> tuned;
                                    case DIFFERENCE -> tuned - baseline;
                                };
                largest = Math.max(largest, Math.max(finite(baseline), finite(tuned)));
            }
        }
        boolean difference = look.comparison() == Comparison.DIFFERENCE;
        String title = look.measure().title(look.bits(), words);
        HeatmapData.Labels labels =
                HeatmapData.Labels.numbered(
                        difference ? "Δ " + title : title,
                        look.measure().unit(),
                        Messages.text("attention.axis.layer"),
                        Messages.text("attention.axis.head"));
        return new HeadOverview(
                HeatmapData.adopt(look.layers(), look.heads(), values, labels),
                difference ? null : new Heatmap.Range(0, largest));
    }

    private static double value(AttentionLook look, int layer, int head, boolean baseline) {
        return look.measure().of(look.heads(layer, baseline).get(head), look.bits());
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}
