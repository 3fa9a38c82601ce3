package io.agilelens.engine.quant;

import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a quantized forward pass needs to know, with all parameters fitted: what was decided
 * for each layer and for the head. Immutable.
 *
 * @param layers one entry a decoder layer
 * @param head the output head's weight, {@code [vocabulary, embedding]}; empty if it stays float
 * @param cache how keys and values are kept for later tokens; empty for floats
 */
public record QuantizationPlan(
        List<Layer> layers, Optional<QuantizedWeight> head, Optional<CacheFormat> cache) {

    public QuantizationPlan {
        layers = List.copyOf(layers);
    }

    /**
     * The first layer that another plan computes otherwise.
     *
     * @param other of a model of as many layers
     * @return the number of layers if only the head does, one more if nothing does
     */
    public int firstDifference(QuantizationPlan other) {
        if (!cache.equals(other.cache)) {
            return 0;
        }
        int layer = 0;
        while (layer < layers.size() && layers.get(layer).equals(other.layers.get(layer))) {
            layer++;
        }
        return layer == layers.size() && head.equals(other.head) ? layer + 1 : layer;
    }

    /** The head, keys and values stay floats. */
    public QuantizationPlan(List<Layer> layers) {
        this(layers, Optional.empty(), Optional.empty());
    }

    /**
     * One decoder layer.
     *
     * @param weights quantized linears; those not in the map stay float
     * @param activations quantizers of sites; those not in the map stay float
     * @param markedActivations quantizers of marked tokens at sites where these have fewer bits
     * @param softmax quantizer of the attention probabilities
     */
    public record Layer(
            Map<LinearRole, QuantizedWeight> weights,
            Map<Site, ActivationQuantizer> activations,
            Map<Site, ActivationQuantizer> markedActivations,
            Optional<SoftmaxQuantizer> softmax) {

        public Layer {
            weights = Map.copyOf(weights);
            activations = Map.copyOf(activations);
            markedActivations = Map.copyOf(markedActivations);
        }

        /** Marked tokens are like the others. */
        public Layer(
                Map<LinearRole, QuantizedWeight> weights,
                Map<Site, ActivationQuantizer> activations,
                Optional<SoftmaxQuantizer> softmax) {
            this(weights, activations, Map.of(), softmax);
        }

        /** Whether anything happens at a site or to the weights of a linear that reads it. */
        public boolean touches(Site site) {
            return activations.containsKey(site)
                    || site == Site.SOFTMAX && softmax.isPresent()
                    || weights.keySet().stream().anyMatch(role -> role.input() == site);
        }
    }
}
