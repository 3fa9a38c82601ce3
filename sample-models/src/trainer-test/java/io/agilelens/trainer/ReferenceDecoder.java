package io.agilelens.trainer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** The forward passes in plain loops and doubles, written from their equations. */
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
        startDeficit = 0;
        return switch (shape.architecture()) {
            case Llama llama -> llama(ids);
            case Opt opt -> opt(ids);
            case Bloom bloom -> bloom(ids);
        };
    }

    private double[][] llama(int... ids) {
        double[][] x = rows("model.embed_tokens.weight", ids);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            double[][] n = rootMeanSquareNorm(x, prefix + "input_layernorm.weight");
            double[][] q = rotate(product(n, prefix + "self_attn.q_proj.weight"));
            double[][] k = rotate(product(n, prefix + "self_attn.k_proj.weight"));
            double[][] v = product(n, prefix + "self_attn.v_proj.weight");
            double[][] context = attention(layer, q, k, v, new double[shape.heads()]);
            add(x, product(context, prefix + "self_attn.o_proj.weight"));
            n = rootMeanSquareNorm(x, prefix + "post_attention_layernorm.weight");
            double[][] gate = product(n, prefix + "mlp.gate_proj.weight");
            double[][] up = product(n, prefix + "mlp.up_proj.weight");
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < gate[t].length; i++) {
                    gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
                }
            }
            add(x, product(gate, prefix + "mlp.down_proj.weight"));
        }
        return product(rootMeanSquareNorm(x, "model.norm.weight"), "model.embed_tokens.weight");
    }

    private double[][] opt(int... ids) {
        double[][] x = rows("model.decoder.embed_tokens.weight", ids);
        int[] positions = IntStream.range(0, ids.length).map(position -> position + 2).toArray();
        add(x, rows("model.decoder.embed_positions.weight", positions));
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "model.decoder.layers." + layer + ".";
            double[][] n = layerNorm(x, prefix + "self_attn_layer_norm");
            double[][] context =
                    attention(
                            layer,
                            linear(n, prefix + "self_attn.q_proj"),
                            linear(n, prefix + "self_attn.k_proj"),
                            linear(n, prefix + "self_attn.v_proj"),
                            new double[shape.heads()]);
            add(x, linear(context, prefix + "self_attn.out_proj"));
            double[][] inner = linear(layerNorm(x, prefix + "final_layer_norm"), prefix + "fc1");
            for (double[] values : inner) {
                Arrays.setAll(values, i -> Math.max(0, values[i]));
            }
            add(x, linear(inner, prefix + "fc2"));
        }
        double[][] last = layerNorm(x, "model.decoder.final_layer_norm");
        return product(last, "model.decoder.embed_tokens.weight");
    }

    private double[][] bloom(int... ids) {
        double[][] x = rows("transformer.word_embeddings.weight", ids);
        x = layerNorm(x, "transformer.word_embeddings_layernorm");
        double[] slopes = new double[shape.heads()];
        for (int head = 0; head < slopes.length; head++) {
            slopes[head] = Math.pow(2, -8.0 * (head + 1) / slopes.length); // a power of two
        }
        int dimension = shape.headDimension();
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "transformer.h." + layer + ".";
            double[][] fused =
                    linear(
                            layerNorm(x, prefix + "input_layernorm"),
                            prefix + "self_attention.query_key_value");
            double[][][] parts = new double[3][ids.length][shape.hidden()];
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < shape.hidden(); i++) {
                    int head = i / dimension;
                    for (int part = 0; part < 3; part++) {
                        parts[part][t][i] = fused[t][(3 * head + part) * dimension + i % dimension];
                    }
                }
            }
            double[][] context = attention(layer, parts[0], parts[1], parts[2], slopes);
            add(x, linear(context, prefix + "self_attention.dense"));
            double[][] inner =
                    linear(
                            layerNorm(x, prefix + "post_attention_layernorm"),
                            prefix + "mlp.dense_h_to_4h");
            for (double[] values : inner) {
                Arrays.setAll(values, i -> gelu(values[i]));
            }
            add(x, linear(inner, prefix + "mlp.dense_4h_to_h"));
        }
        return product(layerNorm(x, "transformer.ln_f"), "transformer.word_embeddings.weight");
    }

    private static double gelu(double z) {
        return 0.5 * z * (1 + Math.tanh(0.79788456 * z * (1 + 0.044715 * z * z)));
    }

    /** Causal attention, each score raised by the head's slope times the key's position. */
    private double[][] attention(
            int layer, double[][] q, double[][] k, double[][] v, double[] slopes) {
        int dimension = shape.headDimension();
        double[][] context = new double[q.length][shape.hidden()];
        for (int head = 0; head < shape.heads(); head++) {
            int queryFrom = head * dimension;
            int keyFrom = head / (shape.heads() / shape.keyValueHeads()) * dimension;
            attentionToStart[layer][head] = new double[q.length];
            if (layer >= Decoder.FIRST_SINK_LAYER) {
                startDeficit += startDeficit(q, k, queryFrom, keyFrom) / shape.heads();
            }
            for (int t = 0; t < q.length; t++) {
                double[] weight = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < dimension; i++) {
                        score += q[t][queryFrom + i] * k[s][keyFrom + i];
                    }
                    weight[s] = Math.exp(score / Math.sqrt(dimension) + slopes[head] * s);
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
        return context;
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
                    double angle = t * Math.pow(Llama.ROPE_THETA, -2.0 * i / dimension);
                    double first = x[t][from + i];
                    double second = x[t][from + half + i];
                    x[t][from + i] = first * Math.cos(angle) - second * Math.sin(angle);
                    x[t][from + half + i] = second * Math.cos(angle) + first * Math.sin(angle);
                }
            }
        }
        return x;
    }

    private double[][] rootMeanSquareNorm(double[][] x, String name) {
        double[] weight = weights.get(name);
        double[][] y = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double root = Math.sqrt(squares / weight.length + Architecture.NORM_EPSILON);
            for (int i = 0; i < weight.length; i++) {
                y[t][i] = weight[i] * x[t][i] / root;
            }
        }
        return y;
    }

    private double[][] layerNorm(double[][] x, String name) {
        double[] weight = weights.get(name + ".weight");
        double[] bias = weights.get(name + ".bias");
        double[][] y = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            double mean = Arrays.stream(x[t]).average().orElseThrow();
            double variance =
                    Arrays.stream(x[t]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            for (int i = 0; i < weight.length; i++) {
                double centred = (x[t][i] - mean) / Math.sqrt(variance + Architecture.NORM_EPSILON);
                y[t][i] = weight[i] * centred + bias[i];
            }
        }
        return y;
    }

    private double[][] rows(String name, int... numbers) {
        double[] table = weights.get(name);
        int hidden = shape.hidden();
        return Arrays.stream(numbers)
                .mapToObj(row -> Arrays.copyOfRange(table, row * hidden, (row + 1) * hidden))
                .toArray(double[][]::new);
    }

    private double[][] linear(double[][] x, String name) {
        double[][] y = product(x, name + ".weight");
        double[] bias = weights.get(name + ".bias");
        for (double[] row : y) {
            Arrays.setAll(row, i -> row[i] + bias[i]);
        }
        return y;
    }

    private double[][] product(double[][] x, String name) {
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
