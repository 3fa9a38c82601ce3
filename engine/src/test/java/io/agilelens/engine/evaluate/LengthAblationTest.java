package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Losses at several window lengths, token by token. */
class LengthAblationTest {
    private static final int[] LENGTHS = {6, 8, 24};

    @TempDir private Path folder;

    @Test
    void scoresTheSameTokensAtEveryLength() {
        Recipe recipe =
                TinyTuning.WEIGHTS.withPruning(
                        new PruningRecipe(0.4, new TreeSet<>(List.of(1)), TokenScore.START, false));
        try (TinyTuning tiny = new TinyTuning(folder)) {
            LengthAblation ablation = measure(tiny, recipe);
            int[] stream = stream(tiny);
            // 72 tokens; those at which a window of 6, 8 or 24 begins do not count.
            long counted = 0;
            for (int j = 0; j < 72; j++) {
                counted += j % 6 != 0 && j % 8 != 0 ? 1 : 0;
            }
            assertEquals(counted, ablation.predictions());
            assertEquals(3, ablation.rows().size());
            for (int i = 0; i < LENGTHS.length; i++) {
                LengthAblation.Row row = ablation.rows().get(i);
                assertEquals(LENGTHS[i], row.length());
                assertEquals(72 / LENGTHS[i], row.windows());
                assertEquals(
                        mean(tiny.floats(), TokenPruner.NONE, stream, LENGTHS[i]),
                        row.floats().nll(),
                        1e-6);
                assertEquals(
                        mean(
                                tiny.fit(TinyTuning.WEIGHTS).decoder(),
                                TokenPruner.NONE,
                                stream,
                                LENGTHS[i]),
                        row.tuned().nll(),
                        1e-6);
                assertEquals(
                        mean(
                                tiny.fit(recipe).decoder(),
                                recipe.pruning().pruner(),
                                stream,
                                LENGTHS[i]),
                        row.pruned().orElseThrow().nll(),
                        1e-6);
                assertEquals(
                        keptMean(tiny, recipe, tiny.fit(recipe).decoder(), stream, LENGTHS[i]),
                        row.prunedKept().orElseThrow().nll(),
                        1e-6);
                assertEquals(
                        keptMean(tiny, recipe, tiny.floats(), stream, LENGTHS[i]),
                        row.floatKept().orElseThrow().nll(),
                        1e-6);
                assertTrue(row.coverage() > 0.4 && row.coverage() < 0.9);
            }
        }
    }

    @Test
    void withoutPruningThereIsNoPrunedRow() {
        try (TinyTuning tiny = new TinyTuning(folder)) {
            for (LengthAblation.Row row : measure(tiny, TinyTuning.WEIGHTS).rows()) {
                assertTrue(row.pruned().isEmpty() && row.prunedKept().isEmpty());
                assertEquals(1, row.coverage());
            }
        }
    }

    private static LengthAblation measure(TinyTuning tiny, Recipe recipe) {
        TreeSet<Integer> lengths = new TreeSet<>();
        Arrays.stream(LENGTHS).forEach(lengths::add);
        return LengthAblation.measure(
                tiny.fitter(),
                recipe,
                tiny.floats(),
                tiny.text(),
                lengths,
                Progress.NONE,
                Cancellation.never());
    }

    private static int[] stream(TinyTuning tiny) {
        return tiny.text().windows().stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** The mean loss over all positions of the tokens that count. */
    private static double mean(Decoder decoder, TokenPruner pruner, int[] stream, int length) {
        double sum = 0;
        int count = 0;
        for (int start = 0; start < stream.length; start += length) {
            int[] window = Arrays.copyOfRange(stream, start, start + length);
            WindowLoss loss =
                    PerplexityEvaluator.of(decoder, pruner).score(window, 0, Cancellation.never());
            for (int j = start + 1; j < start + length; j++) {
                if (j % 6 != 0 && j % 8 != 0) {
                    sum += loss.carried()[j - start - 1];
                    count++;
                }
            }
        }
        return sum / count;
    }

    /** A model's mean loss where the pruned one keeps a position. */
    private static double keptMean(
            TinyTuning tiny, Recipe recipe, Decoder model, int[] stream, int length) {
        double sum = 0;
        int count = 0;
        Decoder tuned = tiny.fit(recipe).decoder();
        TokenPruner own = model == tiny.floats() ? TokenPruner.NONE : recipe.pruning().pruner();
        for (int start = 0; start < stream.length; start += length) {
            int[] window = Arrays.copyOfRange(stream, start, start + length);
            WindowLoss pruned =
                    PerplexityEvaluator.of(tuned, recipe.pruning().pruner())
                            .score(window, 0, Cancellation.never());
            WindowLoss loss =
                    PerplexityEvaluator.of(model, own).score(window, 0, Cancellation.never());
            for (int j = start + 1; j < start + length; j++) {
                boolean kept = !Float.isNaN(pruned.kept()[j - start - 1]);
                if (j % 6 != 0 && j % 8 != 0 && kept) {
                    sum += loss.kept()[j - start - 1];
                    count++;
                }
            }
        }
        return sum / count;
    }
}
