package io.agilelens.engine.format.gguf;

/**
 * OPT, which llama.cpp has no architecture for: the keys and names are this project's own and
 * documented in {@code docs/formats.md}. Other programs do not run such a file.
 */
final class OptMapping extends ArchitectureMapping {
    private static final String[] PROJECTIONS = {"q", "k", "v", "output"};

    OptMapping(String architecture, Metadata metadata, TensorTable tensors) {
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
                    key("attention.head_count_kv"), "OPT has a key head for every query head");
        }
        refuseUnless(1e-5, "attention.layer_norm_epsilon", "OPT's is always 1e-5");
        String activation = metadata.text(key("activation"), "relu");
        if (!activation.equals("relu")) {
            throw metadata.refuse(key("activation"), "only relu is supported");
        }
        boolean biased = tensors.has("blk.0.attn_q.bias");
        boolean affine = tensors.has("blk.0.attn_norm.weight");
        config.put("model_type", "opt")
                .put("num_hidden_layers", layers)
                .put("hidden_size", hidden)
                .put("ffn_dim", count("feed_forward_length"))
                .put("num_attention_heads", heads)
                .put("max_position_embeddings", contextLength())
                .put("word_embed_proj_dim", count("word_embedding_length", hidden))
                .put("do_layer_norm_before", metadata.flag(key("layer_norm_before"), true))
                .put(
                        "_remove_final_layer_norm",
                        metadata.flag(key("remove_final_layer_norm"), false))
                .put("activation_function", activation)
                .put("enable_bias", biased)
                .put("layer_norm_elementwise_affine", affine);
        putTokenIds();
        takeTensors(layers);
    }

    private void takeTensors(int layers) {
        String root = "model.decoder.";
        takeEmbedding(root + "embed_tokens.weight");
        tensors.take("position_embd.weight", root + "embed_positions.weight");
        tensors.takeIfThere("project_in.weight", root + "project_in.weight");
        tensors.takeIfThere("project_out.weight", root + "project_out.weight");
        for (int layer = 0; layer < layers; layer++) {
            String from = "blk." + layer + ".";
            String to = root + "layers." + layer + ".";
            for (String projection : PROJECTIONS) {
                String name = projection.equals("output") ? "out" : projection;
                takeLinear(from + "attn_" + projection, to + "self_attn." + name + "_proj");
            }
            takeNorm(from + "attn_norm", to + "self_attn_layer_norm");
            takeLinear(from + "ffn_up", to + "fc1");
            takeLinear(from + "ffn_down", to + "fc2");
            takeNorm(from + "ffn_norm", to + "final_layer_norm");
        }
        takeNorm("output_norm", root + "final_layer_norm");
        takeHead();
    }

    private void takeLinear(String from, String to) {
        tensors.take(from + ".weight", to + ".weight");
        tensors.takeIfThere(from + ".bias", to + ".bias");
    }

    /** Norms without elements of their own have neither weight nor bias. */
    private void takeNorm(String from, String to) {
        tensors.takeIfThere(from + ".weight", to + ".weight");
        tensors.takeIfThere(from + ".bias", to + ".bias");
    }
}
