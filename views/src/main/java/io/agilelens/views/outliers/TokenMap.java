package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.TokenNames;
import io.agilelens.views.chart.Heatmap;
import io.agilelens.views.chart.HeatmapData;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Token × channel: the activations of one layer. The baseline's are its own, the tuned model's are
 * those that its next operation reads. The difference is the rounding error where the recipe
 * quantizes the site; where it does not, it is tuned less baseline for the tokens that both have.
 *
 * @param positions the position in the window that each row stands for; read only
 * @param range spans both models; null for the table's own
 */
record TokenMap(HeatmapData table, int[] positions, Heatmap.Range range) {

    /**
     * @param look has a detail
     */
    static TokenMap of(OutlierLook look) {
        Site site = look.site();
        LayerDetail baseline = look.baselineDetail().orElseThrow();
        LayerDetail tuned = look.tunedDetail().orElseThrow();
        Matrix before = tuned.before().get(site);
        Matrix after = tuned.after().get(site);
        Matrix original = baseline.before().get(site);
        int[] all = look.positions(look.windows().baseline(), baseline);
        int[] kept = look.positions(look.windows().tuned(), tuned);
        return switch (look.comparison()) {
            case BASELINE -> map(look, values(original), all, range(original, after));
            case TUNED -> map(look, values(after), kept, range(original, after));
            case DIFFERENCE ->
                    look.quantizer().isPresent()
                            ? map(look, less(after, before), kept, null)
                            : map(look, less(after, rows(original, kept)), kept, null);
        };
    }

    /** The row of a position; −1 if that token did not enter the layer. */
    int row(int position) {
        return Math.max(-1, Arrays.binarySearch(positions, position));
    }

    private static TokenMap map(
            OutlierLook look, float[] values, int[] positions, Heatmap.Range range) {
        boolean difference = look.comparison() == Comparison.DIFFERENCE;
        String value =
                !difference
                        ? "outliers.tokens.value"
                        : look.quantizer().isPresent()
                                ? "outliers.tokens.value.error"
                                : "outliers.tokens.value.change";
        HeatmapData.Labels labels =
                new HeatmapData.Labels(
                        look.named(Messages.text(value)),
                        "",
                        Messages.text("outliers.axis.token"),
                        Messages.text("outliers.axis.channel"),
                        named(look, positions),
                        Integer::toString);
        HeatmapData table = HeatmapData.adopt(positions.length, look.channels(), values, labels);
        return new TokenMap(table, positions, range);
    }

    /** Tokens by name; a first one that is larger than all others by far is marked as the sink. */
    private static IntFunction<String> named(OutlierLook look, int[] positions) {
        IntFunction<String> names = TokenNames.names(look.windows().tokens(), positions);
        boolean sink = look.hasSink();
        return row ->
                sink && positions[row] == 0
                        ? Messages.text("outliers.tokens.sink", names.apply(row))
                        : names.apply(row);
    }

    /** The matrix's own array where it has no scratch space; tables only read it. */
    private static float[] values(Matrix matrix) {
        return matrix.data().length == matrix.rows() * matrix.columns()
                ? matrix.data()
                : matrix.copy().data();
    }

    private static float[] less(Matrix minuend, Matrix subtrahend) {
        float[] difference = new float[minuend.rows() * minuend.columns()];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = minuend.data()[i] - subtrahend.data()[i];
        }
        return difference;
    }

    private static Matrix rows(Matrix matrix, int[] wanted) {
        Matrix picked = Matrix.zeros(wanted.length, matrix.columns());
        for (int row = 0; row < wanted.length; row++) {
            System.arraycopy(
                    matrix.data(),
                    matrix.offset(wanted[row]),
                    picked.data(),
                    picked.offset(row),
                    matrix.columns());
        }
        return picked;
    }

    private static Heatmap.Range range(Matrix one, Matrix other) {
        float largest = Math.max(largest(one), largest(other));
        return new Heatmap.Range(-largest, largest);
    }

    private static float largest(Matrix matrix) {
        float largest = 0;
        for (int i = 0; i < matrix.rows() * matrix.columns(); i++) {
            largest = Math.max(largest, Math.abs(matrix.data()[i]));
        }
        return largest;
    }
}
