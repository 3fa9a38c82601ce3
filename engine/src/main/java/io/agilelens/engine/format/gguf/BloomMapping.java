package io.agilelens.engine.format.gguf;

/**
 * BLOOM. Converters split the fused query-key-value rows, which Hugging Face orders head → (query,
 * key, value) → element, into all queries, all keys, all values; that is undone here.
 */
final class BloomMapping extends ArchitectureMapping {
    private static final int PARTS = 3;

    BloomMapping(String architecture, Metadata metadata, TensorTable tensors) {
        super(architecture, metadata, tensors);
    }

    @Override
    void map() {
        refuseOtherArithmetic();
        int layers = layers();
        int hidden = count("embedding_length");
        int heads = count("attention.head_count");
        if (count("attention.head_count_kv", heads) != heads) {
            throw metadata.refuse(
                    key("attention.head_count_kv"), "BLOOM has a key head for every query head");
        }
        if (hidden % heads != 0) {
            throw metadata.refuse(
                    key("embedding_length"), "it must be a multiple of %d heads".formatted(heads));
        }
        if (count("feed_forward_length", 4 * hidden) != 4 * hidden) {
            throw metadata.refuse(
                    key("feed_forward_length"),
                    "BLOOM's is four times its embedding_length of %d".formatted(hidden));
        }
        // llama.cpp gives BLOOM a bias of 8, which is what ALiBi's slopes stand for.
        refuseUnless(8, "attention.max_alibi_bias", "only the slopes of ALiBi are supported");
        config.put("model_type", "bloom")
                .put("n_layer", layers)
                .put("hidden_size", hidden)
                .put("n_head", heads)
                .put("layer_norm_epsilon", epsilon("attention.layer_norm_epsilon"))
                .put("apply_residual_connection_post_layernorm", false)
                .put("seq_length", contextLength());
        putTokenIds();
        takeTensors(layers, hidden, heads);
    }

    private void takeTensors(int layers, int hidden, int heads) {
        int[] rows = byHead(heads, hidden / heads);
        String root = "transformer.";
        takeEmbedding(root + "word_embeddings.weight");
        takeBoth("token_embd_norm", root + "word_embeddings_layernorm");
        for (int layer = 0; layer < layers; layer++) {
            String from = "blk." + layer + ".";
            String to = root + "h." + layer + ".";
            takeBoth(from + "attn_norm", to + "input_layernorm");
            for (String part : new String[] {".weight", ".bias"}) {
                tensors.takeRows(
                        from + "attn_qkv" + part,
                        to + "self_attention.query_key_value" + part,
                        rows);
            }
            takeBoth(from + "attn_output", to + "self_attention.dense");
            takeBoth(from + "ffn_norm", to + "post_attention_layernorm");
            takeBoth(from + "ffn_up", to + "mlp.dense_h_to_4h");
            takeBoth(from + "ffn_down", to + "mlp.dense_4h_to_h");
        }
        takeBoth("output_norm", root + "ln_f");
        takeHead();
    }

    private void takeBoth(String from, String to) {
        tensors.take(from + ".weight", to + ".weight");
        tensors.take(from + ".bias", to + ".bias");
    }

    /** The rows of the file in the order head, part, element. */
    private static int[] byHead(int heads, int headDimension) {
        int[] rows = new int[PARTS * heads * headDimension];
        int row = 0;
        for (int head = 0; head < heads; head++) {
            for (int part = 0; part < PARTS; part++) {
                for (int i = 0; i < headDimension; i++) {
                    rows[row++] = (part * heads + head) * headDimension + i;
                }
            }
        }
        return rows;
    }
}
