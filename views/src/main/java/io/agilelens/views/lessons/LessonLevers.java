package io.agilelens.views.lessons;

import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.recipe.RecipeViewModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The settings of the recipe that a lesson can set, by the keys that they have in a recipe's JSON.
 * Each is turned as a person turns it: a named step that can be undone.
 */
final class LessonLevers {
    /** Takes a preset by its name, before any other setting. */
    static final String PRESET = "preset";

    private static final Map<String, BiConsumer<RecipeViewModel, String>> LEVERS = levers();

    private LessonLevers() {}

    private static Map<String, BiConsumer<RecipeViewModel, String>> levers() {
        Map<String, BiConsumer<RecipeViewModel, String>> levers = new LinkedHashMap<>();
        levers.put(PRESET, LessonLevers::choosePreset);
        levers.put("execution", (r, v) -> r.setExecution(Execution.valueOf(v)));
        levers.put("weights.method", (r, v) -> r.setWeightMethod(WeightMethod.valueOf(v)));
        levers.put("weights.bits", (r, v) -> r.setWeightBits(Integer.parseInt(v)));
        levers.put("weights.group", (r, v) -> r.setWeightGroup(Integer.parseInt(v)));
        levers.put(
                "activations.method", (r, v) -> r.setActivationMethod(ActivationMethod.valueOf(v)));
        levers.put("activations.bits", (r, v) -> r.setActivationBits(Integer.parseInt(v)));
        levers.put("activations.max_exponent", (r, v) -> r.setMaxExponent(Integer.parseInt(v)));
        levers.put("activations.granularity", (r, v) -> r.setGranularity(Granularity.valueOf(v)));
        levers.put("softmax.method", (r, v) -> r.setSoftmaxMethod(SoftmaxMethod.valueOf(v)));
        levers.put("softmax.bits", (r, v) -> r.setSoftmaxBits(Integer.parseInt(v)));
        levers.put("pruning.beta", (r, v) -> r.setBeta(Double.parseDouble(v)));
        levers.put("pruning.score", (r, v) -> r.setTokenScore(TokenScore.valueOf(v)));
        levers.put("pruning.action", (r, v) -> r.setPruningAction(PruningAction.valueOf(v)));
        return levers;
    }

    /** The keys that there are. */
    static Set<String> keys() {
        return LEVERS.keySet();
    }

    /**
     * Sets levers; those that stand so already are left alone.
     *
     * @throws IllegalArgumentException if there is no such lever, or it cannot be set so
     */
    static void set(RecipeViewModel recipe, Map<String, String> settings) {
        LEVERS.forEach(
                (key, lever) -> {
                    String value = settings.get(key);
                    if (value != null) {
                        lever.accept(recipe, value);
                        recipe.history().endStep();
                    }
                });
        for (String key : settings.keySet()) {
            if (!LEVERS.containsKey(key)) {
                throw new IllegalArgumentException("there is no lever " + key);
            }
        }
    }

    private static void choosePreset(RecipeViewModel recipe, String name) {
        recipe.choose(
                recipe.presets().stream()
                        .filter(preset -> preset.name().equals(name))
                        .findFirst()
                        .orElseThrow(
                                () -> new IllegalArgumentException("there is no preset " + name)));
    }
}
