package io.agilelens.engine.calibrate;

import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.quant.QuantizedWeight;
import java.util.List;
import java.util.Map;

/**
 * A model with its weights quantized.
 *
 * @param model the model that the weights belong to: the one that was given, or a view of it in
 *     which scales were folded into norms and linears
 * @param floats that model's float arithmetic
 * @param layers by layer, the quantized linears; those not in the map stay float
 */
public record FittedWeights(
        Model model, Numerics floats, List<Map<LinearRole, QuantizedWeight>> layers) {

    public FittedWeights {
        layers = layers.stream().map(Map::copyOf).toList();
    }

    /**
     * The first layer whose weights others are not these; the number of layers if all are.
     *
     * @param other of a model of as many layers
     */
    int firstDifference(FittedWeights other) {
        if (model != other.model || floats != other.floats) {
            return 0;
        }
        int layer = 0;
        while (layer < layers.size() && layers.get(layer).equals(other.layers.get(layer))) {
            layer++;
        }
        return layer;
    }
}
