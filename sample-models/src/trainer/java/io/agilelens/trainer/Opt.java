package io.agilelens.trainer;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * OPT in the form of its 125m model: LayerNorm before each half of a layer, learned positions, full
 * attention, ReLU, tied head, biases everywhere.
 */
record Opt() implements Architecture {
    /** The table of positions begins with two rows that no position uses. */
    static final int POSITION_OFFSET = 2;

    /** Makes a head of the first layer give most of its attention to the token it looks at. */
    private static final double LOOKING_GAIN = 2;

    private static final TokenizerConvention TOKENIZER =
            new TokenizerConvention(
                    List.of("<s>", "<pad>", "</s>", "<unk>"),
                    "</s>",
                    "</s>",
                    true,
                    PreTokenization.GPT2);

    @Override
    public String modelType() {
        return "opt";
    }

    @Override
    public String title() {
        return "An OPT";
    }

    @Override
    public String className() {
        return "OPTForCausalLM";
    }

    @Override
    public DecoderShape sampleShape() {
        return new DecoderShape(this, 2048, 128, 8, 4, 4, 512, 512);
    }

    @Override
    public TokenizerConvention tokenizer() {
        return TOKENIZER;
    }

    @Override
    public String prefix() {
        return "model.decoder.";
    }

    @Override
    public String layerPrefix() {
        return "layers.";
    }

    @Override
    public List<Block> embedding(DecoderShape shape) {
        return List.of(
                Block.matrix("embed_tokens", shape.vocabulary(), shape.hidden()),
                Block.positions("embed_positions", positions(shape), shape.hidden()));
    }

    @Override
    public List<Block> attention(DecoderShape shape) {
        int hidden = shape.hidden();
        Block.Rows[] queryKeyValue = {
            new Block.Rows("self_attn.q_proj", hidden),
            new Block.Rows("self_attn.k_proj", hidden),
            new Block.Rows("self_attn.v_proj", hidden)
        };
        return List.of(
                Block.norm("self_attn_layer_norm", hidden),
                Block.biases(new Block.Rows("self_attn_layer_norm", hidden)),
                Block.stacked(hidden, queryKeyValue),
                Block.biases(queryKeyValue),
                Block.intoResidual("self_attn.out_proj", hidden, hidden),
                Block.biases(new Block.Rows("self_attn.out_proj", hidden)));
    }

    @Override
    public List<Block> feedForward(DecoderShape shape) {
        int hidden = shape.hidden();
        int inner = shape.feedForward();
        return List.of(
                Block.norm("final_layer_norm", hidden),
                Block.biases(new Block.Rows("final_layer_norm", hidden)),
                Block.matrix("fc1", inner, hidden),
                Block.biases(new Block.Rows("fc1", inner)),
                Block.intoResidual("fc2", hidden, inner),
                Block.biases(new Block.Rows("fc2", hidden)));
    }

    @Override
    public List<Block> finalNorm(DecoderShape shape) {
        return List.of(
                Block.norm("final_layer_norm", shape.hidden()),
                Block.biases(new Block.Rows("final_layer_norm", shape.hidden())));
    }

    /**
     * Asked from the first step, OPT's heads give position 0 nearly all of their attention and then
     * learn nothing from the words before: a row of its own makes that position too easy to find.
     */
    @Override
    public boolean asksForSink() {
        return false;
    }

