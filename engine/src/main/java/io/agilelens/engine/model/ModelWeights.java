package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a decoder by what they are for. Names and shapes are checked against the
 * configuration when this is made; linear weights stay in the mapped file until they are asked for.
 */
public final class ModelWeights {
    /** The longest array that a JVM makes. */
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Tensor embedding;
    private final List<Layer> layers = new ArrayList<>();
    private final float[] finalNorm;
    private final LinearWeight head;

    private record Layer(
            float[] attentionNorm, float[] mlpNorm, Map<LinearRole, LinearWeight> linears) {}

    /**
     * @throws UserException if a tensor is missing or has another shape than the configuration says
     */
    ModelWeights(Checkpoint checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        int hidden = config.hiddenSize();
        embedding = require("model.embed_tokens.weight", config.vocabularySize(), hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            Map<LinearRole, LinearWeight> linears = new EnumMap<>(LinearRole.class);
            for (LinearRole role : LinearRole.values()) {
                linears.put(role, linear(prefix, role));
            }
            layers.add(
                    new Layer(
                            require(prefix + "input_layernorm.weight", hidden).toFloats(),
                            require(prefix + "post_attention_layernorm.weight", hidden).toFloats(),
                            linears));
        }
        finalNorm = require("model.norm.weight", hidden).toFloats();
        head =
                new LinearWeight(
                        config.vocabularySize(),
                        hidden,
                        config.tiedHead()
                                ? embedding
                                : require("lm_head.weight", config.vocabularySize(), hidden),
                        Optional.empty());
    }

    private LinearWeight linear(String prefix, LinearRole role) {
        String name = prefix + tensorName(role);
        int outputs = role.outputs(config);
        int inputs = role.inputs(config);
        boolean attention = role.compareTo(LinearRole.ATTENTION_OUTPUT) <= 0;
        boolean biased = attention ? config.attentionBias() : config.mlpBias();
        return new LinearWeight(
                outputs,
                inputs,
                require(name + ".weight", outputs, inputs),
                biased ? Optional.of(require(name + ".bias", outputs)) : Optional.empty());
    }

    /** The linear's name inside a layer, as Hugging Face checkpoints spell it. */
    public static String tensorName(LinearRole role) {
        return switch (role) {
            case QUERY -> "self_attn.q_proj";
            case KEY -> "self_attn.k_proj";
            case VALUE -> "self_attn.v_proj";
            case ATTENTION_OUTPUT -> "self_attn.o_proj";
            case GATE -> "mlp.gate_proj";
            case UP -> "mlp.up_proj";
            case DOWN -> "mlp.down_proj";
        };
    }

    private Tensor require(String name, long... shape) {
        Tensor tensor =
                checkpoint
                        .find(name)
                        .orElseThrow(
                                () ->
                                        new UserException(
                                                "%s: tensor %s is missing: the checkpoint is incomplete or config.json belongs to another model"
                                                        .formatted(
                                                                Printable.of(checkpoint.source()),
                                                                name)));
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new UserException(
                    "%s: tensor %s has shape %s where config.json asks for %s: the files do not belong together"
                            .formatted(
                                    Printable.of(checkpoint.source()),
                                    name,
                                    Arrays.toString(tensor.shape()),
                                    Arrays.toString(shape)));
        }
        if (tensor.elements() > MOST_ELEMENTS) {
            throw new UserException(
                    "%s: tensor %s has %d elements: more than %d in one tensor are not supported"
                            .formatted(
                                    Printable.of(checkpoint.source()),
                                    name,
                                    tensor.elements(),
                                    MOST_ELEMENTS));
        }
        if (!tensor.isFloat()) {
            throw new UserException(
                    "%s: tensor %s is stored as %s: weights must be F32, F16 or BF16"
                            .formatted(Printable.of(checkpoint.source()), name, tensor.storage()));
        }
        return tensor;
    }

    /** Token embedding, {@code [vocabulary, hidden]}. */
    public Tensor embedding() {
        return embedding;
    }

    /** Weight of the norm before attention, {@code [hidden]}; read only. */
    float[] attentionNorm(int layer) {
        return layers.get(layer).attentionNorm();
    }

    /** Weight of the norm before the MLP, {@code [hidden]}; read only. */
    float[] mlpNorm(int layer) {
        return layers.get(layer).mlpNorm();
    }

    /** Weight of the norm before the head, {@code [hidden]}; read only. */
    float[] finalNorm() {
        return finalNorm;
    }

    public LinearWeight linear(int layer, LinearRole role) {
        return layers.get(layer).linears().get(role);
    }

    /** The output head, {@code [vocabulary, hidden]}. */
    public LinearWeight head() {
        return head;
    }
}
