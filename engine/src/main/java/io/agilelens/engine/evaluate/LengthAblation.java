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
     * @param floatKept the float model over the same kept positions; empty likewise
     * @param coverage share of the predictions at kept positions; 1 if it does not prune
     */
    public record Row(
            int length,
            int windows,
            Loss floats,
            Loss tuned,
            Optional<Loss> pruned,
            Optional<Loss> prunedKept,
            Optional<Loss> floatKept,
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
            Losses floatLosses = reader.read("float", floats, TokenPruner.NONE);
            Losses tunedLosses = reader.read("tuned", tuned.decoder(), TokenPruner.NONE);
            Optional<Losses> prunedLosses =
                    pruned.map(
                            model ->
                                    reader.read(
                                            "pruned", model.decoder(), recipe.pruning().pruner()));
            rows.add(
                    new Row(
                            length,
                            windows.windows().size(),
                            mean(floatLosses.all()),
                            mean(tunedLosses.all()),
                            prunedLosses.map(losses -> mean(losses.all())),
                            prunedLosses.map(losses -> mean(losses.kept())),
                            prunedLosses.map(losses -> mean(floatLosses.at(losses))),
                            prunedLosses.map(Losses::coverage).orElse(1.0)));
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

        Losses read(String name, Decoder decoder, TokenPruner pruner) {
            PerplexityEvaluator evaluator = PerplexityEvaluator.of(decoder, pruner);
            float[] all = new float[counts.length];
            float[] kept = new float[counts.length];
            Arrays.fill(all, Float.NaN);
            Arrays.fill(kept, Float.NaN);
            int count = windows.windows().size();
            String step = "windows of %d tokens, %s, window".formatted(windows.length(), name);
            for (int w = 0; w < count; w++) {
                progress.report(step, w, count);
                WindowLoss loss = evaluator.score(windows.windows().get(w), 0, cancellation);
                for (int t = 0; t + 1 < windows.length(); t++) {
                    int token = w * windows.length() + t + 1;
                    if (counts[token]) {
                        all[token] = loss.carried()[t];
                        kept[token] = loss.kept()[t];
                    }
                }
            }
            progress.report(step, count, count);
            return new Losses(all, kept);
        }
    }

    /** Losses by predicted token, {@code [tokens]}; NaN where there is none. */
    private record Losses(float[] all, float[] kept) {

        double coverage() {
            return (double) known(kept) / known(all);
        }

        /** These losses where others have one at a kept position. */
        float[] at(Losses others) {
            float[] common = all.clone();
            for (int t = 0; t < common.length; t++) {
                common[t] = Float.isNaN(others.kept[t]) ? Float.NaN : common[t];
            }
            return common;
        }

        private static long known(float[] losses) {
            long known = 0;
            for (float loss : losses) {
                known += Float.isNaN(loss) ? 0 : 1;
            }
            return known;
        }
    }

    private static Loss mean(float[] losses) {
        MeanEstimate mean = new MeanEstimate();
        for (float loss : losses) {
            if (!Float.isNaN(loss)) {
                mean.add(loss);
            }
        }
        return new Loss(mean.mean(), mean.standardError());
    }
}
