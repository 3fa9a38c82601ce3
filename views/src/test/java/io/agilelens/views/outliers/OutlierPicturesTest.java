package io.agilelens.views.outliers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Selection;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.chart.HistogramPane;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the pictures are drawn from, without a toolkit. */
class OutlierPicturesTest {
    private static final int LAYER = 3;
    private static final ComparisonFixture FIXTURE = ComparisonFixture.tiny();
    private static final WindowComparison PRUNED =
            FIXTURE.compare(FIXTURE.prunedRecipe(), 0, LAYER);
    private static final WindowComparison WEIGHTS_ONLY =
            FIXTURE.compare(FIXTURE.recipe("RTN-W4"), 0, LAYER);

    private static OutlierLook look(WindowComparison windows, Comparison comparison) {
        return new OutlierLook(windows, comparison, LAYER, Site.MLP_HIDDEN, 17);
    }

    @Test
    void theMapShowsTheLargestMagnitudeOfTheModelAskedFor() {
        MagnitudeMap baseline = MagnitudeMap.of(look(PRUNED, Comparison.BASELINE));
        MagnitudeMap tuned = MagnitudeMap.of(look(PRUNED, Comparison.TUNED));
        SiteStatistics statistics = PRUNED.tuned().sites().get(LAYER).get(Site.MLP_HIDDEN);
        assertEquals(statistics.magnitude(17), tuned.table().value(LAYER, 17));
        assertEquals(baseline.range(), tuned.range(), "the switch keeps the colours' meaning");
        assertEquals(
                Math.max(baseline.table().maximum(), tuned.table().maximum()),
                baseline.range().maximum());
    }

    @Test
    void theDifferenceIsTheRoundingErrorOrWithoutRoundingTheChange() {
        MagnitudeMap error = MagnitudeMap.of(look(PRUNED, Comparison.DIFFERENCE));
        assertEquals(MagnitudeMap.Kind.ERROR, error.kind());
        Matrix before = PRUNED.tuned().detail().orElseThrow().before().get(Site.MLP_HIDDEN);
        Matrix after = PRUNED.tuned().detail().orElseThrow().after().get(Site.MLP_HIDDEN);
        double squares = 0;
        for (int t = 0; t < before.rows(); t++) {
            squares += Math.pow(after.get(t, 17) - before.get(t, 17), 2);
        }
        double expected = Math.sqrt(squares / before.rows());
        assertEquals(expected, error.table().value(LAYER, 17), 1e-5 * expected);

        MagnitudeMap change = MagnitudeMap.of(look(WEIGHTS_ONLY, Comparison.DIFFERENCE));
        assertEquals(MagnitudeMap.Kind.CHANGE, change.kind());
        assertTrue(change.isDiverging());
    }

    @Test
    void tokensThatWerePrunedHaveNoRow() {
        TokenMap tuned = TokenMap.of(look(PRUNED, Comparison.TUNED));
        TokenMap baseline = TokenMap.of(look(PRUNED, Comparison.BASELINE));
        assertEquals(96, baseline.table().rows());
        assertEquals(PRUNED.tuned().pruning().alive(LAYER), tuned.table().rows());
        OutlierLook above = new OutlierLook(PRUNED, Comparison.TUNED, LAYER, Site.QUERY, 0);
        assertEquals(
                PRUNED.tuned().pruning().alive(LAYER - 1),
                TokenMap.of(above).table().rows(),
                "tokens leave after the attention");
        int position = tuned.positions()[5];
        assertEquals(5, tuned.row(position));
        assertEquals(position, baseline.row(position));
        assertEquals(
                PRUNED.tuned().detail().orElseThrow().after().get(Site.MLP_HIDDEN).get(5, 17),
                tuned.table().value(5, 17));
        int gone = 0;
        while (tuned.row(gone) >= 0) {
            gone++;
        }
        assertEquals(-1, tuned.row(gone));
    }

