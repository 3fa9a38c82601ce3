package io.agilelens.engine.quant;

import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a quantized forward pass needs to know, with all parameters fitted: what was decided
 * for each layer. Immutable.
 *
 * @param layers one entry a decoder layer
 */
public record QuantizationPlan(List<Layer> layers) {

    public QuantizationPlan {
        layers = List.copyOf(layers);
    }

    /**
     * One decoder layer.
     *
     * @param weights quantized linears; those not in the map stay float
     * @param activations quantizers of sites; those not in the map stay float
     * @param softmax quantizer of the attention probabilities
     */
    public record Layer(
            Map<LinearRole, QuantizedWeight> weights,
            Map<Site, ActivationQuantizer> activations,
            Optional<SoftmaxQuantizer> softmax) {

        public Layer {
            weights = Map.copyOf(weights);
            activations = Map.copyOf(activations);
        }

        /** Whether anything happens at a site or to the weights of a linear that reads it. */
        public boolean touches(Site site) {
            return activations.containsKey(site)
                    || site == Site.SOFTMAX && softmax.isPresent()
                    || weights.keySet().stream().anyMatch(role -> role.input() == site);
        }
    }
}
