package io.agilelens.engine;

import io.agilelens.engine.TinyModels.Filler;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.tensor.DType;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A random checkpoint of each form that a decoder can have: 4 layers, 36 channels, 6 heads (which
 * is no power of two), F32, {@link TinyModels}' vocabulary and tokenizer.
 */
public enum TinyFamily {
    /** All biases that the flags allow. */
    LLAMA("llama", "model."),
    /** Heads that are wider together than the residual stream. */
    MISTRAL("mistral", "model."),
    /** Biases on query, key and value only, tied head. */
    QWEN2("qwen2", "model."),
    OPT("opt", "model.decoder."),
    /** As 350m: norms behind the blocks, a narrower embedding, no final norm. */
    OPT_POST("opt", "model.decoder."),
    /** Without biases, norm weights and final norm. */
    OPT_BARE("opt", "model.decoder."),
    BLOOM("bloom", "transformer."),
    BLOOM_NORMED_RESIDUAL("bloom", "transformer."),
    /** Of sizes that whole words of codes fill. */
    OPT_PACKABLE("opt", "model.decoder."),
    /** Likewise. */
    BLOOM_PACKABLE("bloom", "transformer.");

    public static final int LAYERS = 4;
    public static final int CONTEXT = 160;

    private static final int ODD_HIDDEN = 36;
    private static final int EVEN_HIDDEN = 48;
    private static final int HEADS = 6;
    private static final int KEY_VALUE_HEADS = 3;
    private static final int WIDE_HEAD = 8;
    private static final int ODD_FEED_FORWARD = 40;
    private static final int EVEN_FEED_FORWARD = 64;
    private static final int NARROW = 20;
    private static final int VOCABULARY = TinyModels.SMALLEST_VOCABULARY;

    private final String modelType;
    private final String prefix;

    TinyFamily(String modelType, String prefix) {
        this.modelType = modelType;
        this.prefix = prefix;
    }

    /** What tensor names start with, as the class with the output head writes them. */
    public String prefix() {
        return prefix;
    }

    public Architecture architecture() {
        return Architecture.ofModelType(modelType).orElseThrow();
    }

    /**
     * Writes a checkpoint: config, weights, tokenizer.
     *
     * @param folder an existing folder
     * @return the folder
     */
    public Path write(Path folder) {
        return write(folder, prefix);
    }

