package io.agilelens.views.attention;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.TokenNames;
import io.agilelens.views.chart.HeatmapData;
import java.util.Arrays;

/**
 * Query × key: the probabilities of one head. The baseline's are float, the tuned model's are those
 * that its context is made of; the difference is tuned less baseline for the tokens that both have.
 * The future, which no query sees, is left out.
 *
 * @param positions the position in the window that each row and column stands for; read only
 */
record AttentionMap(HeatmapData table, int[] positions) {

    /**
     * @param look has a detail
     */
    static AttentionMap of(AttentionLook look) {
        LayerDetail baseline = look.baselineDetail().orElseThrow();
        LayerDetail tuned = look.tunedDetail().orElseThrow();
        Matrix before = baseline.attention().get(look.head());
        Matrix after = tuned.quantizedAttention().get(look.head());
        return switch (look.comparison()) {
            case BASELINE -> map(look, past(before), baseline.positions());
            case TUNED -> map(look, past(after), tuned.positions());
            case DIFFERENCE ->
                    map(look, difference(before, after, tuned.positions()), tuned.positions());
        };
    }

    /** The row of a position; −1 if that token did not enter the layer. */
    int row(int position) {
        return Math.max(-1, Arrays.binarySearch(positions, position));
    }

    private static AttentionMap map(AttentionLook look, float[] values, int[] positions) {
        boolean difference = look.comparison() == Comparison.DIFFERENCE;
        HeatmapData.Labels labels =
                new HeatmapData.Labels(
                        Messages.text(
                                difference ? "attention.head.change" : "attention.head.value"),
                        "",
                        Messages.text("attention.axis.query"),
                        Messages.text("attention.axis.key"),
                        TokenNames.names(look.windows().tokens(), positions),
                        TokenNames.names(look.windows().tokens(), positions),
                        Messages.text("attention.head.missing"));
        return new AttentionMap(
                HeatmapData.adopt(positions.length, positions.length, values, labels), positions);
    }

    private static float[] past(Matrix probabilities) {
        int tokens = probabilities.rows();
        float[] values = new float[tokens * tokens];
        Arrays.fill(values, Float.NaN);
        for (int query = 0; query < tokens; query++) {
            System.arraycopy(
                    probabilities.data(),
                    probabilities.offset(query),
                    values,
                    query * tokens,
                    query + 1);
        }
        return values;
    }

    /** The baseline prunes nothing, so that its rows are positions. */
    private static float[] difference(Matrix before, Matrix after, int[] positions) {
        int tokens = positions.length;
        float[] values = new float[tokens * tokens];
        Arrays.fill(values, Float.NaN);
        for (int query = 0; query < tokens; query++) {
            int row = before.offset(positions[query]);
            for (int key = 0; key <= query; key++) {
                values[query * tokens + key] =
                        after.get(query, key) - before.data()[row + positions[key]];
            }
        }
        return values;
    }
}
