package io.agilelens.trainer;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * BLOOM: LayerNorm on the embedding and before each half of a layer, attention that weakens with
 * distance (ALiBi), GELU of four times the width, tied head, biases everywhere. Nothing comes in
 * front of a text.
 */
record Bloom() implements Architecture {
    private static final int WIDENING = 4;

    private static final TokenizerConvention TOKENIZER =
            new TokenizerConvention(
                    List.of("<unk>", "<s>", "</s>", "<pad>"),
                    null,
                    "</s>",
                    false,
                    PreTokenization.BLOOM);

    @Override
    public String modelType() {
        return "bloom";
    }

    @Override
    public String title() {
        return "A BLOOM";
    }

    @Override
    public String className() {
        return "BloomForCausalLM";
    }

    @Override
    public DecoderShape sampleShape() {
        return new DecoderShape(this, 2048, 128, 8, 4, 4, WIDENING * 128, 512);
    }

    @Override
    public TokenizerConvention tokenizer() {
        return TOKENIZER;
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public String layerPrefix() {
        return "h.";
    }

    @Override
    public List<Block> embedding(DecoderShape shape) {
        return List.of(
                Block.matrix("word_embeddings", shape.vocabulary(), shape.hidden()),
                Block.norm("word_embeddings_layernorm", shape.hidden()),
                Block.biases(new Block.Rows("word_embeddings_layernorm", shape.hidden())));
    }

    /** Query, key and value are one tensor whose rows go by head, then part, then dimension. */
    @Override
    public List<Block> attention(DecoderShape shape) {
        int hidden = shape.hidden();
        Block.Rows queryKeyValue = new Block.Rows("self_attention.query_key_value", 3 * hidden);
        return List.of(
                Block.norm("input_layernorm", hidden),
                Block.biases(new Block.Rows("input_layernorm", hidden)),
                Block.stacked(hidden, queryKeyValue),
                Block.biases(queryKeyValue),
                Block.intoResidual("self_attention.dense", hidden, hidden),
                Block.biases(new Block.Rows("self_attention.dense", hidden)));
    }

    @Override
    public List<Block> feedForward(DecoderShape shape) {
        int hidden = shape.hidden();
        int inner = shape.feedForward();
        return List.of(
                Block.norm("post_attention_layernorm", hidden),
                Block.biases(new Block.Rows("post_attention_layernorm", hidden)),
                Block.matrix("mlp.dense_h_to_4h", inner, hidden),
                Block.biases(new Block.Rows("mlp.dense_h_to_4h", inner)),
                Block.intoResidual("mlp.dense_4h_to_h", hidden, inner),
                Block.biases(new Block.Rows("mlp.dense_4h_to_h", hidden)));
    }

    @Override
    public List<Block> finalNorm(DecoderShape shape) {
        return List.of(
                Block.norm("ln_f", shape.hidden()),
                Block.biases(new Block.Rows("ln_f", shape.hidden())));
    }

    /** There is no start token, and the distance weighs against whatever comes first. */
    @Override
    public boolean asksForSink() {
        return false;
    }

    @Override
    public List<String> scripts() {
        return List.of("biased.torchscript", "bloom.torchscript");
    }

    /**
     * What is added to the attention scores, {@code [1, heads, tokens, tokens]}: each head's slope
     * times the distance back, and minus infinity for what is still to come.
     */
    @Override
    public List<Table> tables(DecoderShape shape, int tokens) {
        float[] bias = new float[shape.heads() * tokens * tokens];
        int next = 0;
        for (double slope : slopes(shape.heads())) {
            for (int query = 0; query < tokens; query++) {
                for (int key = 0; key < tokens; key++) {
                    bias[next++] =
                            key <= query
                                    ? (float) (slope * (key - query))
                                    : Float.NEGATIVE_INFINITY;
                }
            }
        }
        return List.of(new Table(bias, 1, shape.heads(), tokens, tokens));
    }

    /**
     * The slope of each head (Press, Smith and Lewis, "Train Short, Test Long", 2022): a falling
     * geometric series for a power of two, with every other slope of the next finer series for the
     * heads beyond.
     */
    static double[] slopes(int heads) {
        int powerOfTwo = Integer.highestOneBit(heads);
        double[] slopes = new double[heads];
        for (int head = 0; head < heads; head++) {
            slopes[head] =
                    head < powerOfTwo
                            ? Math.pow(2, -8.0 * (head + 1) / powerOfTwo)
                            : Math.pow(2, -4.0 * (2 * (head - powerOfTwo) + 1) / powerOfTwo);
        }
        return slopes;
    }

    @Override
    public void writeConfig(DecoderShape shape, ObjectNode config) {
        config.put("vocab_size", shape.vocabulary());
        config.put("hidden_size", shape.hidden());
        config.put("n_layer", shape.layers());
        config.put("n_head", shape.heads());
        config.put("seq_length", shape.context());
        config.put("layer_norm_epsilon", NORM_EPSILON);
        config.put("apply_residual_connection_post_layernorm", false);
        config.put("tie_word_embeddings", true);
        config.put("hidden_dropout", 0.0);
        config.put("attention_dropout", 0.0);
        config.put("attention_softmax_in_fp32", true);
        config.put("masked_softmax_fusion", true);
        config.put("initializer_range", WeightLayout.DEVIATION);
        config.put("offset_alibi", 100);
        config.put("pretraining_tp", 1);
        config.put("skip_bias_add", true);
        config.put("skip_bias_add_qkv", false);
        config.put("slow_but_exact", false);
        config.put("use_cache", true);
        config.put("bos_token_id", TOKENIZER.id("<s>"));
        config.put("eos_token_id", TOKENIZER.id("</s>"));
        config.put("pad_token_id", TOKENIZER.id("<pad>"));
        config.put("unk_token_id", TOKENIZER.id("<unk>"));
    }

    @Override
    public DecoderShape readConfig(JsonNode config) {
        int hidden = config.get("hidden_size").asInt();
        int heads = config.get("n_head").asInt();
        return new DecoderShape(
                this,
                config.get("vocab_size").asInt(),
                hidden,
                config.get("n_layer").asInt(),
                heads,
                heads,
                WIDENING * hidden,
                config.get("seq_length").asInt());
    }

    @Override
    public void writeTokenRoles(ObjectNode config) {
        config.put("bos_token", "<s>");
        config.put("eos_token", "</s>");
        config.put("unk_token", "<unk>");
        config.put("pad_token", "<pad>");
    }

    @Override
    public String description(DecoderShape shape) {
        double[] slopes = slopes(shape.heads());
        return """
        %d layers, hidden size %d, %d heads of dimension %d, GELU (tanh form) of width %d, \
        LayerNorm on the embedding, before each half of a layer and after the last (eps %s), ALiBi \
        in place of positions (slopes from %s down to %s), trained on a context of %d, fused query, key and value \
        with rows by head, tied head, biases everywhere.\
        """
                .formatted(
                        shape.layers(),
                        shape.hidden(),
                        shape.heads(),
                        shape.headDimension(),
                        shape.feedForward(),
                        NORM_EPSILON,
                        slopes[0],
                        slopes[slopes.length - 1],
                        shape.context());
    }
}
