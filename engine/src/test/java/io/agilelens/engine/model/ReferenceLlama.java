package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;

/** METHOD §1.1 without rope scaling; {@code head_dim} is given. */
final class ReferenceLlama extends ReferenceDecoder {

    ReferenceLlama(Checkpoint checkpoint) {
        super(
                checkpoint,
                checkpoint.config().path("num_hidden_layers").intValue(),
                checkpoint.config().path("num_attention_heads").intValue(),
                checkpoint.config().path("head_dim").intValue());
    }

    @Override
    double[] embed(int id, int position) {
        return row(tensor("model.embed_tokens.weight"), id, config.path("hidden_size").intValue());
    }

    @Override
    double[] attentionInput(int layer, double[] residual) {
        return norm(name(layer, "input_layernorm"), residual);
    }

    @Override
    Projections project(int layer, double[] input, int position) {
        return new Projections(
                rotated(linear(name(layer, "self_attn.q_proj"), input), position),
                rotated(linear(name(layer, "self_attn.k_proj"), input), position),
                linear(name(layer, "self_attn.v_proj"), input));
    }

    @Override
    double bias(int head, int keyPosition) {
        return 0;
    }

    @Override
    double[] attended(int layer, double[] residual, double[] input, double[] context) {
        return sum(residual, linear(name(layer, "self_attn.o_proj"), context));
    }

    @Override
    double[] mlp(int layer, double[] residual) {
        double[] normed = norm(name(layer, "post_attention_layernorm"), residual);
        double[] gate = linear(name(layer, "mlp.gate_proj"), normed);
        double[] up = linear(name(layer, "mlp.up_proj"), normed);
        for (int i = 0; i < gate.length; i++) {
            gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        return sum(residual, linear(name(layer, "mlp.down_proj"), gate));
    }

    @Override
    double[] logits(double[] residual) {
        boolean tied = config.path("tie_word_embeddings").booleanValue();
        return product(
                tensor(tied ? "model.embed_tokens.weight" : "lm_head.weight"),
                norm("model.norm", residual));
    }

    private static String name(int layer, String part) {
        return "model.layers." + layer + "." + part;
    }

    private double[] norm(String name, double[] x) {
        float[] weight = tensor(name + ".weight");
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double epsilon = config.path("rms_norm_eps").doubleValue();
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = weight[i] * x[i] / Math.sqrt(squares / x.length + epsilon);
        }
        return y;
    }

    private double[] rotated(double[] x, int position) {
        int half = dimension / 2;
        double[] y = new double[x.length];
        for (int head = 0; head < x.length; head += dimension) {
            for (int i = 0; i < half; i++) {
                double theta = config.path("rope_theta").doubleValue();
                double angle = position * Math.pow(theta, -2.0 * i / dimension);
                double a = x[head + i];
                double b = x[head + half + i];
                y[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
                y[head + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
        return y;
    }
}
