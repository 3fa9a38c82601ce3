package io.agilelens.trainer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The LLaMA forward pass in plain loops and doubles, written from its equations. */
final class ReferenceDecoder {
    private final DecoderShape shape;
    private final Map<String, double[]> weights = new HashMap<>();

    /** Attention of the last pass to position 0, {@code [layer][head][position]}. */
    final double[][][] attentionToStart;

    /** Start deficit of the last pass, see {@link Decoder.Objective}. */
    double startDeficit;

    ReferenceDecoder(DecoderShape shape, float[] flat) {
        this.shape = shape;
        for (WeightLayout.NamedTensor tensor : new WeightLayout(shape).tensors()) {
            double[] values = new double[tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = flat[tensor.offset() + i];
            }
            weights.put(tensor.name(), values);
        }
        attentionToStart = new double[shape.layers()][shape.heads()][];
    }

    /** The logits {@code [tokens][vocabulary]}. */
    double[][] logits(int... ids) {
        int hidden = shape.hidden();
        startDeficit = 0;
        double[][] x = new double[ids.length][];
        double[] embedding = weights.get("model.embed_tokens.weight");
        for (int t = 0; t < ids.length; t++) {
            x[t] = Arrays.copyOfRange(embedding, ids[t] * hidden, (ids[t] + 1) * hidden);
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            add(x, attention(layer, normalize(x, prefix + "input_layernorm.weight")));
            double[][] n = normalize(x, prefix + "post_attention_layernorm.weight");
            double[][] gate = linear(n, prefix + "mlp.gate_proj.weight");
            double[][] up = linear(n, prefix + "mlp.up_proj.weight");
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < gate[t].length; i++) {
                    gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
                }
            }
            add(x, linear(gate, prefix + "mlp.down_proj.weight"));
        }
        return linear(normalize(x, "model.norm.weight"), "model.embed_tokens.weight");
    }

    private double[][] attention(int layer, double[][] n) {
        String prefix = "model.layers." + layer + ".self_attn.";
        int dimension = shape.headDimension();
        double[][] q = rotate(linear(n, prefix + "q_proj.weight"));
        double[][] k = rotate(linear(n, prefix + "k_proj.weight"));
        double[][] v = linear(n, prefix + "v_proj.weight");
        double[][] context = new double[n.length][shape.hidden()];
        for (int head = 0; head < shape.heads(); head++) {
            int queryFrom = head * dimension;
            int keyFrom = head / (shape.heads() / shape.keyValueHeads()) * dimension;
            attentionToStart[layer][head] = new double[n.length];
            if (layer >= Decoder.FIRST_SINK_LAYER) {
                startDeficit += startDeficit(q, k, queryFrom, keyFrom) / shape.heads();
            }
            for (int t = 0; t < n.length; t++) {
                double[] weight = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < dimension; i++) {
                        score += q[t][queryFrom + i] * k[s][keyFrom + i];
                    }
                    weight[s] = Math.exp(score / Math.sqrt(dimension));
                    sum += weight[s];
                }
                attentionToStart[layer][head][t] = weight[0] / sum;
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < dimension; i++) {
                        context[t][queryFrom + i] += weight[s] / sum * v[s][keyFrom + i];
                    }
                }
            }
        }
        return linear(context, prefix + "o_proj.weight");
    }

    private double startDeficit(double[][] q, double[][] k, int queryFrom, int keyFrom) {
        int dimension = shape.headDimension();
        double sum = 0;
        for (double[] query : q) {
            double lead = 0;
            for (int i = 0; i < dimension; i++) {
                double mean = 0;
                for (double[] key : k) {
                    mean += key[keyFrom + i] / k.length;
                }
                lead += query[queryFrom + i] * (k[0][keyFrom + i] - mean);
            }
            sum += Math.max(0, Decoder.START_LEAD - lead / Math.sqrt(dimension));
        }
        return sum / q.length;
    }

    private double[][] rotate(double[][] x) {
        int dimension = shape.headDimension();
        int half = dimension / 2;
        for (int t = 0; t < x.length; t++) {
            for (int from = 0; from < x[t].length; from += dimension) {
                for (int i = 0; i < half; i++) {
                    double angle = t * Math.pow(DecoderShape.ROPE_THETA, -2.0 * i / dimension);
                    double first = x[t][from + i];
                    double second = x[t][from + half + i];
                    x[t][from + i] = first * Math.cos(angle) - second * Math.sin(angle);
                    x[t][from + half + i] = second * Math.cos(angle) + first * Math.sin(angle);
                }
            }
        }
        return x;
    }

    private double[][] normalize(double[][] x, String name) {
        double[] weight = weights.get(name);
        double[][] y = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double root = Math.sqrt(squares / weight.length + DecoderShape.NORM_EPSILON);
            for (int i = 0; i < weight.length; i++) {
                y[t][i] = weight[i] * x[t][i] / root;
            }
        }
        return y;
    }

    private double[][] linear(double[][] x, String name) {
        double[] weight = weights.get(name);
        int columns = x[0].length;
        double[][] y = new double[x.length][weight.length / columns];
        for (int t = 0; t < x.length; t++) {
            for (int row = 0; row < y[t].length; row++) {
                for (int i = 0; i < columns; i++) {
                    y[t][row] += weight[row * columns + i] * x[t][i];
                }
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }
}
