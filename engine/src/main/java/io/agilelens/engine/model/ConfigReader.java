package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads the {@code config.json} of a Hugging Face checkpoint, one subclass an architecture. {@code
 * null} counts as absent; unknown keys that cannot change the arithmetic are ignored, values that
 * would change it and are not understood are refused by name.
 */
abstract class ConfigReader {

    /**
     * Keys by which other families change the arithmetic, and the value that changes nothing; a key
     * that no value makes harmless has none.
     */
    private static final Map<String, List<String>> FOREIGN_KEYS =
            Map.ofEntries(
                    Map.entry("alibi", List.of("false")),
                    Map.entry("attention_chunk_size", List.of()),
                    Map.entry("attention_multiplier", List.of()),
                    Map.entry("attn_logit_softcapping", List.of()),
                    Map.entry("clip_qkv", List.of()),
                    Map.entry("embedding_multiplier", List.of("1", "1.0")),
                    Map.entry("final_logit_softcapping", List.of()),
                    Map.entry("logit_scale", List.of("1", "1.0")),
                    Map.entry("logits_scaling", List.of("1", "1.0")),
                    Map.entry("no_rope_layers", List.of("[]")),
                    Map.entry("num_experts", List.of("0", "1")),
                    Map.entry("num_local_experts", List.of("0", "1")),
                    Map.entry("parallel_attn", List.of("false")),
                    Map.entry("partial_rotary_factor", List.of("1", "1.0")),
                    Map.entry("qk_layernorm", List.of("false")),
                    Map.entry("qk_norm", List.of("false")),
                    Map.entry("query_pre_attn_scalar", List.of()),
                    Map.entry("residual_multiplier", List.of("1", "1.0")),
                    Map.entry("rotary_pct", List.of("1", "1.0")),
                    Map.entry("scale_embeddings", List.of("false")),
                    Map.entry("use_parallel_residual", List.of("false")),
                    Map.entry("use_qk_norm", List.of("false")));

    protected final JsonNode config;
    private final Checkpoint checkpoint;

    ConfigReader(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
    }

    /**
     * @throws UserException if the architecture is not known, or a key is missing, out of range or
     *     not understood
     */
    static ModelConfig read(Checkpoint checkpoint) {
        ConfigReader reader =
                switch (Architecture.of(checkpoint)) {
                    case LLAMA -> new LlamaConfigReader(checkpoint);
                    case OPT -> new OptConfigReader(checkpoint);
                    case BLOOM -> new BloomConfigReader(checkpoint);
                };
        reader.refusePacked();
        reader.refuseForeign();
        return reader.read();
    }

    abstract ModelConfig read();

    /** Packed weights are unpacked below; whoever does so takes this key away. */
    private void refusePacked() {
        if (has("quantization_config")) {
            throw refuse(
                    "quantization_config",
                    config.get("quantization_config").path("quant_method").asString("unknown"),
                    "quantized checkpoints cannot be read yet; open the float checkpoint");
        }
    }

    private void refuseForeign() {
        FOREIGN_KEYS.forEach((key, neutral) -> requireNeutral(key, config.path(key), neutral));
    }

    /**
     * @param neutral the values, as JSON writes them, that change nothing
     * @throws UserException if the value is there and none of these
     */
    protected final void requireNeutral(String key, JsonNode value, List<String> neutral) {
        if (!value.isMissingNode() && !value.isNull() && !neutral.contains(value.toString())) {
            throw refuse(
                    key,
                    value.toString(),
                    "it changes the arithmetic in a way that is not known; open another model");
        }
    }

    protected final boolean has(String key) {
        return config.has(key) && !config.get(key).isNull();
    }

    /** A whole number of at least 1. */
    protected final int count(String key) {
        JsonNode value = config.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw refuse(
                    key,
                    value.isMissingNode() ? "missing" : value.toString(),
                    "a whole number of at least 1 belongs there");
        }
        return value.intValue();
    }

    protected final int count(String key, int absent) {
        return has(key) ? count(key) : absent;
    }

    protected final double number(String key, JsonNode node, double absent) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isNumber()) {
            throw refuse(key, value.toString(), "a number belongs there");
        }
        return value.doubleValue();
    }

    protected final boolean flag(String key, boolean absent) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw refuse(key, value.toString(), "true or false belongs there");
        }
        return value.booleanValue();
    }

    protected final String text(String key, String absent) {
        JsonNode value = config.path(key);
        return value.isMissingNode() || value.isNull() ? absent : value.asString(value.toString());
    }

    /** What a norm adds to the mean square. */
    protected final float epsilon(String key, double absent) {
        double epsilon = number(key, config, absent);
        if (!(epsilon >= 0) || epsilon > 1) {
            throw refuse(key, Double.toString(epsilon), "it must lie in 0…1");
        }
        return (float) epsilon;
    }

    /** Channels of a head where heads share out the residual stream. */
    protected final int headDimension(int hidden, int heads, String headsKey) {
        if (hidden % heads != 0) {
            throw refuse(
                    "hidden_size",
                    Integer.toString(hidden),
                    "it must be a multiple of %s %d".formatted(headsKey, heads));
        }
        return hidden / heads;
    }

    protected final UserException refuse(String key, String value, String remedy) {
        return new UserException(
                "%s: config key %s is %s: %s"
                        .formatted(
                                Printable.of(checkpoint.source()),
                                key,
                                Printable.of(value),
                                remedy));
    }
}
