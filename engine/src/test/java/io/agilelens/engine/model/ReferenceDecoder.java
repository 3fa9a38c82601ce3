package io.agilelens.engine.model;

import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A decoder once more, token by token in double precision and as plainly as it can be said (METHOD
 * §1, §2.4), for tests to hold the real one against. It reads the checkpoint's own names and keys
 * and knows nothing of {@link ModelConfig}. It keeps what each layer has seen, so passes may follow
 * each other.
 */
abstract class ReferenceDecoder {
    protected final JsonNode config;
    protected final int layers;
    protected final int heads;
    protected final int dimension;
    private final Checkpoint checkpoint;
    private final Map<String, float[]> tensors = new HashMap<>();
    private final List<List<Key>> keys = new ArrayList<>();
    private final int[] next;
    private int seen;

    /** Logits of a pass's survivors, and which of its tokens they are. */
    record Result(List<double[]> logits, List<Integer> survivors) {}

    /** Query, key and value of a token, heads side by side. */
    record Projections(double[] query, double[] key, double[] value) {}

    private record Token(int index, int position, double[] residual) {
        Token with(double[] other) {
            return new Token(index, position, other);
        }
    }

    private record Key(int position, double[] key, double[] value) {}

    ReferenceDecoder(Checkpoint checkpoint, int layers, int heads, int dimension) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.layers = layers;
        this.heads = heads;
        this.dimension = dimension;
        this.next = new int[layers];
        for (int layer = 0; layer < layers; layer++) {
            keys.add(new ArrayList<>());
        }
    }

    static ReferenceDecoder of(Model model) {
        Checkpoint checkpoint = model.checkpoint();
        return switch (checkpoint.config().path("model_type").stringValue()) {
            case "opt" -> new ReferenceOpt(checkpoint);
            case "bloom" -> new ReferenceBloom(checkpoint);
            default -> new ReferenceLlama(checkpoint);
        };
    }

    /** What enters the first layer for a token. */
    abstract double[] embed(int id, int position);

    /** What the attention block reads. */
    abstract double[] attentionInput(int layer, double[] residual);

    abstract Projections project(int layer, double[] input, int position);

    /** What is added to a scaled score. */
    abstract double bias(int head, int keyPosition);

    /** The residual stream behind the attention block. */
    abstract double[] attended(int layer, double[] residual, double[] input, double[] context);

    /** The residual stream behind the MLP. */
    abstract double[] mlp(int layer, double[] residual);

    abstract double[] logits(double[] residual);

    /** Tokens that a layer holds. */
    int length(int layer) {
        return keys.get(layer).size();
    }

    /** A pass from which nothing is pruned. */
    Result run(int... ids) {
        return run(ids, List.of(), 0, false);
    }

    /**
     * @param gamma share that leaves at each layer of {@code pruned}
     * @param keepsPositions whether survivors keep the positions they came with
     */
    Result run(int[] ids, List<Integer> pruned, double gamma, boolean keepsPositions) {
        List<Token> alive = new ArrayList<>();
        for (int t = 0; t < ids.length; t++) {
            alive.add(new Token(t, seen + t, embed(ids[t], seen + t)));
        }
        seen += ids.length;
        for (int layer = 0; layer < layers; layer++) {
            double[] scores = new double[alive.size()];
            for (int i = 0; i < alive.size(); i++) {
                int position = keepsPositions ? alive.get(i).position : next[layer] + i;
                alive.set(i, attention(layer, alive.get(i), position, scores, i));
            }
            next[layer] = keepsPositions ? seen : next[layer] + alive.size();
            if (pruned.contains(layer) && alive.size() > 1) {
                alive = prune(alive, scores, (int) (alive.size() * gamma));
            }
            for (int i = 0; i < alive.size(); i++) {
                alive.set(i, alive.get(i).with(mlp(layer, alive.get(i).residual)));
            }
        }
        return new Result(
                alive.stream().map(token -> logits(token.residual)).toList(),
                alive.stream().map(Token::index).toList());
    }

    private static List<Token> prune(List<Token> alive, double[] scores, int removals) {
        List<Integer> order =
                IntStream.range(0, alive.size())
                        .boxed()
                        .sorted(Comparator.<Integer>comparingDouble(i -> (float) scores[i]))
                        .toList();
        return new ArrayList<>(order.stream().skip(removals).sorted().map(alive::get).toList());
    }

    private Token attention(int layer, Token token, int position, double[] scores, int index) {
        double[] input = attentionInput(layer, token.residual);
        Projections projected = project(layer, input, position);
        List<Key> visible = keys.get(layer);
        visible.add(new Key(position, projected.key, projected.value));
        int shared = heads * dimension / projected.key.length;
        double[] context = new double[heads * dimension];
        for (int head = 0; head < heads; head++) {
            int offset = head / shared * dimension;
            double[] p = new double[visible.size()];
            for (int j = 0; j < p.length; j++) {
                Key key = visible.get(j);
                for (int d = 0; d < dimension; d++) {
                    p[j] += projected.query[head * dimension + d] * key.key[offset + d];
                }
                p[j] = p[j] / Math.sqrt(dimension) + bias(head, key.position);
            }
            softmax(p);
            scores[index] += p[0];
            for (int j = 0; j < p.length; j++) {
                for (int d = 0; d < dimension; d++) {
                    context[head * dimension + d] += p[j] * visible.get(j).value[offset + d];
                }
            }
        }
        return token.with(attended(layer, token.residual, input, context));
    }

    private static void softmax(double[] p) {
        double largest = IntStream.range(0, p.length).mapToDouble(j -> p[j]).max().orElseThrow();
        double sum = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(p[j] - largest);
            sum += p[j];
        }
        for (int j = 0; j < p.length; j++) {
            p[j] /= sum;
        }
    }

    /** A tensor by its exact name. */
    protected float[] tensor(String name) {
        return tensors.computeIfAbsent(
                name, key -> checkpoint.find(key).map(Tensor::toFloats).orElse(new float[0]));
    }

    protected boolean has(String name) {
        return checkpoint.find(name).isPresent();
    }

    /** {@code x · Wᵀ} and, if there is one, the bias. */
    protected double[] linear(String name, double[] x) {
        double[] y = product(tensor(name + ".weight"), x);
        if (has(name + ".bias")) {
            float[] bias = tensor(name + ".bias");
            for (int o = 0; o < y.length; o++) {
                y[o] += bias[o];
            }
        }
        return y;
    }

    protected static double[] product(float[] weight, double[] x) {
        double[] y = new double[weight.length / x.length];
        for (int o = 0; o < y.length; o++) {
            for (int i = 0; i < x.length; i++) {
                y[o] += weight[o * x.length + i] * x[i];
            }
        }
        return y;
    }

    /** With eps 1e-5; weight and bias where there are any. */
    protected double[] layerNorm(String name, double[] x) {
        double mean = IntStream.range(0, x.length).mapToDouble(i -> x[i]).sum() / x.length;
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5);
            if (has(name + ".weight")) {
                y[i] = tensor(name + ".weight")[i] * y[i] + tensor(name + ".bias")[i];
            }
        }
        return y;
    }

    protected static double[] row(float[] table, int row, int columns) {
        return IntStream.range(0, columns).mapToDouble(c -> table[row * columns + c]).toArray();
    }

    protected static double[] sum(double[] x, double[] y) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] + y[i]).toArray();
    }
}