    @Test
    void theHistogramHoldsEveryTokenAndAllRoundedValuesLieOnLevels() {
        ChannelHistogram tuned = ChannelHistogram.of(look(PRUNED, Comparison.TUNED));
        assertEquals(ChannelHistogram.Note.LEVELS, tuned.note());
        assertTrue(tuned.levels().length >= 2 && tuned.levels().length <= 16);
        int tokens = PRUNED.tuned().pruning().alive(LAYER);
        for (HistogramPane.Bins bins : tuned.bins()) {
            assertEquals(tokens, Arrays.stream(bins.counts()).sum());
        }
        HistogramPane.Bins after = tuned.bins().getLast();
        for (int i = 0; i < after.counts().length; i++) {
            if (after.counts()[i] > 0) {
                double low = after.edges()[i];
                double high = after.edges()[i + 1];
                assertTrue(
                        Arrays.stream(tuned.levels()).anyMatch(l -> l >= low && l <= high),
                        "rounded values between levels: " + low + " … " + high);
            }
        }
        assertEquals(
                ChannelHistogram.Note.FLOAT,
                ChannelHistogram.of(look(PRUNED, Comparison.BASELINE)).note());
        assertTrue(ChannelHistogram.of(look(WEIGHTS_ONLY, Comparison.DIFFERENCE)).bins().isEmpty());
    }

    @Test
    void theChosenFactorHasTheLeastError() {
        TripFactors factors =
                TripFactors.of(
                        look(PRUNED, Comparison.TUNED).tripFit().orElseThrow(),
                        new java.util.TreeMap<>());
        HeatmapData strip = factors.strip();
        for (int c = 0; c < strip.columns(); c++) {
            double[] errors = factors.errors(c);
            int exponent = Integer.numberOfTrailingZeros((int) strip.value(0, c));
            assertEquals(Arrays.stream(errors).min().orElseThrow(), errors[exponent]);
            assertTrue(factors.candidates(c).get(exponent).contains("chosen"));
        }
        assertTrue(factors.describe(17).startsWith("Channel 17: ×" + factors.factor(17)));
    }

    @Test
    void rangesShowWhatTheQuantizerReachesAndErrorsWhatItsStepsExplain() {
        ChannelRanges tuned = ChannelRanges.of(look(PRUNED, Comparison.TUNED));
        assertEquals(3, tuned.lines().size());
        SiteStatistics statistics = PRUNED.tuned().sites().get(LAYER).get(Site.MLP_HIDDEN);
        assertEquals(statistics.maximum()[17], tuned.lines().getFirst().y()[17], 1e-6);
        ChannelRanges errors = ChannelRanges.of(look(PRUNED, Comparison.DIFFERENCE));
        assertTrue(errors.errors());
        assertEquals(Math.sqrt(statistics.error()[17]), errors.lines().getFirst().y()[17], 1e-9);
        assertFalse(ChannelRanges.of(look(WEIGHTS_ONLY, Comparison.DIFFERENCE)).errors());
    }

    @Test
    void theViewModelFollowsTheSelectionAndTakesTheLargestChannelWithoutOne() {
        Workbench workbench = new Workbench();
        OutliersViewModel viewModel = new OutliersViewModel(workbench);
        assertTrue(viewModel.lookProperty().get().isEmpty());
        workbench.comparisonProperty().set(Optional.of(PRUNED));
        OutlierLook first = viewModel.lookProperty().get().orElseThrow();
        assertEquals(first.baseline().largestChannel(), first.channel());
        assertFalse(viewModel.isChannelPicked());

        viewModel.selectChannel(2, 9);
        assertEquals(9, workbench.selection().place().channel());
        OutlierLook picked = viewModel.lookProperty().get().orElseThrow();
        assertEquals(2, picked.layer());
        assertEquals(9, picked.channel());
        assertFalse(picked.hasDetail(), "layer 2 was not kept in full");

        workbench.selection().select(new Selection.Place(3, Site.SOFTMAX, -1, 1, -1));
        assertEquals(Site.MLP_HIDDEN, viewModel.siteProperty().get());
        viewModel.selectSite(Site.VALUE);
        assertEquals(16, viewModel.lookProperty().get().orElseThrow().channels());
    }

    @Test
    void aFloatRecipeHasNothingToRound() {
        WindowComparison floats = FIXTURE.compare(Recipe.FLOAT, 0, LAYER);
        OutlierLook look = look(floats, Comparison.TUNED);
        assertTrue(look.quantizer().isEmpty());
        assertTrue(look.tripFit().isEmpty());
        MagnitudeMap change = MagnitudeMap.of(look(floats, Comparison.DIFFERENCE));
        assertArrayEquals(
                new float[] {0, 0},
                new float[] {change.table().minimum(), change.table().maximum()});
    }
}
