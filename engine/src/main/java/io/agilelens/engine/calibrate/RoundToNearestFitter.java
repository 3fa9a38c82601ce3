package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rounds each weight to nearest, on its own; what the last recipe shares is not done again. */
final class RoundToNearestFitter implements WeightFitter {
    private final Model model;
    private final Numerics floats;
    private Map<WeightKey, QuantizedWeight> latest = Map.of();

    private record WeightKey(int layer, LinearRole role, WeightRecipe recipe) {}

    RoundToNearestFitter(Model model, Numerics floats) {
        this.model = model;
        this.floats = floats;
    }

    @Override
    public FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        Map<WeightKey, QuantizedWeight> quantized = new HashMap<>();
        List<Map<LinearRole, QuantizedWeight>> layers = new ArrayList<>();
        int count = model.config().layers();
        if (latest.isEmpty()) {
            WeightRoom.require(model, recipe, 0);
        }
        for (int layer = 0; layer < count; layer++) {
            cancellation.check();
            progress.report("quantizing weights", layer, count);
            Map<LinearRole, QuantizedWeight> linears = new EnumMap<>(LinearRole.class);
            for (LinearRole role : model.config().roles()) {
                WeightRecipe weightRecipe = recipe.weightsAt(layer, role.input());
                if (weightRecipe.method() == WeightMethod.NONE) {
                    continue;
                }
                WeightKey key = new WeightKey(layer, role, weightRecipe);
                QuantizedWeight weight = latest.get(key);
                if (weight == null) {
                    weight = quantize(model.weights().linear(layer, role), weightRecipe);
                }
                quantized.put(key, weight);
                linears.put(role, weight);
            }
            layers.add(linears);
        }
        latest = quantized;
        progress.report("quantizing weights", count, count);
        return new FittedWeights(model, floats, layers);
    }

    static QuantizedWeight quantize(LinearWeight weight, WeightRecipe recipe) {
        return RoundToNearest.quantize(
                weight.weight(),
                weight.outputs(),
                weight.inputs(),
                recipe.bits(),
                recipe.group(),
                recipe.symmetric());
    }
}
