package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * How noisy activations are at one site of a tuned model over some windows: signal-to-noise ratios
 * {@code 10 · log10(Σ x² / Σ (x − x̂)²)} in decibels, sums over all tokens still alive and all
 * channels.
 *
 * @param tokens rows that were seen
 * @param own of the site's quantizer alone: x is what the tuned model computed, x̂ what it went on
 *     with; infinite where nothing is quantized
 * @param total of all that happened up to here: x is what the float model has at the same place, x̂
 *     what the tuned model went on with; NaN at {@link Site#SOFTMAX}, whose rows change length as
 *     tokens leave
 */
public record SiteNoise(int layer, Site site, long tokens, double own, double total) {

    /**
     * Runs both models over the windows, side by side.
     *
     * @param baseline runs the float model
     * @return by layer, in each the sites in the order in which they are computed
     */
    public static List<SiteNoise> survey(
            TunedModel tuned,
            Decoder baseline,
            TokenWindows text,
            Progress progress,
            Cancellation cancellation) {
        Decoder floats = FoldedFloats.decoder(tuned, baseline);
        Site[] sites = Site.values();
        int layers = floats.model().config().layers();
        Sums[][] sums = new Sums[layers][sites.length];
        for (Sums[] layer : sums) {
            for (int s = 0; s < layer.length; s++) {
                layer[s] = new Sums();
            }
        }
        DepartureProbe.Listener listener =
                new DepartureProbe.Listener() {
                    @Override
                    public void site(
                            int layer,
                            Site site,
                            Matrix expected,
                            Matrix before,
                            Matrix after,
                            int[] positions) {
                        sums[layer][site.ordinal()].add(expected, before, after, positions);
                    }

                    @Override
                    public void softmax(int layer, double signal, double noise) {
                        Sums softmax = sums[layer][Site.SOFTMAX.ordinal()];
                        softmax.tokens = sums[layer][Site.ATTN_INPUT.ordinal()].tokens;
                        softmax.ownSignal += signal;
                        softmax.ownNoise += noise;
                    }
                };
        int count = text.windows().size();
        for (int w = 0; w < count; w++) {
            progress.report("signal to noise, window", w, count);
            int[] ids = text.windows().get(w);
            tuned.decoder()
                    .run(
                            ids,
                            null,
                            tuned.recipe().pruning().pruner(),
                            new DepartureProbe(floats, ids, listener, cancellation),
                            cancellation);
        }
        progress.report("signal to noise, window", count, count);
        List<SiteNoise> all = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (Site site : sites) {
                all.add(sums[layer][site.ordinal()].noise(layer, site));
            }
        }
        return List.copyOf(all);
    }

    private static final class Sums {
        private long tokens;
        private double ownSignal;
        private double ownNoise;
        private double totalSignal;
        private double totalNoise;

        void add(Matrix expected, Matrix before, Matrix after, int[] positions) {
            tokens += positions.length;
            for (int row = 0; row < positions.length; row++) {
                int reference = expected.offset(positions[row]);
                int own = before.offset(row);
                for (int c = 0; c < before.columns(); c++) {
                    double x = before.data()[own + c];
                    double gone = after.data()[own + c];
                    double wanted = expected.data()[reference + c];
                    ownSignal += x * x;
                    ownNoise += (x - gone) * (x - gone);
                    totalSignal += wanted * wanted;
                    totalNoise += (wanted - gone) * (wanted - gone);
                }
            }
        }

        SiteNoise noise(int layer, Site site) {
            return new SiteNoise(
                    layer,
                    site,
                    tokens,
                    SignalToNoise.decibels(ownSignal, ownNoise),
                    site == Site.SOFTMAX
                            ? Double.NaN
                            : SignalToNoise.decibels(totalSignal, totalNoise));
        }
    }
}