    /**
     * @param prefix what tensor names start with
     */
    public Path write(Path folder, String prefix) {
        TinyModels.writeText(folder.resolve("config.json"), config().toPrettyString());
        TinyModels.writeText(folder.resolve("tokenizer.json"), TinyModels.tokenizer(VOCABULARY));
        Filler filler = new Filler(ordinal() + 1L, DType.F32);
        switch (modelType) {
            case "opt" -> opt(filler, prefix);
            case "bloom" -> bloom(filler, prefix);
            default -> llama(filler, prefix);
        }
        filler.writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    /** The {@code config.json}, to be changed at will. */
    public ObjectNode config() {
        ObjectNode config =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("model_type", modelType)
                        .put("vocab_size", VOCABULARY)
                        .put("hidden_size", hidden())
                        .put("bos_token_id", TinyModels.START)
                        .put("eos_token_id", TinyModels.END);
        return switch (modelType) {
            case "opt" ->
                    config.put("ffn_dim", feedForward())
                            .put("num_hidden_layers", LAYERS)
                            .put("num_attention_heads", HEADS)
                            .put("max_position_embeddings", CONTEXT)
                            .put("activation_function", "relu")
                            .put("do_layer_norm_before", this != OPT_POST)
                            .put("enable_bias", this != OPT_BARE)
                            .put("layer_norm_elementwise_affine", this != OPT_BARE)
                            .put("_remove_final_layer_norm", this == OPT_BARE)
                            .put("word_embed_proj_dim", embeddingSize());
            case "bloom" ->
                    config.put("n_layer", LAYERS)
                            .put("n_head", HEADS)
                            .put("seq_length", CONTEXT)
                            .put("layer_norm_epsilon", 1e-5)
                            .put(
                                    "apply_residual_connection_post_layernorm",
                                    this == BLOOM_NORMED_RESIDUAL);
            default ->
                    config.put("intermediate_size", feedForward())
                            .put("num_hidden_layers", LAYERS)
                            .put("num_attention_heads", HEADS)
                            .put("num_key_value_heads", KEY_VALUE_HEADS)
                            .put("max_position_embeddings", CONTEXT)
                            .put("hidden_act", "silu")
                            .put("rms_norm_eps", 1e-5)
                            .put("rope_theta", 10000.0)
                            .put("head_dim", headDimension())
                            .put("attention_bias", this == LLAMA)
                            .put("mlp_bias", this == LLAMA)
                            .putNull("sliding_window")
                            .put("tie_word_embeddings", this == QWEN2);
        };
    }

    private boolean isPackable() {
        return this == OPT_PACKABLE || this == BLOOM_PACKABLE;
    }

    private int hidden() {
        return isPackable() ? EVEN_HIDDEN : ODD_HIDDEN;
    }

    private int feedForward() {
        return isPackable() ? EVEN_FEED_FORWARD : ODD_FEED_FORWARD;
    }

    private int embeddingSize() {
        return this == OPT_POST ? NARROW : hidden();
    }

    private int headDimension() {
        return this == MISTRAL ? WIDE_HEAD : hidden() / HEADS;
    }

    private void llama(Filler filler, String prefix) {
        int queries = headDimension() * HEADS;
        int keyValues = headDimension() * KEY_VALUE_HEADS;
        boolean biased = this == LLAMA;
        filler.matrix(prefix + "embed_tokens.weight", VOCABULARY, hidden());
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = prefix + "layers." + layer + ".";
            filler.norm(name + "input_layernorm.weight", hidden());
            projection(filler, name + "self_attn.q_proj", queries, hidden(), this != MISTRAL);
            projection(filler, name + "self_attn.k_proj", keyValues, hidden(), this != MISTRAL);
            projection(filler, name + "self_attn.v_proj", keyValues, hidden(), this != MISTRAL);
            projection(filler, name + "self_attn.o_proj", hidden(), queries, biased);
            filler.norm(name + "post_attention_layernorm.weight", hidden());
            projection(filler, name + "mlp.gate_proj", feedForward(), hidden(), biased);
            projection(filler, name + "mlp.up_proj", feedForward(), hidden(), biased);
            projection(filler, name + "mlp.down_proj", hidden(), feedForward(), biased);
        }
        filler.norm(prefix + "norm.weight", hidden());
        if (this != QWEN2) {
            filler.matrix("lm_head.weight", VOCABULARY, hidden());
        }
    }

    private void opt(Filler filler, String prefix) {
        filler.matrix(prefix + "embed_tokens.weight", VOCABULARY, embeddingSize());
        filler.matrix(prefix + "embed_positions.weight", CONTEXT + 2, hidden());
        if (this == OPT_POST) {
            filler.matrix(prefix + "project_in.weight", hidden(), NARROW);
            filler.matrix(prefix + "project_out.weight", NARROW, hidden());
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = prefix + "layers." + layer + ".";
            boolean full = this != OPT_BARE;
            for (String linear : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                projection(filler, name + "self_attn." + linear, hidden(), hidden(), full);
            }
            projection(filler, name + "fc1", feedForward(), hidden(), full);
            projection(filler, name + "fc2", hidden(), feedForward(), full);
            if (full) {
                layerNorm(filler, name + "self_attn_layer_norm");
                layerNorm(filler, name + "final_layer_norm");
            }
        }
        if (this == OPT || this == OPT_PACKABLE) {
            layerNorm(filler, prefix + "final_layer_norm");
        }
    }

    private void bloom(Filler filler, String prefix) {
        filler.matrix(prefix + "word_embeddings.weight", VOCABULARY, hidden());
        layerNorm(filler, prefix + "word_embeddings_layernorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = prefix + "h." + layer + ".";
            layerNorm(filler, name + "input_layernorm");
            projection(
                    filler, name + "self_attention.query_key_value", 3 * hidden(), hidden(), true);
            projection(filler, name + "self_attention.dense", hidden(), hidden(), true);
            layerNorm(filler, name + "post_attention_layernorm");
            projection(filler, name + "mlp.dense_h_to_4h", 4 * hidden(), hidden(), true);
            projection(filler, name + "mlp.dense_4h_to_h", hidden(), 4 * hidden(), true);
        }
        layerNorm(filler, prefix + "ln_f");
    }

    private static void projection(
            Filler filler, String name, int outputs, int inputs, boolean biased) {
        filler.matrix(name + ".weight", outputs, inputs);
        if (biased) {
            filler.bias(name + ".bias", outputs);
        }
    }

    private void layerNorm(Filler filler, String name) {
        filler.norm(name + ".weight", hidden());
        filler.bias(name + ".bias", hidden());
    }
}
