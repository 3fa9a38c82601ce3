package io.agilelens.views.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.workbench.WindowComparison;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenTableTest {
    private static final HeatmapData.Labels LABELS =
            HeatmapData.Labels.numbered("score", "", "layer", "token");

    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private final WindowComparison comparison = fixture.compare(fixture.prunedRecipe(), 0, 1);
    private final TokenTable table = TokenTable.of(comparison);

    @Test
    void everyTokensFateAgreesWithTheTrace() {
        int gone = 0;
        for (int t = 0; t < table.count(); t++) {
            assertEquals(table.trace().layerOfRemoval(t), table.removal()[t]);
            gone += table.removal()[t] >= 0 ? 1 : 0;
            List<Judgement> judgements = table.judgements(t);
            boolean left = judgements.getLast().left();
            assertEquals(table.removal()[t] >= 0, left);
            assertTrue(!left || judgements.getLast().score() <= judgements.getLast().threshold());
            assertTrue(left || judgements.getLast().score() >= judgements.getLast().threshold());
        }
        assertEquals(table.count() - table.survivors(), gone);
        assertTrue(gone > 30, "half of 96 should leave, not " + gone);
        assertEquals(-1, table.removal()[0], "the first token never leaves");
    }

    @Test
    void markedTokensStayAndAreCalledMarked() {
        Recipe pruned = fixture.recipe("W4A8 TRIP").withPruning(fixture.prunedRecipe().pruning());
        Recipe recipe = pruned.withPruning(pruned.pruning().withAction(PruningAction.LOWER_BITS));
        WindowComparison marked = fixture.compare(recipe, 0, 1);
        TokenTable fates = TokenTable.of(marked);
        assertTrue(fates.marks());
        assertEquals(fates.count(), fates.survivors());
        assertEquals(1, fates.coverage());
        assertEquals(0, fates.trace().sparsity());
        assertTrue(marked.tuned().pruning().steps().stream().allMatch(s -> s.removed() == 0));
        int share = recipe.pruning().schedule().removals(2, fates.count());
        int first = 0;
        for (int t = 0; t < fates.count(); t++) {
            assertEquals(-1, fates.removal()[t]);
            assertEquals(firstMark(fates.trace(), t), fates.mark()[t]);
            first += fates.mark()[t] == recipe.pruning().layers().first() ? 1 : 0;
            String said = TokenWords.reason(fates, t);
            assertEquals(fates.mark()[t] >= 0, said.contains("it has 4 bits"), said);
            assertFalse(TokenWords.inShort(fates, t).contains("pruned"));
        }
        assertEquals(share, first);
        assertEquals(-1, fates.mark()[0], "the first token keeps its bits");
        HeatmapData lanes = fates.lanes(LABELS);
        for (int layer = 0; layer < lanes.rows(); layer++) {
            for (int t = 0; t < lanes.columns(); t++) {
                assertTrue(Float.isFinite(lanes.value(layer, t)), "no lane ends");
            }
        }
    }

    @Test
    void lossesBelongToTheTokenThatIsPredicted() {
        assertTrue(Float.isNaN(table.baselineLoss()[0]));
        float[] byPosition = comparison.baseline().loss().kept();
        for (int t = 1; t < table.count(); t++) {
            assertEquals(byPosition[t - 1], table.baselineLoss()[t]);
            assertEquals(table.removal()[t - 1] >= 0, table.predictedFromAfar()[t]);
            assertTrue(Float.isFinite(table.tunedLoss()[t]));
        }
        int scored = 0;
        for (float loss : comparison.tuned().loss().kept()) {
            scored += Float.isNaN(loss) ? 0 : 1;
        }
        assertEquals(scored / 95.0, table.coverage(), 1e-12);
    }

    @Test
    void lanesEndWhereTokensLeft() {
        HeatmapData lanes = table.lanes(LABELS);
        assertEquals(4, lanes.rows());
        for (int t = 0; t < table.count(); t++) {
            int last = table.removal()[t] < 0 ? 3 : table.removal()[t];
            for (int layer = 0; layer < 4; layer++) {
                assertEquals(layer <= last, Float.isFinite(lanes.value(layer, t)), layer + " " + t);
            }
            assertEquals(table.judgements(t).getLast().score(), lanes.value(last, t));
            assertEquals(table.judgements(t).getFirst().score(), lanes.value(0, t));
        }
    }

    @Test
    void lossLanesEndWhereTheTunedModelPruned() {
        HeatmapData baseline = table.lossLanes(TokenColoring.BASELINE, LABELS);
        HeatmapData difference = table.lossLanes(TokenColoring.DIFFERENCE, LABELS);
        for (int t = 1; t < table.count(); t++) {
            int last = table.removal()[t] < 0 ? 3 : table.removal()[t];
            float worse = table.tunedLoss()[t] - table.baselineLoss()[t];
            for (int layer = 0; layer < 4; layer++) {
                assertEquals(table.baselineLoss()[t], baseline.value(layer, t));
                assertEquals(layer <= last ? worse : Float.NaN, difference.value(layer, t));
            }
        }
        assertTrue(Float.isNaN(baseline.value(0, 0)), "nothing predicts the first token");
    }

    @Test
    void theFirstTokenIsProtectedWhereScoresAreAttentionToIt() {
        assertEquals(List.of(0), table.protectedTokens());
        assertTrue(TokenWords.reason(table, 0).startsWith("Protected: the first token"));
        assertTrue(TokenWords.inShort(table, 0).contains(" · protected · "));
        for (int t = 1; t < table.count(); t++) {
            assertFalse(table.isProtected(t));
            assertFalse(TokenWords.inShort(table, t).contains("protected"));
        }
        Recipe recipe = fixture.prunedRecipe();
        Recipe received = recipe.withPruning(recipe.pruning().withScore(TokenScore.RECEIVED));
        TokenTable byAttentionReceived = TokenTable.of(fixture.compare(received, 0, 1));
        assertEquals(List.of(), byAttentionReceived.protectedTokens());
        assertEquals(
                List.of(), TokenTable.of(fixture.compare(Recipe.FLOAT, 0, 1)).protectedTokens());
    }

    @Test
    void withoutPruningNothingIsJudged() {
        TokenTable whole = TokenTable.of(fixture.compare(Recipe.FLOAT, 0, 1));
        assertFalse(whole.prunes());
        assertEquals(1, whole.coverage());
        assertTrue(whole.judgements(7).isEmpty());
        assertEquals(0, whole.loss(7, TokenColoring.DIFFERENCE));
    }

    /** The first layer that marks a token, looked up step by step; −1 if none does. */
    private static int firstMark(PruningTrace trace, int position) {
        for (PruningTrace.Step step : trace.steps()) {
            for (int i = 0; i < step.positions().length; i++) {
                if (step.positions()[i] == position && step.ranks()[i] < step.marked()) {
                    return step.layer();
                }
            }
        }
        return -1;
    }
}
