package io.agilelens.trainer;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * LLaMA: RMSNorm, half-split rotary embedding, grouped-query attention, SwiGLU, tied head, no
 * biases.
 */
record Llama() implements Architecture {
    /** Base of the rotary frequencies. */
    static final double ROPE_THETA = 10000;

    private static final TokenizerConvention TOKENIZER =
            new TokenizerConvention(
                    List.of("<s>", "</s>"), "<s>", "</s>", false, PreTokenization.GPT2);

    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public String title() {
        return "A LLaMA";
    }

    @Override
    public String className() {
        return "LlamaForCausalLM";
    }

    @Override
    public DecoderShape sampleShape() {
        return new DecoderShape(this, 2048, 128, 8, 4, 2, 384, 512);
    }

    @Override
    public TokenizerConvention tokenizer() {
        return TOKENIZER;
    }

    @Override
    public String prefix() {
        return "model.";
    }

    @Override
    public String layerPrefix() {
        return "layers.";
    }

    @Override
    public List<Block> embedding(DecoderShape shape) {
        return List.of(Block.matrix("embed_tokens", shape.vocabulary(), shape.hidden()));
    }

    @Override
    public List<Block> attention(DecoderShape shape) {
        int hidden = shape.hidden();
        int keyValueRows = shape.keyValueHeads() * shape.headDimension();
        return List.of(
                Block.norm("input_layernorm", hidden),
                Block.stacked(
                        hidden,
                        new Block.Rows("self_attn.q_proj", hidden),
                        new Block.Rows("self_attn.k_proj", keyValueRows),
                        new Block.Rows("self_attn.v_proj", keyValueRows)),
                Block.intoResidual("self_attn.o_proj", hidden, hidden));
    }

    @Override
    public List<Block> feedForward(DecoderShape shape) {
        int hidden = shape.hidden();
        int inner = shape.feedForward();
        return List.of(
                Block.norm("post_attention_layernorm", hidden),
                Block.stacked(
                        hidden,
                        new Block.Rows("mlp.gate_proj", inner),
                        new Block.Rows("mlp.up_proj", inner)),
                Block.intoResidual("mlp.down_proj", hidden, inner));
    }

    @Override
    public List<Block> finalNorm(DecoderShape shape) {
        return List.of(Block.norm("norm", shape.hidden()));
    }

    @Override
    public boolean asksForSink() {
        return true;
    }

    @Override
    public List<String> scripts() {
        return List.of("llama.torchscript");
    }

    /** Cosines and sines of the rotary angles, each {@code [tokens, 1, half head]}. */
    @Override
    public List<Table> tables(DecoderShape shape, int tokens) {
        int half = shape.headDimension() / 2;
        float[] cosines = new float[tokens * half];
        float[] sines = new float[tokens * half];
        for (int position = 0; position < tokens; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(ROPE_THETA, -2.0 * i / shape.headDimension());
                cosines[position * half + i] = (float) Math.cos(angle);
                sines[position * half + i] = (float) Math.sin(angle);
            }
        }
        return List.of(new Table(cosines, tokens, 1, half), new Table(sines, tokens, 1, half));
    }

    @Override
    public void writeConfig(DecoderShape shape, ObjectNode config) {
        config.put("vocab_size", shape.vocabulary());
        config.put("hidden_size", shape.hidden());
        config.put("intermediate_size", shape.feedForward());
        config.put("num_hidden_layers", shape.layers());
        config.put("num_attention_heads", shape.heads());
        config.put("num_key_value_heads", shape.keyValueHeads());
        config.put("head_dim", shape.headDimension());
        config.put("hidden_act", "silu");
        config.put("max_position_embeddings", shape.context());
        config.put("rms_norm_eps", NORM_EPSILON);
        config.put("rope_theta", ROPE_THETA);
        config.putNull("rope_scaling");
        config.put("tie_word_embeddings", true);
        config.put("attention_bias", false);
        config.put("mlp_bias", false);
        config.put("attention_dropout", 0.0);
        config.put("initializer_range", WeightLayout.DEVIATION);
        config.put("pretraining_tp", 1);
        config.put("use_cache", true);
        config.put("bos_token_id", TOKENIZER.id("<s>"));
        config.put("eos_token_id", TOKENIZER.endId());
    }

    @Override
    public DecoderShape readConfig(JsonNode config) {
        return new DecoderShape(
                this,
                config.get("vocab_size").asInt(),
                config.get("hidden_size").asInt(),
                config.get("num_hidden_layers").asInt(),
                config.get("num_attention_heads").asInt(),
                config.get("num_key_value_heads").asInt(),
                config.get("intermediate_size").asInt(),
                config.get("max_position_embeddings").asInt());
    }

    @Override
    public void writeTokenRoles(ObjectNode config) {
        config.put("bos_token", "<s>");
        config.put("eos_token", "</s>");
    }

    @Override
    public String description(DecoderShape shape) {
        return """
        %d layers, hidden size %d, %d query heads over %d key/value heads of \
        dimension %d, SwiGLU of width %d, RMSNorm (eps %s), rotary embedding (theta %.0f, half-split), \
        context %d, tied head, no biases.\
        """
                .formatted(
                        shape.layers(),
                        shape.hidden(),
                        shape.heads(),
                        shape.keyValueHeads(),
                        shape.headDimension(),
                        shape.feedForward(),
                        NORM_EPSILON,
                        ROPE_THETA,
                        shape.context());
    }
}
