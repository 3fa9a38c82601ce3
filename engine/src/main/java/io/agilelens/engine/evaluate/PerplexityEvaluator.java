package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs windows through a decoder and scores its predictions, window by window. */
public final class PerplexityEvaluator {
    /** Rows of logits held at once, so that a large vocabulary needs little memory. */
    private static final int ROWS = PassSize.EVALUATION_ROWS;

    private final Decoder decoder;
    private final TokenPruner pruner;
    private final Decoder reference;

    private PerplexityEvaluator(Decoder decoder, TokenPruner pruner, Decoder reference) {
        this.decoder = decoder;
        this.pruner = pruner;
        this.reference = reference;
    }

    /** Scores a decoder by itself. */
    public static PerplexityEvaluator of(Decoder decoder, TokenPruner pruner) {
        return new PerplexityEvaluator(decoder, pruner, null);
    }

    /** Scores a decoder and compares its predictions with the float model's, run in lock step. */
    public static PerplexityEvaluator against(
            Decoder reference, Decoder decoder, TokenPruner pruner) {
        return new PerplexityEvaluator(decoder, pruner, reference);
    }

    /**
     * @param listener hears the value after each window
     * @return the value after the last one
     * @throws UserException if the model predicts NaN or infinity, or an id is not in its
     *     vocabulary
     */
    public Perplexity evaluate(
            TokenWindows text,
            Consumer<Perplexity> listener,
            Progress progress,
            Cancellation cancellation) {
        PerplexityTally tally = new PerplexityTally(text);
        int count = text.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("evaluating window", window, count);
            int[] ids = text.windows().get(window);
            tally.add(score(ids, text.firstScored(window), cancellation));
            listener.accept(tally.result());
        }
        progress.report("evaluating window", count, count);
        return tally.result();
    }

    /**
     * Losses of one window.
     *
     * @param first first position that counts
     */
    public WindowLoss score(int[] ids, int first, Cancellation cancellation) {
        return score(ids, first, Probe.NONE, cancellation);
    }

    /** As {@link #score(int[], int, Cancellation)}, with a probe on the decoder's pass. */
    public WindowLoss score(int[] ids, int first, Probe probe, Cancellation cancellation) {
        Matrix expected = reference == null ? null : reference.run(ids, cancellation).hidden();
        return score(ids, first, probe, expected, cancellation);
    }

    /**
     * As above, with the float model's pass over the same window already done.
     *
     * @param expected what the float model's head reads, {@code [tokens, hidden]}; null for no
     *     comparison
     */
    public WindowLoss score(
            int[] ids, int first, Probe probe, Matrix expected, Cancellation cancellation) {
        return score(
                ids,
                first,
                decoder.run(ids, null, pruner, probe, cancellation),
                expected,
                cancellation);
    }

    /**
     * Losses of a window that the decoder has run already.
     *
     * @param pass what the decoder left of the window
     */
    public WindowLoss score(int[] ids, int first, Decoder.Pass pass, Cancellation cancellation) {
        return score(ids, first, pass, null, cancellation);
    }

    /**
     * As above, compared with the float model's pass over the same window.
     *
     * @param expected what the float model's head reads, {@code [tokens, hidden]}; null for no
     *     comparison
     */
    public WindowLoss score(
            int[] ids, int first, Decoder.Pass pass, Matrix expected, Cancellation cancellation) {
        int predictions = ids.length - 1;
        float[] kept = unscored(ids.length);
        float[] carried = unscored(ids.length);
        float[] divergence = unscored(ids.length);
        boolean[] agreed = new boolean[ids.length];
        int[] survivors = pass.survivors();
        for (int t = first; t < Math.min(survivors[0], predictions); t++) {
            carried[t] = (float) Math.log(decoder.model().config().vocabularySize());
        }
        WindowLoss loss = new WindowLoss(kept, carried, divergence, agreed);
        for (int from = 0; from < survivors.length; from += ROWS) {
            cancellation.check();
            int rows = Math.min(ROWS, survivors.length - from);
            Matrix logits = decoder.logits(pass.hidden(), from, rows);
            Matrix floats =
                    expected == null
                            ? null
                            : reference.logits(gather(expected, survivors, from, rows), 0, rows);
            Rows block = new Rows(ids, first, survivors, from, logits, floats, loss);
            // Each row writes to places of its own.
            Workers.shared()
                    .forRanges(
                            rows,
                            1,
                            (begin, end) -> {
                                for (int row = begin; row < end; row++) {
                                    block.score(row);
                                }
                            });
            for (int row = 0; row < rows; row++) {
                if (!block.isFinite(row)) {
                    // Left in, it would count as a position that is not scored.
                    throw notFinite(survivors[from + row], cancellation);
                }
            }
        }
        return loss;
    }

    /**
     * Some rows of a window's logits.
     *
     * @param first first position that counts
     * @param from the first row among the survivors
     * @param floats the float model's logits, or null
     * @param loss receives the losses
     */
    private record Rows(
            int[] ids,
            int first,
            int[] survivors,
            int from,
            Matrix logits,
            Matrix floats,
            WindowLoss loss,
            boolean[] finite) {

        Rows(
                int[] ids,
                int first,
                int[] survivors,
                int from,
                Matrix logits,
                Matrix floats,
                WindowLoss loss) {
            this(ids, first, survivors, from, logits, floats, loss, new boolean[logits.rows()]);
        }

        boolean isFinite(int row) {
            return finite[row];
        }

        void score(int row) {
            int predictions = ids.length - 1;
            int position = survivors[from + row];
            int next = from + row + 1 < survivors.length ? survivors[from + row + 1] : ids.length;
            double normalizer = Predictions.logSumExp(logits, row);
            finite[row] = Double.isFinite(normalizer);
            for (int t = Math.max(position, first); t < Math.min(next, predictions); t++) {
                loss.carried()[t] = (float) (normalizer - logits.get(row, ids[t + 1]));
                if (t == position) {
                    loss.kept()[t] = loss.carried()[t];
                }
            }
            if (floats != null && position >= first && position < predictions) {
                loss.divergence()[position] =
                        (float) Predictions.divergence(floats, logits, row, normalizer);
                loss.agreed()[position] =
                        Predictions.largest(floats, row) == Predictions.largest(logits, row);
            }
        }
    }

    /** Says what is to blame, which takes reading all weights. */
    private UserException notFinite(int position, Cancellation cancellation) {
        Checkpoint checkpoint = decoder.model().checkpoint();
        Optional<String> culprits =
                UnusableWeights.of(checkpoint.tensors(), Progress.NONE, cancellation).summary();
        return new UserException(
                "%s: the logits at position %d are not finite: %s"
                        .formatted(
                                Printable.of(checkpoint.source()),
                                position,
                                culprits.map(line -> line + ": get the file again")
                                        .orElse(
                                                "all weights are finite, so some are so large that"
                                                    + " activations overflow; check them with info"
                                                    + " --statistics, or the recipe")));
    }

    private static Matrix gather(Matrix hidden, int[] positions, int from, int rows) {
        Matrix gathered = Matrix.zeros(rows, hidden.columns());
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    hidden.data(),
                    hidden.offset(positions[from + row]),
                    gathered.data(),
                    gathered.offset(row),
                    hidden.columns());
        }
        return gathered;
    }

    private static float[] unscored(int count) {
        float[] values = new float[count];
        Arrays.fill(values, Float.NaN);
        return values;
    }
}
