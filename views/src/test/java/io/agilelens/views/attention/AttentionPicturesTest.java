package io.agilelens.views.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.HeadStatistics;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Selection;
import io.agilelens.views.chart.LineChartPane;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the pictures are drawn from, without a toolkit. */
class AttentionPicturesTest {
    private static final int LAYER = 3;
    private static final int HEAD = 2;
    private static final ComparisonFixture FIXTURE = ComparisonFixture.tiny();
    private static final WindowComparison PRUNED =
            FIXTURE.compare(FIXTURE.prunedRecipe(), 0, LAYER);

    private static AttentionLook look(Comparison comparison, HeadMeasure measure) {
        return new AttentionLook(PRUNED, comparison, measure, LAYER, HEAD);
    }

    @Test
    void theOverviewShowsEachMeasureOfEachModelAndTheirDifference() {
        for (HeadMeasure measure : HeadMeasure.values()) {
            float baseline = value(look(Comparison.BASELINE, measure));
            float tuned = value(look(Comparison.TUNED, measure));
            HeadStatistics statistics = PRUNED.tuned().heads().get(LAYER).get(HEAD);
            assertEquals(measure.of(statistics, 4), tuned, 1e-5 * Math.abs(tuned));
            assertEquals(tuned - baseline, value(look(Comparison.DIFFERENCE, measure)), 1e-4);
        }
        assertEquals(
                HeadOverview.of(
                                look(Comparison.BASELINE, HeadMeasure.ENTROPY),
                                new StartWords(true))
                        .range(),
                HeadOverview.of(look(Comparison.TUNED, HeadMeasure.ENTROPY), new StartWords(true))
                        .range());
    }

    private static float value(AttentionLook look) {
        return HeadOverview.of(look, new StartWords(true)).table().value(LAYER, HEAD);
    }

    @Test
    void theHeadShowsProbabilitiesOfThePastOnly() {
        AttentionMap baseline = AttentionMap.of(look(Comparison.BASELINE, HeadMeasure.START));
        assertEquals(96, baseline.table().rows());
        for (int query = 0; query < 96; query += 19) {
            double sum = 0;
            for (int key = 0; key <= query; key++) {
                sum += baseline.table().value(query, key);
            }
            assertEquals(1, sum, 1e-4);
            if (query < 95) {
                assertTrue(Float.isNaN(baseline.table().value(query, query + 1)));
            }
        }
    }

    @Test
    void theTunedHeadHoldsPowersOfTwoOfTheSurvivors() {
        AttentionMap tuned = AttentionMap.of(look(Comparison.TUNED, HeadMeasure.START));
        assertEquals(PRUNED.tuned().pruning().alive(LAYER - 1), tuned.table().rows());
        for (int query = 0; query < tuned.table().rows(); query++) {
            for (int key = 0; key <= query; key++) {
                float p = tuned.table().value(query, key);
                assertTrue(p == 0 || Math.scalb(1f, Math.getExponent(p)) == p, "not 2^-k: " + p);
            }
        }
    }

    @Test
    void theDifferenceComparesTheSameTokens() {
        AttentionMap difference = AttentionMap.of(look(Comparison.DIFFERENCE, HeadMeasure.START));
        Matrix before = PRUNED.baseline().detail().orElseThrow().attention().get(HEAD);
        Matrix after = PRUNED.tuned().detail().orElseThrow().quantizedAttention().get(HEAD);
        int query = difference.table().rows() - 1;
        int position = difference.positions()[query];
        assertEquals(query, difference.row(position));
        assertEquals(
                after.get(query, 3) - before.get(position, difference.positions()[3]),
                difference.table().value(query, 3));
        assertTrue(Float.isNaN(difference.table().value(0, 1)));
    }

    @Test
    void theLadderHoldsAllMassAndMarksWhatBecomesZero() {
        Ladder ladder = Ladder.of(look(Comparison.DIFFERENCE, HeadMeasure.LOST));
        assertEquals(16, ladder.firstLost());
        assertEquals(2, ladder.bars().size());
        for (var bars : ladder.bars()) {
            assertEquals(100, Arrays.stream(bars.values()).sum(), 1e-6);
        }
        double[] tuned = ladder.bars().getLast().values();
        assertEquals(
                100 * PRUNED.tuned().heads().get(LAYER).get(HEAD).lostMass(4),
                Arrays.stream(tuned, 16, tuned.length).sum(),
                1e-9);
    }

    @Test
    void theBandReachesFromTheLeastHeadToTheMost() {
        LineChartPane.Line tuned =
                StartByLayer.of(look(Comparison.DIFFERENCE, HeadMeasure.START)).getLast();
        for (int layer = 0; layer < 4; layer++) {
            assertTrue(tuned.low()[layer] <= tuned.y()[layer]);
            assertTrue(tuned.y()[layer] <= tuned.high()[layer]);
        }
        double most =
                PRUNED.tuned().heads().get(LAYER).stream()
                        .mapToDouble(HeadStatistics::startAttention)
                        .max()
                        .orElseThrow();
        assertEquals(100 * most, tuned.high()[LAYER], 1e-9);
    }

    @Test
    void theViewModelTakesTheHeadThatLooksMostAtTheStartWithoutAPick() {
        Workbench workbench = new Workbench();
        AttentionViewModel viewModel = new AttentionViewModel(workbench);
        assertTrue(viewModel.lookProperty().get().isEmpty());
        workbench.comparisonProperty().set(Optional.of(PRUNED));
        AttentionLook first = viewModel.lookProperty().get().orElseThrow();
        double chosen = first.baseline().startAttention();
        assertTrue(
                PRUNED.baseline().heads().getFirst().stream()
                        .allMatch(head -> head.startAttention() <= chosen));
        viewModel.selectHead(3, 1);
        assertEquals(new Selection.Place(3, first(workbench).site(), -1, 1, -1), first(workbench));
        assertTrue(viewModel.lookProperty().get().orElseThrow().hasDetail());
        workbench.comparisonProperty().set(Optional.of(FIXTURE.compare(Recipe.FLOAT, 0, LAYER)));
        AttentionLook floats = viewModel.lookProperty().get().orElseThrow();
        assertFalse(floats.isLog2());
        assertEquals(4, floats.bits());
    }

    private static Selection.Place first(Workbench workbench) {
        return workbench.selection().place();
    }
}
