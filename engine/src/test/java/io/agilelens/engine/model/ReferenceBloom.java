package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/** METHOD §1.3; ALiBi in its absolute form. */
final class ReferenceBloom extends ReferenceDecoder {
    private static final String PREFIX = "transformer.";

    private final boolean normedResidual;
    private final List<Double> slopes = new ArrayList<>();

    ReferenceBloom(Checkpoint checkpoint) {
        super(
                checkpoint,
                checkpoint.config().path("n_layer").intValue(),
                checkpoint.config().path("n_head").intValue(),
                checkpoint.config().path("hidden_size").intValue()
                        / checkpoint.config().path("n_head").intValue());
        normedResidual = config.path("apply_residual_connection_post_layernorm").booleanValue();
        int power = 1;
        while (2 * power <= heads) {
            power *= 2;
        }
        for (int h = 1; h <= power; h++) {
            slopes.add(Math.pow(2, -8.0 * h / power));
        }
        for (int h = 1; slopes.size() < heads; h += 2) {
            slopes.add(Math.pow(2, -8.0 * h / (2 * power)));
        }
    }

    @Override
    double[] embed(int id, int position) {
        return layerNorm(
                PREFIX + "word_embeddings_layernorm",
                row(tensor(PREFIX + "word_embeddings.weight"), id, heads * dimension));
    }

    @Override
    double[] attentionInput(int layer, double[] residual) {
        return layerNorm(name(layer, "input_layernorm"), residual);
    }

    @Override
    Projections project(int layer, double[] input, int position) {
        double[] fused = linear(name(layer, "self_attention.query_key_value"), input);
        double[][] parts = new double[3][heads * dimension];
        for (int i = 0; i < fused.length; i++) {
            int head = i / (3 * dimension);
            int part = i / dimension % 3;
            parts[part][head * dimension + i % dimension] = fused[i];
        }
        return new Projections(parts[0], parts[1], parts[2]);
    }

    @Override
    double bias(int head, int keyPosition) {
        return slopes.get(head) * keyPosition;
    }

    @Override
    double[] attended(int layer, double[] residual, double[] input, double[] context) {
        return sum(
                normedResidual ? input : residual,
                linear(name(layer, "self_attention.dense"), context));
    }

    @Override
    double[] mlp(int layer, double[] residual) {
        double[] normed = layerNorm(name(layer, "post_attention_layernorm"), residual);
        double[] hidden = linear(name(layer, "mlp.dense_h_to_4h"), normed);
        for (int i = 0; i < hidden.length; i++) {
            double z = hidden[i];
            hidden[i] = 0.5 * z * (1 + Math.tanh(0.79788456 * z * (1 + 0.044715 * z * z)));
        }
        return sum(
                normedResidual ? normed : residual,
                linear(name(layer, "mlp.dense_4h_to_h"), hidden));
    }

    @Override
    double[] logits(double[] residual) {
        return product(
                tensor(PREFIX + "word_embeddings.weight"), layerNorm(PREFIX + "ln_f", residual));
    }

    private static String name(int layer, String part) {
        return PREFIX + "h." + layer + "." + part;
    }
}
