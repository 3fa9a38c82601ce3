package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Finding the place where exactly one was damaged. */
class DivergenceFinderTest {
    @TempDir private Path folder;
    private TinyTuning tiny;

    @BeforeEach
    void open() {
        tiny = new TinyTuning(folder);
    }

    @AfterEach
    void close() {
        tiny.close();
    }

    /** Two bits at one site of one layer, everything else float. */
    private static Recipe damaged(int layer, Site site) {
        return Recipe.FLOAT.withOverrides(
                List.of(
                        new SiteOverride(
                                new TreeSet<>(List.of(layer)),
                                Set.of(site),
                                Optional.of(ActivationMethod.UNIFORM),
                                Optional.of(2),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
    }

    private FirstDivergence find(Recipe recipe, double threshold) {
        return new DivergenceFinder(tiny.fit(recipe), tiny.floats(), threshold)
                .find(tiny.text(), Progress.NONE, Cancellation.never());
    }

    @ParameterizedTest
    @EnumSource(value = Site.class, mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
    void findsTheOnlyDamagedSite(Site site) {
        for (int layer = 0; layer < TinyTuning.LAYERS; layer++) {
            FirstDivergence found = find(damaged(layer, site), 10);
            FirstDivergence.Departure departure = found.departure().orElseThrow();
            assertEquals(0, departure.window());
            assertEquals(0, departure.token());
            assertEquals(layer, departure.layer());
            assertEquals(site, departure.site());
            assertTrue(departure.decibels() < 10);
            for (FirstDivergence.Step step : departure.trail().steps()) {
                boolean before =
                        step.layer() < layer
                                || step.layer() == layer && step.site().ordinal() < site.ordinal();
                boolean differs = step.decibels() < Double.POSITIVE_INFINITY;
                assertFalse(before && differs, step.toString());
            }
            // The first token sees only itself, whatever its query and key.
            assertEquals(
                    site != Site.QUERY && site != Site.KEY,
                    departure.trail().output() < Double.POSITIVE_INFINITY);
        }
    }

    @Test
    void theFloatModelNeverDeparts() {
        FirstDivergence found = find(Recipe.FLOAT, 300);
        assertEquals(Optional.empty(), found.departure());
        assertEquals(Optional.empty(), found.turn());
        assertEquals(3, found.windows());
    }

    @Test
    void thePredictionThatTurnsFirstIsTheFirst() {
        TunedModel tuned = tiny.fit(TinyTuning.ALL);
        FirstDivergence.Turn turn = find(TinyTuning.ALL, 10).turn().orElseThrow();
        for (int w = 0; w <= turn.window(); w++) {
            int[] ids = tiny.text().windows().get(w);
            int last = w == turn.window() ? turn.token() : ids.length - 1;
            Matrix expected = logits(tiny.floats(), ids);
            Matrix actual = logits(tuned.decoder(), ids);
            for (int t = 0; t <= last; t++) {
                boolean turns = w == turn.window() && t == turn.token();
                if (!turns) {
                    assertEquals(best(expected, t), best(actual, t));
                    continue;
                }
                assertEquals(best(expected, t), turn.expected());
                assertEquals(best(actual, t), turn.actual());
                assertNotEquals(turn.expected(), turn.actual());
                assertEquals(
                        probability(expected, t, turn.expected()), turn.floatOfExpected(), 1e-6);
                assertEquals(probability(expected, t, turn.actual()), turn.floatOfActual(), 1e-6);
                assertEquals(probability(actual, t, turn.expected()), turn.tunedOfExpected(), 1e-6);
                assertEquals(probability(actual, t, turn.actual()), turn.tunedOfActual(), 1e-6);
            }
        }
        assertEquals(TinyTuning.LAYERS * 7, turn.trail().steps().size());
    }

    @Test
    void aPrunedTokensTrailEnds() {
        int pruned = 0;
        int survived = 0;
        for (Site site : List.of(Site.ATTN_INPUT, Site.QUERY, Site.KEY, Site.MLP_INPUT)) {
            Recipe recipe =
                    damaged(0, site)
                            .withPruning(
                                    new PruningRecipe(
                                            0.9,
                                            new TreeSet<>(List.of(1)),
                                            TokenScore.START,
                                            false));
            int[] survivors =
                    tiny.fit(recipe)
                            .decoder()
                            .run(
                                    tiny.text().windows().getFirst(),
                                    null,
                                    recipe.pruning().pruner(),
                                    Probe.NONE,
                                    Cancellation.never())
                            .survivors();
            assertEquals(3, survivors.length);
            // The lower the threshold, the later the first departure, pruned tokens among them.
            for (double threshold = 10; threshold > -5; threshold -= 0.25) {
                Optional<FirstDivergence.Departure> first = find(recipe, threshold).departure();
                if (first.isEmpty() || first.get().window() > 0) {
                    continue;
                }
                int token = first.get().token();
                FirstDivergence.Trail trail = first.get().trail();
                if (Arrays.stream(survivors).anyMatch(t -> t == token)) {
                    assertEquals(TinyTuning.LAYERS * 7, trail.steps().size());
                    assertFalse(Double.isNaN(trail.output()));
                    survived++;
                } else {
                    // Two sites of layer 1 come after the token left.
                    assertEquals(7 + 5, trail.steps().size());
                    assertTrue(Double.isNaN(trail.output()));
                    pruned++;
                }
            }
        }
        assertTrue(survived > 0 && pruned > 0, survived + " and " + pruned);
    }

    @Test
    void noiseOfASiteIsWhatTheSurveySays() {
        TunedModel tuned = tiny.fit(TinyTuning.ALL);
        List<SiteNoise> noise =
                SiteNoise.survey(
                        tuned, tiny.floats(), tiny.text(), Progress.NONE, Cancellation.never());
        ActivationSurvey survey =
                ActivationSurvey.run(
                        tuned.decoder(),
                        tuned.recipe().pruning().pruner(),
                        tiny.text(),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(TinyTuning.LAYERS * Site.values().length, noise.size());
        for (SiteNoise site : noise) {
            assertEquals(72, site.tokens());
            if (site.site() == Site.SOFTMAX) {
                assertTrue(site.own() > 0 && site.own() < 60, site.toString());
                assertTrue(Double.isNaN(site.total()));
                continue;
            }
            assertEquals(
                    survey.sites().get(site.layer()).get(site.site()).signalToNoise(),
                    site.own(),
                    1e-6);
            boolean first = site.layer() == 0 && site.site() == Site.ATTN_INPUT;
            // Before the first quantizer nothing differs, so its own noise is all there is.
            assertEquals(first, Math.abs(site.total() - site.own()) < 1e-9, site.toString());
        }
    }

    /** Folded scales change activations but not what they stand for. */
    @Test
    void foldedScalesAreNoNoise() {
        Recipe folded =
                Recipe.FLOAT
                        .withActivations(TinyTuning.ALL.activations())
                        .withSmoothing(new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5));
        TunedModel tuned = tiny.fit(folded);
        assertNotEquals(tiny.floats().model(), tuned.model());
        for (SiteNoise site :
                SiteNoise.survey(
                        tuned, tiny.floats(), tiny.text(), Progress.NONE, Cancellation.never())) {
            if (site.layer() == 0 && site.site() == Site.ATTN_INPUT) {
                assertEquals(site.own(), site.total(), 0.1);
            }
        }
    }

    private static Matrix logits(Decoder decoder, int[] ids) {
        Matrix hidden = decoder.run(ids, Cancellation.never()).hidden();
        return decoder.logits(hidden, 0, ids.length);
    }

    private static int best(Matrix logits, int row) {
        int best = 0;
        for (int v = 1; v < logits.columns(); v++) {
            best = logits.get(row, v) > logits.get(row, best) ? v : best;
        }
        return best;
    }

    private static double probability(Matrix logits, int row, int token) {
        double sum = 0;
        for (int v = 0; v < logits.columns(); v++) {
            sum += Math.exp(logits.get(row, v) - logits.get(row, token));
        }
        return 1 / sum;
    }
}