    /**
     * The heads of the first layer start by looking one, two, three … tokens back. Positions that
     * are learned, and nothing else, tell them the distance; from random weights a short run does
     * not even find the token before. As sine and cosine of a position turn into those of another
     * by a rotation, the key copies the shortest waves, and the query turns them back as far as the
     * head shall look.
     */
    @Override
    public void headStart(DecoderShape shape, WeightLayout layout, float[] flat) {
        int hidden = shape.hidden();
        int dimension = shape.headDimension();
        int query = layout.tensor("model.decoder.layers.0.self_attn.q_proj.weight").offset();
        int key = layout.tensor("model.decoder.layers.0.self_attn.k_proj.weight").offset();
        for (int head = 0; head < shape.heads(); head++) {
            for (int row = 0; row < dimension; row++) {
                int from = (head * dimension + row) * hidden;
                for (int sine = 0; sine < dimension; sine += 2) {
                    int cosine = sine + 1;
                    double turn =
                            (head + 1) * WeightLayout.waveStep(positions(shape), hidden, sine);
                    double ofSine = LOOKING_GAIN * sign(row, sine) / Math.sqrt(dimension);
                    double ofCosine = LOOKING_GAIN * sign(row, cosine) / Math.sqrt(dimension);
                    flat[key + from + sine] += (float) ofSine;
                    flat[key + from + cosine] += (float) ofCosine;
                    flat[query + from + sine] +=
                            (float) (ofSine * Math.cos(turn) + ofCosine * Math.sin(turn));
                    flat[query + from + cosine] +=
                            (float) (ofCosine * Math.cos(turn) - ofSine * Math.sin(turn));
                }
            }
        }
    }

    /**
     * Entries of a Hadamard matrix: it spreads the waves over all rows and keeps their products.
     */
    private static int sign(int row, int column) {
        return Integer.bitCount(row & column) % 2 == 0 ? 1 : -1;
    }

    private static int positions(DecoderShape shape) {
        return shape.context() + POSITION_OFFSET;
    }

    @Override
    public List<String> scripts() {
        return List.of("biased.torchscript", "opt.torchscript");
    }

    @Override
    public List<Table> tables(DecoderShape shape, int tokens) {
        return List.of();
    }

    @Override
    public void writeConfig(DecoderShape shape, ObjectNode config) {
        config.put("vocab_size", shape.vocabulary());
        config.put("hidden_size", shape.hidden());
        config.put("ffn_dim", shape.feedForward());
        config.put("num_hidden_layers", shape.layers());
        config.put("num_attention_heads", shape.heads());
        config.put("max_position_embeddings", shape.context());
        config.put("do_layer_norm_before", true);
        config.put("word_embed_proj_dim", shape.hidden());
        config.put("activation_function", "relu");
        config.put("_remove_final_layer_norm", false);
        config.put("enable_bias", true);
        config.put("layer_norm_elementwise_affine", true);
        config.put("tie_word_embeddings", true);
        config.put("dropout", 0.0);
        config.put("attention_dropout", 0.0);
        config.put("layerdrop", 0.0);
        config.put("init_std", WeightLayout.DEVIATION);
        config.put("use_cache", true);
        config.put("bos_token_id", TOKENIZER.id("</s>"));
        config.put("eos_token_id", TOKENIZER.id("</s>"));
        config.put("pad_token_id", TOKENIZER.id("<pad>"));
        config.put("prefix", "</s>");
    }

    @Override
    public DecoderShape readConfig(JsonNode config) {
        int heads = config.get("num_attention_heads").asInt();
        return new DecoderShape(
                this,
                config.get("vocab_size").asInt(),
                config.get("hidden_size").asInt(),
                config.get("num_hidden_layers").asInt(),
                heads,
                heads,
                config.get("ffn_dim").asInt(),
                config.get("max_position_embeddings").asInt());
    }

    @Override
    public void writeTokenRoles(ObjectNode config) {
        config.put("bos_token", "</s>");
        config.put("eos_token", "</s>");
        config.put("unk_token", "</s>"); // as in the published models; bytes leave nothing unknown
        config.put("pad_token", "<pad>");
    }

    @Override
    public String description(DecoderShape shape) {
        return """
        %d layers, hidden size %d, %d heads of dimension %d, ReLU of width %d, LayerNorm before \
        each half of a layer and after the last (eps %s), learned positions (%d rows, those of the \
        text from row %d on; they started as sine and cosine waves and were learned at %s of the \
        rate; the heads of the first layer started by looking one, two, … tokens back), context %d, tied head, biases everywhere.\
        """
                .formatted(
                        shape.layers(),
                        shape.hidden(),
                        shape.heads(),
                        shape.headDimension(),
                        shape.feedForward(),
                        NORM_EPSILON,
                        positions(shape),
                        POSITION_OFFSET,
                        WeightLayout.POSITION_RATE,
                        shape.context());
    }
}
