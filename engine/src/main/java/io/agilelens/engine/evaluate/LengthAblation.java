package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the length of the windows does to a recipe: the sequence-length ablation of Agile-Quant's
 * Figure 8. The same stream of tokens is cut into windows of each length, without overlap, each on
 * its own; a token counts if it is predicted at every length, so that all figures are over the same
 * predictions.
 *
 * @param recipe fitted once, used at every length
 * @param predictions tokens that count
 * @param rows by rising length
 */
public record LengthAblation(Recipe recipe, long predictions, List<Row> rows) {

    public LengthAblation {
        rows = List.copyOf(rows);
    }

    /**
     * One length.
     *
     * @param length tokens a window
     * @param windows windows that the stream fills
     * @param floats the float model
     * @param tuned the recipe without its pruning
     * @param pruned the recipe, over all positions; empty if it does not prune
     * @param prunedKept the recipe, over kept positions; empty if it does not prune
     * @param coverage share of the predictions at kept positions; 1 if it does not prune
     */
    public record Row(
            int length,
            int windows,
            Loss floats,
            Loss tuned,
            Optional<Loss> pruned,
            Optional<Loss> prunedKept,
            double coverage) {}

    /**
     * @param nll mean loss in nats
     * @param standardError of {@code nll}, losses taken as independent
     */
    public record Loss(double nll, double standardError) {

        public double perplexity() {
            return Math.exp(nll);
        }
    }

    /**
     * @param text windows of the largest length, cut as {@link Protocol#GPTQ} does
     * @param lengths at least 2 each, the largest that of {@code text}
     * @throws UserException if the text fills no window or the recipe does not fit the model
     */
    public static LengthAblation measure(
            RecipeFitter fitter,
            Recipe recipe,
            Decoder floats,
            TokenWindows text,
            SortedSet<Integer> lengths,
            Progress progress,
            Cancellation cancellation) {
        if (text.protocol() != Protocol.GPTQ || lengths.last() != text.length()) {
            throw new IllegalArgumentException("the text is not cut to the largest length");
        }
        int[] stream = text.windows().stream().flatMapToInt(Arrays::stream).toArray();
        boolean[] counts = predictedAtAll(stream.length, lengths);
        TunedModel tuned =
                fitter.fit(recipe.withPruning(PruningRecipe.NONE), progress, cancellation);
        Optional<TunedModel> pruned =
                recipe.pruning().isActive()
                        ? Optional.of(fitter.fit(recipe, progress, cancellation))
                        : Optional.empty();
        List<Row> rows = new ArrayList<>();
        for (int length : lengths) {
            TokenWindows windows =
                    TokenWindows.of(
                            text.source(), stream, Protocol.GPTQ, length, Integer.MAX_VALUE);
            Reader reader = new Reader(windows, counts, progress, cancellation);
            Tally floatTally = reader.read("float", floats, TokenPruner.NONE);
            Tally tunedTally = reader.read("tuned", tuned.decoder(), TokenPruner.NONE);
            Optional<Tally> prunedTally =
                    pruned.map(
                            model ->
                                    reader.read(
                                            "pruned", model.decoder(), recipe.pruning().pruner()));
            rows.add(
                    new Row(
                            length,
                            windows.windows().size(),
                            floatTally.all(),
                            tunedTally.all(),
                            prunedTally.map(Tally::all),
                            prunedTally.map(Tally::kept),
                            prunedTally.map(Tally::coverage).orElse(1.0)));
        }
        long predictions = 0;
        for (boolean each : counts) {
            predictions += each ? 1 : 0;
        }
        return new LengthAblation(recipe, predictions, rows);
    }

    /** Whether each token of a stream is predicted at all lengths: no window begins with it. */
    private static boolean[] predictedAtAll(int tokens, SortedSet<Integer> lengths) {
        boolean[] predicted = new boolean[tokens];
        for (int j = 0; j < tokens; j++) {
            predicted[j] = true;
            for (int length : lengths) {
                predicted[j] &= j % length != 0 && j < tokens / length * length;
            }
        }
        return predicted;
    }

    /** Reads the windows with one model after the other. */
    private record Reader(
            TokenWindows windows, boolean[] counts, Progress progress, Cancellation cancellation) {

        Tally read(String name, Decoder decoder, TokenPruner pruner) {
            PerplexityEvaluator evaluator = PerplexityEvaluator.of(decoder, pruner);
            Tally tally = new Tally();
            int count = windows.windows().size();
            String step = "windows of %d tokens, %s, window".formatted(windows.length(), name);
            for (int w = 0; w < count; w++) {
                progress.report(step, w, count);
                WindowLoss loss = evaluator.score(windows.windows().get(w), 0, cancellation);
                for (int t = 0; t + 1 < windows.length(); t++) {
                    if (counts[w * windows.length() + t + 1]) {
                        tally.add(loss.carried()[t], loss.kept()[t]);
                    }
                }
            }
            progress.report(step, count, count);
            return tally;
        }
    }

    private static final class Tally {
        private final MeanEstimate all = new MeanEstimate();
        private final MeanEstimate kept = new MeanEstimate();

        void add(double carriedLoss, double keptLoss) {
            all.add(carriedLoss);
            if (!Double.isNaN(keptLoss)) {
                kept.add(keptLoss);
            }
        }

        Loss all() {
            return new Loss(all.mean(), all.standardError());
        }

        Loss kept() {
            return new Loss(kept.mean(), kept.standardError());
        }

        double coverage() {
            return (double) kept.count() / all.count();
        }
    }
}
