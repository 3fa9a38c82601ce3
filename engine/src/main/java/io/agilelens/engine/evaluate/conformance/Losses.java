package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;

/** Losses of predictions, in nats. */
final class Losses {

    private Losses() {}

    /**
     * The loss of each surviving position that has a next token in the original sequence.
     *
     * @param logits {@code [survivors, vocabulary]}
     * @param ids the whole sequence
     * @param survivors positions in it, ascending
     */
    static double[] next(Matrix logits, int[] ids, int[] survivors) {
        int scored = survivors.length;
        if (scored > 0 && survivors[scored - 1] == ids.length - 1) {
            scored--;
        }
        double[] losses = new double[scored];
        for (int row = 0; row < scored; row++) {
            losses[row] = logSumExp(logits, row) - logits.get(row, ids[survivors[row] + 1]);
        }
        return losses;
    }

    private static double logSumExp(Matrix logits, int row) {
        double largest = logits.get(row, largest(logits, row));
        double sum = 0;
        for (int v = 0; v < logits.columns(); v++) {
            sum += Math.exp(logits.get(row, v) - largest);
        }
        return largest + Math.log(sum);
    }

    /** The column of a row's largest value, the first of equal ones. */
    static int largest(Matrix logits, int row) {
        int best = 0;
        for (int v = 1; v < logits.columns(); v++) {
            if (logits.get(row, v) > logits.get(row, best)) {
                best = v;
            }
        }
        return best;
    }

    static double sum(double[] losses) {
        return Arrays.stream(losses).sum();
    }

    static float[] narrow(double[] losses) {
        float[] narrow = new float[losses.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) losses[i];
        }
        return narrow;
    }
}
