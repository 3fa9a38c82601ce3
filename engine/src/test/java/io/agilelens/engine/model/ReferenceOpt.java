package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;

/** METHOD §1.2, norms before or behind the blocks. */
final class ReferenceOpt extends ReferenceDecoder {
    private static final String PREFIX = "model.decoder.";

    private final boolean before;
    private final int embeddingSize;

    ReferenceOpt(Checkpoint checkpoint) {
        super(
                checkpoint,
                checkpoint.config().path("num_hidden_layers").intValue(),
                checkpoint.config().path("num_attention_heads").intValue(),
                checkpoint.config().path("hidden_size").intValue()
                        / checkpoint.config().path("num_attention_heads").intValue());
        before = config.path("do_layer_norm_before").booleanValue();
        embeddingSize = config.path("word_embed_proj_dim").intValue();
    }

    @Override
    double[] embed(int id, int position) {
        double[] x = row(tensor(PREFIX + "embed_tokens.weight"), id, embeddingSize);
        if (has(PREFIX + "project_in.weight")) {
            x = linear(PREFIX + "project_in", x);
        }
        return sum(
                x, row(tensor(PREFIX + "embed_positions.weight"), position + 2, heads * dimension));
    }

    @Override
    double[] attentionInput(int layer, double[] residual) {
        return before ? layerNorm(name(layer, "self_attn_layer_norm"), residual) : residual;
    }

    @Override
    Projections project(int layer, double[] input, int position) {
        return new Projections(
                linear(name(layer, "self_attn.q_proj"), input),
                linear(name(layer, "self_attn.k_proj"), input),
                linear(name(layer, "self_attn.v_proj"), input));
    }

    @Override
    double bias(int head, int keyPosition) {
        return 0;
    }

    @Override
    double[] attended(int layer, double[] residual, double[] input, double[] context) {
        double[] x = sum(residual, linear(name(layer, "self_attn.out_proj"), context));
        return before ? x : layerNorm(name(layer, "self_attn_layer_norm"), x);
    }

    @Override
    double[] mlp(int layer, double[] residual) {
        String norm = name(layer, "final_layer_norm");
        double[] hidden = linear(name(layer, "fc1"), before ? layerNorm(norm, residual) : residual);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = Math.max(0, hidden[i]);
        }
        double[] x = sum(residual, linear(name(layer, "fc2"), hidden));
        return before ? x : layerNorm(norm, x);
    }

    @Override
    double[] logits(double[] residual) {
        boolean normed = before && !config.path("_remove_final_layer_norm").booleanValue();
        double[] x = normed ? layerNorm(PREFIX + "final_layer_norm", residual) : residual;
        if (has(PREFIX + "project_out.weight")) {
            x = linear(PREFIX + "project_out", x);
        }
        return product(tensor(PREFIX + "embed_tokens.weight"), x);
    }

    private static String name(int layer, String part) {
        return PREFIX + "layers." + layer + "." + part;
    }
}
