package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.EnumMap;
import java.util.Map;

/**
 * Watches a tuned pass over a window while the float model runs beside it, a layer at a time, so
 * that what both have at a site can be compared without keeping more than a layer.
 */
final class DepartureProbe implements Probe {
    private final Decoder floats;
    private final Listener listener;
    private final Cancellation cancellation;
    private final int heads;
    private final Map<Site, Matrix> expected = new EnumMap<>(Site.class);
    private Matrix stream;
    private int layer = -1;
    private int[] positions;
    private double[] softmaxSignal;
    private double[] softmaxNoise;

    /** Each thread works on one block of probabilities at a time. */
    private final ThreadLocal<float[]> before = new ThreadLocal<>();

    /** Hears what both models have at a place. */
    interface Listener {

        /**
         * A site but {@link Site#SOFTMAX}.
         *
         * @param expected what the float model has there, {@code [all tokens, channels]}
         * @param before what the tuned model computed, {@code [tokens still alive, channels]}
         * @param after what it went on with
         * @param positions the position of each token still alive
         */
        void site(
                int layer,
                Site site,
                Matrix expected,
                Matrix before,
                Matrix after,
                int[] positions);

        /**
         * The attention probabilities of a layer of the tuned model, before and after their
         * quantizer.
         *
         * @param signal Σ p²
         * @param noise Σ (p − p̂)²
         */
        default void softmax(int layer, double signal, double noise) {}
    }

    /**
     * @param ids the window
     */
    DepartureProbe(Decoder floats, int[] ids, Listener listener, Cancellation cancellation) {
        this.floats = floats;
        this.listener = listener;
        this.cancellation = cancellation;
        this.heads = floats.model().config().heads();
        this.stream = floats.embed(ids);
        this.positions = new int[ids.length];
        for (int t = 0; t < ids.length; t++) {
            positions[t] = t;
        }
    }

    @Override
    public void activation(int at, Site site, Matrix values, Activation transformed) {
        if (at != layer) {
            advance(at);
        }
        listener.site(at, site, expected.get(site), values, transformed.values(), positions);
        if (site == Site.ATTN_OUTPUT) {
            listener.softmax(at, sum(softmaxSignal), sum(softmaxNoise));
        }
    }

    /** Runs the next layer of the float model. */
    private void advance(int next) {
        cancellation.check();
        layer = next;
        softmaxSignal = new double[heads];
        softmaxNoise = new double[heads];
        Probe keeper =
                new Probe() {
                    @Override
                    public void activation(int at, Site site, Matrix values, Activation same) {
                        // Queries and keys are rotated in place later.
                        expected.put(site, values.copy());
                    }
                };
        stream = floats.mlp(next, floats.attention(next, stream, keeper), keeper);
    }

    /** What the float model's head reads, once the pass is over. */
    Matrix expectedHidden() {
        return floats.finish(stream);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    public void probabilities(ProbabilityBlock block) {
        before.set(block.values().clone());
    }

    /** A head is worked on by one thread, so its sums are its own. */
    @Override
    public void transformedProbabilities(ProbabilityBlock block) {
        float[] exact = before.get();
        for (int i = 0; i < block.queries(); i++) {
            int row = i * block.stride();
            for (int j = row; j < row + block.visible(i); j++) {
                double p = exact[j];
                double error = p - block.values()[j];
                softmaxSignal[block.head()] += p * p;
                softmaxNoise[block.head()] += error * error;
            }
        }
    }

    @Override
    public void pruned(int at, float[] scores, int[] kept) {
        int[] survivors = new int[kept.length];
        for (int i = 0; i < kept.length; i++) {
            survivors[i] = positions[kept[i]];
        }
        positions = survivors;
    }
}
