package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WeightError;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.views.Comparison;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Selection;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.chart.HistogramPane;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the pictures of a tensor are drawn from, without a toolkit. */
class WeightPicturesTest {
    private static final ComparisonFixture FIXTURE = ComparisonFixture.tiny();
    private static final Model MODEL = FIXTURE.opened().model();
    private static final TunedModel W4 = tuned("RTN-W4");
    private static final Recipe EIGHT_BITS =
            Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 8, 32, false));
    private static final String DOWN = "model.layers.1.mlp.down_proj.weight";
    private static final WeightMap.RowNames ROWS =
            new WeightMap.RowNames(WeightMap.RowKind.OUTPUT, Integer::toString);

    private static TunedModel tuned(String preset) {
        return fitted(FIXTURE.recipe(preset));
    }

    private static TunedModel fitted(Recipe recipe) {
        return FIXTURE.compare(recipe, 0, 1).model();
    }

    private static Tensor stored(String name) {
        return MODEL.checkpoint().find(name).orElseThrow();
    }

    private static WeightReading read(String name, TunedModel model) {
        return WeightReading.of(stored(name), Optional.ofNullable(model), null);
    }

    private static WeightPicture picture(WeightReading reading, Comparison comparison) {
        return WeightPicture.of(reading, comparison, ROWS, 1_000_000);
    }

    private static QuantizedWeight codes() {
        return W4.plan().layers().get(1).weights().get(LinearRole.DOWN);
    }

    @Test
    void theMapHoldsStoredTunedAndErrorValuesAndOneRangeForBothModels() {
        WeightReading reading = read(DOWN, W4);
        float[] exact = stored(DOWN).toFloats();
        float[] rounded = codes().dequantize();
        WeightMap baseline = picture(reading, Comparison.BASELINE).map().orElseThrow();
        WeightMap tuned = picture(reading, Comparison.TUNED).map().orElseThrow();
        WeightMap error = picture(reading, Comparison.DIFFERENCE).map().orElseThrow();
        HeatmapData table = baseline.table();
        assertEquals(32, table.rows());
        assertEquals(64, table.columns());
        for (int i = 0; i < exact.length; i++) {
            assertEquals(exact[i], table.value(i / 64, i % 64));
            assertEquals(rounded[i], tuned.table().value(i / 64, i % 64));
            assertEquals(rounded[i] - exact[i], error.table().value(i / 64, i % 64));
        }
        assertEquals(baseline.range(), tuned.range(), "the switch keeps the colours' meaning");
        WeightError expected = reading.error().orElseThrow();
        assertEquals(expected.largest(), error.range().maximum(), 1e-6);
        assertTrue(expected.signalToNoise() > 15 && expected.signalToNoise() < 30);
    }

    @Test
    void aMapWithTooManyValuesSaysWhichItsCellsStandFor() {
        WeightReading reading = read(DOWN, W4);
        WeightMap map = WeightMap.of(reading, Comparison.BASELINE, stored(DOWN), ROWS, 200);
        assertEquals(4, map.cells().block());
        assertEquals(8, map.table().rows());
        assertEquals("4…7", map.table().labels().rowName().apply(1));
        assertEquals("60…63", map.table().labels().columnName().apply(15));
        assertEquals(2, map.column(11));
        assertEquals(11, map.input(2, 11), "the present one stays where its cell is picked");
        assertEquals(20, map.input(5, 11));
    }

    @Test
    void everyValueIsCountedAndRoundedValuesOfAGroupLieOnItsLevels() {
        WeightReading reading = read(DOWN, W4);
        for (Comparison comparison : Comparison.values()) {
            WeightPicture whole = picture(reading, comparison);
            for (HistogramPane.Bins bins : whole.bins()) {
                assertEquals(32 * 64, Arrays.stream(bins.counts()).sum());
            }
            WeightHistogram all = WeightHistogram.of(whole, WeightHistogram.Scope.TENSOR, 5, 40);
            assertSame(whole.bins(), all.bins());
        }
        WeightHistogram group =
                WeightHistogram.of(
                        picture(reading, Comparison.TUNED), WeightHistogram.Scope.GROUP, 5, 40);
        assertEquals(WeightHistogram.Note.LEVELS, group.note());
        assertArrayEquals(codes().levels(5, 1), group.levels());
        assertEquals(codes().step(5, 1), group.step(), 1e-9);
        assertEquals(32, group.inputs().length);
        assertEquals(32, group.inputs()[0]);
        HistogramPane.Bins after = group.bins().getLast();
        assertEquals(32, Arrays.stream(after.counts()).sum());
        for (int i = 0; i < after.counts().length; i++) {
            double low = after.edges()[i];
            double high = after.edges()[i + 1];
            assertTrue(
                    after.counts()[i] == 0
                            || Arrays.stream(group.levels()).anyMatch(l -> l >= low && l <= high),
                    "rounded values between levels: " + low + " … " + high);
        }
        WeightHistogram error =
                WeightHistogram.of(
                        picture(reading, Comparison.DIFFERENCE),
                        WeightHistogram.Scope.GROUP,
                        5,
                        40);
        assertEquals(WeightHistogram.Note.ERROR, error.note());
        assertEquals(group.step() / 2, error.levels()[1]);
        assertEquals(32, Arrays.stream(error.bins().getFirst().counts()).sum());
        assertEquals(
                WeightHistogram.Note.DENSE,
                WeightHistogram.of(
                                picture(read(DOWN, fitted(EIGHT_BITS)), Comparison.TUNED),
                                WeightHistogram.Scope.TENSOR,
                                0,
                                0)
                        .note());
    }

    @Test
    void whatTheRecipeLeavesAloneHasNoErrorAndWhatIsBeingFittedNothingToCompare() {
        WeightReading norm = read("model.norm.weight", W4);
        assertFalse(norm.isQuantized());
        assertTrue(norm.error().isEmpty());
        WeightPicture picture = picture(norm, Comparison.DIFFERENCE);
        assertEquals(1, picture.map().orElseThrow().table().rows());
        assertTrue(picture.bins().isEmpty());
        assertEquals(0, picture.map().orElseThrow().table().maximum());
        assertEquals(
                WeightHistogram.Note.UNQUANTIZED,
                WeightHistogram.of(picture, WeightHistogram.Scope.GROUP, 0, 3).note());
        WeightHistogram vector =
                WeightHistogram.of(
                        picture(norm, Comparison.TUNED), WeightHistogram.Scope.GROUP, 0, 3);
        assertEquals(32, Arrays.stream(vector.bins().getFirst().counts()).sum());

        WeightReading pending = read(DOWN, null);
        assertTrue(picture(pending, Comparison.TUNED).map().isEmpty());
        assertEquals(
                WeightHistogram.Note.PENDING,
                WeightHistogram.of(
                                picture(pending, Comparison.BASELINE),
                                WeightHistogram.Scope.TENSOR,
                                0,
                                0)
                        .note());
    }

    @Test
    void scalesThatWereFoldedInAreToldFromRounding() {
        TunedModel awq = tuned("AWQ-W4A16");
        WeightReading reading = read("model.layers.1.mlp.up_proj.weight", awq);
        assertTrue(reading.isFolded());
        assertTrue(reading.error().orElseThrow().signalToNoise() > 15);
        assertEquals(
                WeightHistogram.Note.FOLDED,
                WeightHistogram.of(
                                picture(reading, Comparison.BASELINE),
                                WeightHistogram.Scope.TENSOR,
                                0,
                                0)
                        .note());
        WeightPicture tuned = picture(reading, Comparison.TUNED);
        assertEquals(64 * 32, Arrays.stream(tuned.bins().getFirst().counts()).sum());
    }

    @Test
    void nothingIsReadAgainWhereTheRecipeLeftTheWeightsAsTheyWere() {
        WeightReading reading = read(DOWN, W4);
        TunedModel same =
                new TunedModel(FIXTURE.recipe("W4A8 TRIP"), W4.plan(), W4.tripFits(), W4.decoder());
        assertSame(reading, WeightReading.of(stored(DOWN), Optional.of(same), reading));
        WeightReading other =
                WeightReading.of(stored(DOWN), Optional.of(fitted(EIGHT_BITS)), reading);
        assertSame(reading.baseline(), other.baseline());
        assertTrue(
                other.error().orElseThrow().signalToNoise()
                        > reading.error().orElseThrow().signalToNoise() + 15);
    }

    @Test
    void aWeightIsFollowedToTheOneThatReadsWhatIsSelected() {
        LinearPlace up = LinearPlace.of(MODEL, "model.layers.1.mlp.up_proj.weight").orElseThrow();
        assertEquals(new LinearPlace(1, LinearRole.UP), up);
        assertEquals(
                new LinearPlace(3, LinearRole.UP),
                up.following(new Selection.Place(3, Site.MLP_INPUT, 4, -1, -1), MODEL));
        assertEquals(
                new LinearPlace(0, LinearRole.DOWN),
                up.following(new Selection.Place(0, Site.MLP_HIDDEN, -1, -1, -1), MODEL));
        assertEquals(
                new LinearPlace(2, LinearRole.QUERY),
                up.following(new Selection.Place(2, Site.ATTN_INPUT, -1, -1, -1), MODEL));
        assertEquals(
                new LinearPlace(2, LinearRole.UP),
                up.following(new Selection.Place(2, Site.SOFTMAX, -1, 1, -1), MODEL));
        assertTrue(LinearPlace.of(MODEL, "model.norm.weight").isEmpty());
    }
}
