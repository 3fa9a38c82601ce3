package io.agilelens.engine.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * LLaMA once more, token by token in double precision and as plainly as it can be said (METHOD
 * §1.1, §2.4), for tests to hold the decoder against. It keeps what each layer has seen, so passes
 * may follow each other.
 */
final class ReferenceLlama {
    private final ModelConfig config;
    private final ModelWeights weights;
    private final double[] frequencies;
    private final List<List<double[]>> keys = new ArrayList<>();
    private final List<List<double[]>> values = new ArrayList<>();
    private int seen;

    /** Logits of a pass's survivors, and which of its tokens they are. */
    record Result(List<double[]> logits, List<Integer> survivors) {}

    private record Token(int index, int position, double[] residual) {}

    ReferenceLlama(Model model) {
        config = model.config();
        weights = model.weights();
        frequencies = new double[config.headDimension() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(config.rotary().theta(), -2.0 * i / config.headDimension());
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
        }
    }

    /** Tokens that a layer holds. */
    int length(int layer) {
        return keys.get(layer).size();
    }

    /**
     * @param gamma share that leaves at each layer of {@code pruned}
     * @param keepsPositions whether survivors keep the positions they came with
     */
    Result run(int[] ids, List<Integer> pruned, double gamma, boolean keepsPositions) {
        List<Token> alive = new ArrayList<>();
        float[] embedding = weights.embedding().toFloats();
        for (int t = 0; t < ids.length; t++) {
            double[] residual = new double[config.hiddenSize()];
            for (int c = 0; c < residual.length; c++) {
                residual[c] = embedding[ids[t] * residual.length + c];
            }
            alive.add(new Token(t, seen + t, residual));
        }
        seen += ids.length;
        for (int layer = 0; layer < config.layers(); layer++) {
            double[] scores = attention(layer, alive, keepsPositions);
            if (pruned.contains(layer) && alive.size() > 1) {
                alive = prune(alive, scores, (int) (alive.size() * gamma));
            }
            for (Token token : alive) {
                mlp(layer, token.residual);
            }
        }
        List<double[]> logits = new ArrayList<>();
        List<Integer> survivors = new ArrayList<>();
        for (Token token : alive) {
            logits.add(product(weights.head(), norm(token.residual, weights.finalNorm())));
            survivors.add(token.index);
        }
        return new Result(logits, survivors);
    }

    /** A pass from which nothing is pruned. */
    Result run(int... ids) {
        return run(ids, List.of(), 0, false);
    }

    private static List<Token> prune(List<Token> alive, double[] scores, int removals) {
        List<Integer> order =
                IntStream.range(0, alive.size())
                        .boxed()
                        .sorted(Comparator.<Integer>comparingDouble(i -> (float) scores[i]))
                        .toList();
        return order.stream().skip(removals).sorted().map(alive::get).toList();
    }

    /**
     * Adds attention to the residuals; gives each token's attention to the first, over all heads.
     */
    private double[] attention(int layer, List<Token> alive, boolean keepsPositions) {
        int dimension = config.headDimension();
        double[] scores = new double[alive.size()];
        List<double[]> layerKeys = keys.get(layer);
        List<double[]> layerValues = values.get(layer);
        for (int i = 0; i < alive.size(); i++) {
            Token token = alive.get(i);
            double[] normed = norm(token.residual, weights.attentionNorm(layer));
            int position = keepsPositions ? token.position : layerKeys.size();
            double[] query = product(weights.linear(layer, LinearRole.QUERY), normed);
            double[] key = product(weights.linear(layer, LinearRole.KEY), normed);
            rotate(query, position);
            rotate(key, position);
            layerKeys.add(key);
            layerValues.add(product(weights.linear(layer, LinearRole.VALUE), normed));
            double[] context = new double[query.length];
            for (int head = 0; head < config.heads(); head++) {
                int shared = head / (config.heads() / config.keyValueHeads()) * dimension;
                double[] p = new double[layerKeys.size()];
                for (int j = 0; j < p.length; j++) {
                    for (int d = 0; d < dimension; d++) {
                        p[j] += query[head * dimension + d] * layerKeys.get(j)[shared + d];
                    }
                    p[j] /= Math.sqrt(dimension);
                }
                softmax(p);
                scores[i] += p[0];
                for (int j = 0; j < p.length; j++) {
                    for (int d = 0; d < dimension; d++) {
                        context[head * dimension + d] += p[j] * layerValues.get(j)[shared + d];
                    }
                }
            }
            add(
                    token.residual,
                    product(weights.linear(layer, LinearRole.ATTENTION_OUTPUT), context));
        }
        return scores;
    }

    private void mlp(int layer, double[] residual) {
        double[] normed = norm(residual, weights.mlpNorm(layer));
        double[] gate = product(weights.linear(layer, LinearRole.GATE), normed);
        double[] up = product(weights.linear(layer, LinearRole.UP), normed);
        for (int i = 0; i < gate.length; i++) {
            gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        add(residual, product(weights.linear(layer, LinearRole.DOWN), gate));
    }

    private double[] norm(double[] x, float[] weight) {
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double scale = 1 / Math.sqrt(squares / x.length + config.normEpsilon());
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = weight[i] * x[i] * scale;
        }
        return y;
    }

    private void rotate(double[] x, int position) {
        int half = frequencies.length;
        for (int head = 0; head < x.length; head += 2 * half) {
            for (int i = 0; i < half; i++) {
                double cosine = Math.cos(position * frequencies[i]);
                double sine = Math.sin(position * frequencies[i]);
                double a = x[head + i];
                double b = x[head + half + i];
                x[head + i] = a * cosine - b * sine;
                x[head + half + i] = b * cosine + a * sine;
            }
        }
    }

    private static double[] product(LinearWeight weight, double[] x) {
        float[] w = weight.values();
        double[] y = new double[weight.outputs()];
        for (int o = 0; o < y.length; o++) {
            for (int i = 0; i < x.length; i++) {
                y[o] += w[o * x.length + i] * x[i];
            }
        }
        return y;
    }

    private static void softmax(double[] p) {
        double sum = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(p[j]);
            sum += p[j];
        }
        for (int j = 0; j < p.length; j++) {
            p[j] /= sum;
        }
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }
}
