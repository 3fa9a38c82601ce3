package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.Ink;
import io.agilelens.views.chart.LineChartPane;
import java.util.ArrayList;
import java.util.List;

/** How much attention goes to the start token, layer by layer: the heads' mean, least and most. */
final class StartByLayer {

    private StartByLayer() {}

    static List<LineChartPane.Line> of(AttentionLook look) {
        List<LineChartPane.Line> lines = new ArrayList<>();
        if (look.comparison() != Comparison.TUNED) {
            lines.add(line(look, "baseline", Ink.BASELINE, true));
        }
        if (look.comparison() != Comparison.BASELINE) {
            lines.add(line(look, "tuned", Ink.TUNED, false));
        }
        return List.copyOf(lines);
    }

    private static LineChartPane.Line line(
            AttentionLook look, String name, Ink ink, boolean baseline) {
        int layers = look.layers();
        double[] x = new double[layers];
        double[] mean = new double[layers];
        double[] least = new double[layers];
        double[] most = new double[layers];
        for (int layer = 0; layer < layers; layer++) {
            List<HeadStatistics> heads = look.heads(layer, baseline);
            x[layer] = layer;
            least[layer] = Double.POSITIVE_INFINITY;
            most[layer] = Double.NEGATIVE_INFINITY;
            for (HeadStatistics head : heads) {
                double percent = 100 * head.startAttention();
                mean[layer] += percent / heads.size();
                least[layer] = Math.min(least[layer], percent);
                most[layer] = Math.max(most[layer], percent);
            }
        }
        return new LineChartPane.Line(
                Messages.text("attention." + name), ink, x, mean, least, most);
    }
}
