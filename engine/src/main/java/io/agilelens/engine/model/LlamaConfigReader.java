package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * LLaMA and the families that differ from it by flags (key meanings as in {@code LlamaConfig},
 * {@code MistralConfig} and {@code Qwen2Config}).
 *
 * <p>Sliding windows are not computed: a sequence that fits the window is the same with and without
 * it, a longer one is refused when it is run.
 */
final class LlamaConfigReader extends ConfigReader {
    private static final String SLIDING_WINDOW = "sliding_window";

    /** What Mistral's own configuration says where the file does not. */
    private static final int MISTRAL_WINDOW = 4096;

    private static final int USUAL_CONTEXT = 2048;

    private final Family family;

    private enum Family {
        LLAMA,
        MISTRAL,
        QWEN2
    }

    LlamaConfigReader(Checkpoint checkpoint) {
        super(checkpoint);
        family =
                switch (config.path("model_type").asString("")) {
                    case "mistral" -> Family.MISTRAL;
                    case "qwen2" -> Family.QWEN2;
                    default -> Family.LLAMA;
                };
    }

    @Override
    ModelConfig read() {
        String activation = text("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw refuse("hidden_act", activation, "only silu is known for LLaMA");
        }
        int hidden = count("hidden_size");
        int heads = count("num_attention_heads");
        int keyValueHeads = keyValueHeads(heads);
        int headDimension =
                has("head_dim")
                        ? count("head_dim")
                        : headDimension(hidden, heads, "num_attention_heads");
        if (headDimension % 2 != 0) {
            throw refuse(
                    "head_dim", Integer.toString(headDimension), "rotary embedding needs it even");
        }
        if ((long) heads * headDimension > Integer.MAX_VALUE) {
            throw refuse(
                    "head_dim", Integer.toString(headDimension), "no model is as wide as that");
        }
        int context = count("max_position_embeddings", USUAL_CONTEXT);
        Optional<SequenceLimit> limit = limit();
        return new ModelConfig(
                Architecture.LLAMA,
                count("num_hidden_layers"),
                hidden,
                hidden,
                heads,
                keyValueHeads,
                headDimension,
                count("intermediate_size"),
                count("vocab_size"),
                limit.map(most -> Math.min(context, most.tokens())).orElse(context),
                limit,
                rotary(context, headDimension),
                new Norm(Norm.Kind.RMS, epsilon("rms_norm_eps", 1e-6), true, Norm.Placement.BEFORE),
                false,
                true,
                FeedForward.GATED_SILU,
                biased(),
                flag("tie_word_embeddings", false));
    }

    /** LLaMA's own files may leave the key out; the other families' defaults are fixed numbers. */
    private int keyValueHeads(int heads) {
        boolean asMany =
                family == Family.LLAMA
                        ? !has("num_key_value_heads")
                        : config.path("num_key_value_heads").isNull();
        int keyValueHeads = asMany ? heads : count("num_key_value_heads");
        if (heads % keyValueHeads != 0) {
            throw refuse(
                    "num_key_value_heads",
                    Integer.toString(keyValueHeads),
                    "it must divide num_attention_heads " + heads);
        }
        return keyValueHeads;
    }

    private Set<LinearRole> biased() {
        Set<LinearRole> biased = EnumSet.noneOf(LinearRole.class);
        boolean attention = flag("attention_bias", false);
        if (attention || family == Family.QWEN2) {
            biased.addAll(List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE));
        }
        if (attention && family != Family.QWEN2) {
            biased.add(LinearRole.ATTENTION_OUTPUT);
        }
        if (flag("mlp_bias", false)) {
            biased.addAll(List.of(LinearRole.GATE, LinearRole.UP, LinearRole.DOWN));
        }
        return biased;
    }

    private Optional<SequenceLimit> limit() {
        for (JsonNode type : config.path("layer_types")) {
            requireNeutral(
                    "layer_types", type, List.of("\"full_attention\"", "\"sliding_attention\""));
        }
        boolean slides = flag("use_sliding_window", family != Family.QWEN2);
        boolean usual = family == Family.MISTRAL && !config.has(SLIDING_WINDOW);
        if (!slides || !usual && !has(SLIDING_WINDOW)) {
            return Optional.empty();
        }
        int window = usual ? MISTRAL_WINDOW : count(SLIDING_WINDOW);
        return Optional.of(new SequenceLimit(window, SLIDING_WINDOW));
    }

    /** Newer files keep everything in {@code rope_parameters}, older ones beside it. */
    private RotaryEmbedding rotary(int context, int headDimension) {
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
            requireNeutral("rope_scaling", scaling, List.of());
            return new RotaryEmbedding(theta, new RotaryEmbedding.Unscaled());
        }
        requireNeutral(
                "rope_parameters partial_rotary_factor",
                scaling.path("partial_rotary_factor"),
                List.of("1", "1.0"));
        for (JsonNode value : scaling) {
            if (value.isObject()) {
                throw refuse(
                        newer ? "rope_parameters" : "rope_scaling",
                        scaling.toString(),
                        "parameters by layer type are not known");
            }
        }
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("default"));
        return new RotaryEmbedding(
                theta,
                switch (type) {
                    case "default" -> new RotaryEmbedding.Unscaled();
                    case "linear" -> new RotaryEmbedding.Linear(positive(scaling, "factor"));
                    case "dynamic" -> dynamic(scaling, context, headDimension);
                    case "llama3" ->
                            new RotaryEmbedding.Llama3(
                                    positive(scaling, "factor"),
                                    positive(scaling, "low_freq_factor"),
                                    positive(scaling, "high_freq_factor"),
                                    (int) positive(scaling, "original_max_position_embeddings"));
                    case "agilelens-divisors" -> divisors(scaling.path("divisors"), headDimension);
                    default ->
                            throw refuse(
                                    "rope_scaling type",
                                    type,
                                    "known are default, linear, dynamic, llama3");
                });
    }

    /** What stands for a stretch where a GGUF file was opened. */
    private RotaryEmbedding.Divisors divisors(JsonNode list, int headDimension) {
        List<Float> divisors = new ArrayList<>();
        for (JsonNode divisor : list) {
            if (!divisor.isNumber() || !(divisor.floatValue() > 0)) {
                throw refuse(
                        "rope_scaling divisors",
                        divisor.toString(),
                        "all must be positive numbers");
            }
            divisors.add(divisor.floatValue());
        }
        if (divisors.size() != headDimension / 2) {
            throw refuse(
                    "rope_scaling divisors",
                    "a list of " + divisors.size(),
                    "there must be one for every two of head_dim " + headDimension);
        }
        return new RotaryEmbedding.Divisors(divisors);
    }

    private RotaryEmbedding.Dynamic dynamic(JsonNode scaling, int context, int headDimension) {
        if (headDimension == 2) {
            throw refuse("head_dim", "2", "rope_scaling type dynamic needs it larger");
        }
        // Hugging Face's code measures from max_position_embeddings and ignores this key.
        requireNeutral(
                "rope_scaling original_max_position_embeddings",
                scaling.path("original_max_position_embeddings"),
                List.of(Integer.toString(context)));
        return new RotaryEmbedding.Dynamic(positive(scaling, "factor"), context);
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
}
