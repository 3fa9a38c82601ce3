package io.agilelens.views.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.workbench.Quality;
import org.junit.jupiter.api.Test;

class RunningPerplexityTest {
    private final ComparisonFixture fixture = ComparisonFixture.tiny();

    @Test
    void eachPointIsWhatTheEvaluatorSaidAfterThatWindow() {
        Recipe recipe = fixture.recipe("W4A4 TRIP");
        Perplexity whole = fixture.quality(recipe, 3).tuned().orElseThrow();
        RunningPerplexity running = RunningPerplexity.of(whole, 3);
        for (int windows = 1; windows <= 3; windows++) {
            Perplexity soFar = fixture.quality(recipe, windows).tuned().orElseThrow();
            assertEquals(soFar.perplexity(), running.perplexity()[windows - 1], 1e-9);
            // The spread so far differs from the final one that the curve goes by.
            double ratio = running.standardError()[windows - 1] / soFar.standardError();
            assertEquals(1, ratio, windows == 3 ? 1e-12 : 0.3);
        }
        assertEquals(whole.perplexity(), running.last(), 1e-9);
        assertEquals(1, RunningPerplexity.of(whole, 1).windows());
    }

    @Test
    void theChangeIsPairedAndItsBandNarrowsAroundIt() {
        Quality quality = fixture.quality(fixture.recipe("W4A4 TRIP"), 3);
        double[] baseline = RunningPerplexity.windowLoss(quality.baseline().orElseThrow(), 3);
        double[] tuned = RunningPerplexity.windowLoss(quality.tuned().orElseThrow(), 3);
        RunningChange change = RunningChange.of(baseline, tuned);
        assertEquals(quality.relativeChange(), change.change()[2], 1e-9);
        assertEquals(change.change()[1], change.low()[1]);
        assertTrue(change.low()[2] < change.change()[2] && change.change()[2] < change.high()[2]);
    }

    @Test
    void threePairsGiveStudentsInterval() {
        // Differences 1, 2, 3: mean 2, standard error 1/√3, t with 2 degrees of freedom 4.303.
        RunningChange change =
                RunningChange.of(new double[] {0, 0, 0}, new double[] {.01, .02, .03});
        assertEquals(Math.expm1(.02), change.change()[2], 1e-12);
        assertEquals(Math.expm1(.02 + 4.303 * .01 / Math.sqrt(3)), change.high()[2], 1e-12);
        assertEquals(Math.expm1(.02 - 4.303 * .01 / Math.sqrt(3)), change.low()[2], 1e-12);
    }

    @Test
    void smoothingIsAMeanOfWhatIsKnown() {
        float[] losses = new float[40];
        losses[0] = Float.NaN;
        for (int t = 1; t < 40; t++) {
            losses[t] = t;
        }
        double[] smooth = LossCurve.smooth(losses);
        assertEquals(20, smooth[20], 1e-12);
        assertEquals((1 + 8) / 2.0, smooth[0], 1e-12);
        assertEquals((31 + 39) / 2.0, smooth[39], 1e-12);
        assertArrayEquals(
                new float[] {Float.NaN, 5, 6},
                LossCurve.byPredictedToken(new float[] {5, 6, Float.NaN}));
    }
}
