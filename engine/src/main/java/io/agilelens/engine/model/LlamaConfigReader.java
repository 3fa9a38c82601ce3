package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the {@code config.json} of a Hugging Face LLaMA checkpoint (key meanings as in {@code
 * LlamaConfig}). {@code null} counts as absent; unknown keys that cannot change the arithmetic are
 * ignored, values that would change it and are not understood are refused.
 */
final class LlamaConfigReader {
    private final Checkpoint checkpoint;
    private final JsonNode config;

    private LlamaConfigReader(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
    }

    /**
     * @throws UserException if a key is missing, out of range or not understood
     */
    static ModelConfig read(Checkpoint checkpoint) {
        return new LlamaConfigReader(checkpoint).read();
    }

    private ModelConfig read() {
        String activation = text("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw refuse("hidden_act", activation, "only silu is known for LLaMA");
        }
        if (has("quantization_config")) {
            throw refuse(
                    "quantization_config",
                    config.get("quantization_config").path("quant_method").asString("unknown"),
                    "quantized checkpoints cannot be read yet; open the float checkpoint");
        }
        int hidden = count("hidden_size");
        int heads = count("num_attention_heads");
        int keyValueHeads = has("num_key_value_heads") ? count("num_key_value_heads") : heads;
        if (heads % keyValueHeads != 0) {
            throw refuse(
                    "num_key_value_heads",
                    Integer.toString(keyValueHeads),
                    "it must divide num_attention_heads " + heads);
        }
        if (!has("head_dim") && hidden % heads != 0) {
            throw refuse(
                    "hidden_size",
                    Integer.toString(hidden),
                    "without head_dim it must be a multiple of num_attention_heads " + heads);
        }
        int headDimension = has("head_dim") ? count("head_dim") : hidden / heads;
        if (headDimension % 2 != 0) {
            throw refuse(
                    "head_dim", Integer.toString(headDimension), "rotary embedding needs it even");
        }
        if ((long) heads * headDimension > Integer.MAX_VALUE) {
            throw refuse(
                    "head_dim",
                    Integer.toString(headDimension),
                    "with num_attention_heads %d that makes heads wider than any model's"
                            .formatted(heads));
        }
        double epsilon = number("rms_norm_eps", config, 1e-6);
        if (!(epsilon >= 0) || epsilon > 1) {
            throw refuse("rms_norm_eps", Double.toString(epsilon), "it must lie in 0…1");
        }
        return new ModelConfig(
                Architecture.LLAMA,
                count("num_hidden_layers"),
                hidden,
                heads,
                keyValueHeads,
                headDimension,
                count("intermediate_size"),
                count("vocab_size"),
                has("max_position_embeddings") ? count("max_position_embeddings") : 2048,
                (float) epsilon,
                rotary(),
                flag("tie_word_embeddings"),
                flag("attention_bias"),
                flag("mlp_bias"));
    }

    /** Newer files keep everything in {@code rope_parameters}, older ones beside it. */
    private RotaryEmbedding rotary() {
        JsonNode parameters = config.path("rope_parameters");
        boolean newer = parameters.isObject();
        JsonNode scaling = newer ? parameters : config.path("rope_scaling");
        double theta =
                newer && parameters.has("rope_theta")
                        ? number("rope_theta", parameters, 10000)
                        : number("rope_theta", config, 10000);
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw refuse("rope_theta", Double.toString(theta), "it must be positive");
        }
        if (!scaling.isObject()) {
            return new RotaryEmbedding(theta, new RotaryEmbedding.Unscaled());
        }
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        return new RotaryEmbedding(
                theta,
                switch (type) {
                    case "default" -> new RotaryEmbedding.Unscaled();
                    case "linear" -> new RotaryEmbedding.Linear(positive(scaling, "factor"));
                    case "llama3" ->
                            new RotaryEmbedding.Llama3(
                                    positive(scaling, "factor"),
                                    positive(scaling, "low_freq_factor"),
                                    positive(scaling, "high_freq_factor"),
                                    (int) positive(scaling, "original_max_position_embeddings"));
                    default ->
                            throw refuse(
                                    "rope_scaling type", type, "known are default, linear, llama3");
                });
    }

    private boolean has(String key) {
        return config.has(key) && !config.get(key).isNull();
    }

    private int count(String key) {
        JsonNode value = config.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw refuse(
                    key,
                    value.isMissingNode() ? "missing" : value.toString(),
                    "a whole number of at least 1 belongs there");
        }
        return value.intValue();
    }

    private double number(String key, JsonNode node, double absent) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isNumber()) {
            throw refuse(key, value.toString(), "a number belongs there");
        }
        return value.doubleValue();
    }

    private double positive(JsonNode node, String key) {
        double value = number(key, node, Double.NaN);
        if (!(value > 0) || Double.isInfinite(value)) {
            throw refuse(
                    "rope_scaling " + key,
                    node.has(key) ? node.path(key).toString() : "missing",
                    "it must be a positive number");
        }
        return value;
    }

    private boolean flag(String key) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw refuse(key, value.toString(), "true or false belongs there");
        }
        return value.booleanValue();
    }

    private String text(String key, String absent) {
        JsonNode value = config.path(key);
        return value.isMissingNode() || value.isNull() ? absent : value.asString(value.toString());
    }

    private UserException refuse(String key, String value, String remedy) {
        return new UserException(
                "%s: config key %s is %s: %s"
                        .formatted(
                                Printable.of(checkpoint.source()),
                                key,
                                Printable.of(value),
                                remedy));
    }
}
