package io.agilelens.engine.recipe;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a recipe says about each layer and site. */
class RecipeTest {
    private static final Recipe TRIP =
            Recipe.FLOAT
                    .withWeights(new WeightRecipe(WeightMethod.RTN, 4, 32, false))
                    .withActivations(
                            new ActivationRecipe(ActivationMethod.TRIP, 4, 3, Granularity.TENSOR));

    @Test
    void queriesKeysAndValuesFollowThePublishedConfiguration() {
        for (Site site : Site.values()) {
            ActivationRecipe at = TRIP.activationsAt(1, site);
            if (site.isPerHead()) {
                assertEquals(ActivationMethod.UNIFORM, at.method());
                assertEquals(8, at.bits());
                assertEquals(Granularity.CHANNEL, at.granularity());
            } else if (site.isLinearInput()) {
                assertEquals(TRIP.activations(), at);
            }
            assertEquals(ActivationRecipe.NONE, Recipe.FLOAT.activationsAt(0, site));
        }
    }

    @Test
    void laterOverridesWin() {
        SiteOverride eight = bits(Set.of(Site.MLP_HIDDEN), 8, 0, 1);
        SiteOverride six = bits(Set.of(Site.MLP_HIDDEN, Site.QUERY), 6, 1);
        Recipe recipe = TRIP.withOverrides(List.of(eight, six));
        assertEquals(8, recipe.activationsAt(0, Site.MLP_HIDDEN).bits());
        assertEquals(6, recipe.activationsAt(1, Site.MLP_HIDDEN).bits());
        assertEquals(ActivationMethod.TRIP, recipe.activationsAt(1, Site.MLP_HIDDEN).method());
        assertEquals(6, recipe.activationsAt(1, Site.QUERY).bits());
        assertEquals(4, recipe.activationsAt(2, Site.MLP_HIDDEN).bits());
        assertEquals(recipe.weights(), recipe.weightsAt(1, Site.MLP_HIDDEN));
        assertFalse(recipe.isFloat());
    }

    @Test
    void refusesLayersThatTheModelLacks() {
        Recipe pruned = TRIP.withPruning(pruning(0.2, 2, 5));
        assertDoesNotThrow(() -> pruned.requireLayers(6));
        assertEquals(
                "pruning.layers names layer 5: the model has layers 0…4",
                assertThrows(UserException.class, () -> pruned.requireLayers(5)).getMessage());
        Recipe nowhere = TRIP.withPruning(pruning(0.2));
        assertTrue(
                assertThrows(UserException.class, () -> nowhere.requireLayers(5))
                        .getMessage()
                        .contains("pruning.layers is empty"));
        Recipe overridden = TRIP.withOverrides(List.of(bits(Set.of(Site.QUERY), 4, 9)));
        assertEquals(
                "overrides.layers names layer 9: the model has layers 0…4",
                assertThrows(UserException.class, () -> overridden.requireLayers(5)).getMessage());
    }

    @Test
    void summariesSayWhatDiffers() {
        assertEquals("FP", Recipe.FLOAT.summary());
        assertTrue(Recipe.FLOAT.isFloat());
        Recipe full =
                TRIP.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4))
                        .withPruning(pruning(0.2, 2));
        assertEquals("W4 g32 RTN · A4 TRIP K3 · Log2 4 · β 0.2", full.summary());
    }

    @Test
    void presetsFitTheirModels() {
        for (int layers : new int[] {1, 2, 3, 8, 32}) {
            for (Preset preset : Preset.forLayers(layers)) {
                assertDoesNotThrow(() -> preset.recipe().requireLayers(layers), preset.name());
            }
        }
    }

    @Test
    void presetsAnswerToTheirTypedNames() {
        List<Preset> presets = Preset.forLayers(8);
        for (Preset preset : presets) {
            assertEquals(
                    List.of(preset),
                    presets.stream().filter(p -> p.isCalled(preset.name())).toList());
        }
        for (String[] typed :
                new String[][] {
                    {"agile-quant-8-pruned", "Agile-Quant-8*"},
                    {"Agile-Quant-4*", "Agile-Quant-4*"},
                    {"agile-published", "Agile published"},
                    {"w4a8-trip-b0.2", "W4A8 TRIP β 0.2"},
                    {"gptq-w4", "GPTQ-W4"}
                }) {
            assertEquals(
                    typed[1],
                    presets.stream()
                            .filter(p -> p.isCalled(typed[0]))
                            .map(Preset::name)
                            .findFirst()
                            .orElseThrow());
        }
    }

    private static PruningRecipe pruning(double beta, Integer... layers) {
        return new PruningRecipe(beta, new TreeSet<>(List.of(layers)), TokenScore.START, false);
    }

    private static SiteOverride bits(Set<Site> sites, int bits, Integer... layers) {
        return new SiteOverride(
                new TreeSet<>(List.of(layers)),
                sites,
                Optional.empty(),
                Optional.of(bits),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
