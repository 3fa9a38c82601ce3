package io.agilelens.engine.model;

import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.ChannelScaled.Axis;
import io.agilelens.engine.tensor.ChannelScaled.Operation;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Scales moved from activations into the weights that read them: at a site, whatever gives a
 * channel is divided by the channel's scale, and the columns that read it are multiplied with it.
 * The model computes the same function; AWQ and SmoothQuant choose scales that make it easier to
 * quantize.
 *
 * @param layers by layer, scales of those sites that change, {@code [channels]}, positive; read
 *     only
 */
public record Folding(List<Map<Site, float[]>> layers) {

    public Folding {
        layers = layers.stream().map(Map::copyOf).toList();
    }

    /** A folding that changes one layer only. */
    public static Folding ofLayer(int layers, int layer, Map<Site, float[]> scales) {
        List<Map<Site, float[]>> all = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            all.add(i == layer ? scales : Map.of());
        }
        return new Folding(all);
    }

    /** Whether no site changes. */
    public boolean isEmpty() {
        return layers.stream().allMatch(Map::isEmpty);
    }

    /**
     * Whether a division can be moved into what gives a site's activations.
     *
     * <ul>
     *   <li>A norm takes it in if it has a gain and feeds nothing else.
     *   <li>The value projection does if each head has values of its own; BLOOM's is part of a
     *       fused projection and left alone, as in AWQ's code.
     *   <li>The hidden layer's linear does where the activation lets a positive factor through;
     *       behind GELU the model divides by tensors of their own.
     * </ul>
     */
    public static boolean isPossible(ModelConfig config, Site site) {
        return switch (site) {
            case ATTN_INPUT, MLP_INPUT ->
                    config.norm().affine() && config.norm().placement() == Norm.Placement.BEFORE;
            case ATTN_OUTPUT ->
                    config.heads() == config.keyValueHeads()
                            && config.architecture().names().fusedProjections().isEmpty();
            case MLP_HIDDEN ->
                    config.feedForward() != FeedForward.GELU_TANH
                            || config.architecture().names().has(TensorNames.Part.HIDDEN_DIVISORS);
            case QUERY, KEY, VALUE, SOFTMAX -> false;
        };
    }

    /** A linear's weight and bias as the folded model has them. */
    public LinearWeight apply(ModelConfig config, int layer, LinearRole role, LinearWeight linear) {
        return new LinearWeight(
                linear.outputs(),
                linear.inputs(),
                weight(config, layer, role, linear.weight()),
                linear.bias().map(bias -> outputs(config, layer, role, bias)));
    }

    /** What reads is multiplied before what gives is divided, as in AWQ's code. */
    Tensor weight(ModelConfig config, int layer, LinearRole role, Tensor weight) {
        return outputs(config, layer, role, inputs(layer, role, weight));
    }

    /** Columns multiplied with the scales of the site that they read. */
    Tensor inputs(int layer, LinearRole role, Tensor weight) {
        float[] scales = layers.get(layer).get(role.input());
        return scales == null
                ? weight
                : new ChannelScaled(weight, Axis.INPUTS, Operation.TIMES, scales);
    }

    /** Rows of a weight or a bias divided by the scales of the site that they give. */
    Tensor outputs(ModelConfig config, int layer, LinearRole role, Tensor tensor) {
        float[] scales = given(config, layer, role);
        return scales == null ? tensor : divided(tensor, scales);
    }

    /** Scales of the site that a linear gives; null if there are none, or it gives none. */
    private float[] given(ModelConfig config, int layer, LinearRole role) {
        Map<Site, float[]> scales = layers.get(layer);
        return switch (role) {
            case VALUE -> scales.get(Site.ATTN_OUTPUT);
            case UP ->
                    config.feedForward() == FeedForward.GELU_TANH
                            ? null
                            : scales.get(Site.MLP_HIDDEN);
            case QUERY, KEY, ATTENTION_OUTPUT, GATE, DOWN -> null;
        };
    }

    /** Whether a linear's weight is another in the folded model. */
    public boolean changes(ModelConfig config, int layer, LinearRole role) {
        return layers.get(layer).containsKey(role.input()) || given(config, layer, role) != null;
    }

    /** A vector, or the rows of a matrix, divided by scales. */
    static Tensor divided(Tensor tensor, float[] scales) {
        return new ChannelScaled(tensor, Axis.OUTPUTS, Operation.OVER, scales);
    }
}
