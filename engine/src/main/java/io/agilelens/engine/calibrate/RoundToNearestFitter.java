package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.HeapRoom;
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
            requireRoom(recipe);
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

    /** A byte a code, and a scale and a zero point of four bytes each for every group. */
    private void requireRoom(Recipe recipe) {
        long needed = 0;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                WeightRecipe weights = recipe.weightsAt(layer, role.input());
                if (weights.method() != WeightMethod.NONE) {
                    LinearWeight weight = model.weights().linear(layer, role);
                    long groups =
                            QuantizedWeight.groupStarts(weight.inputs(), weights.group()).length;
                    needed += (long) weight.outputs() * (weight.inputs() + 8 * groups);
                }
            }
        }
        HeapRoom room = HeapRoom.now(needed);
        if (needed > room.free()) {
            throw new UserException(
                    "%s: the codes of its quantized weights take %,d MiB of heap, and %,d MiB of %,d MiB are free: start with AGILELENS_OPTS=-Xmx%dm or more, or quantize fewer layers"
                            .formatted(
                                    Printable.of(model.checkpoint().source()),
                                    needed >> 20,
                                    room.free() >> 20,
                                    room.maximum() >> 20,
                                    room.maximum() + needed - room.free() + (512L << 20) >> 20));
        }
    }

    private static QuantizedWeight quantize(LinearWeight weight, WeightRecipe recipe) {
        if (recipe.method() != WeightMethod.RTN) {
            throw new UserException(
                    "weights.method %s is not in this version: use rtn or none"
                            .formatted(recipe.method().name().toLowerCase()));
        }
        return RoundToNearest.quantize(
                weight.values(),
                weight.outputs(),
                weight.inputs(),
                recipe.bits(),
                recipe.group(),
                recipe.symmetric());
    }
}
