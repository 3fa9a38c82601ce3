package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.SmoothQuantScales;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Finds SmoothQuant's scales from float activations of all calibration windows. Like its code it
 * smooths what a norm gives, the inputs of attention and MLP, and not the inputs of the output and
 * down projections.
 */
final class Smoothing {
    /** Sites that a norm gives. */
    static final List<Site> SITES = List.of(Site.ATTN_INPUT, Site.MLP_INPUT);

    private Smoothing() {}

    /** Whether any site of such a model can be smoothed. */
    static boolean isPossible(ModelConfig config) {
        return SITES.stream().allMatch(site -> Folding.isPossible(config, site));
    }

    /**
     * @param decoder the model unquantized
     * @return empty if the model cannot take scales in
     */
    static Folding fit(
            Decoder decoder,
            Calibration calibration,
            SmoothingRecipe recipe,
            Progress progress,
            Cancellation cancellation) {
        ModelConfig config = decoder.model().config();
        List<Map<Site, float[]>> layers = new ArrayList<>();
        if (!isPossible(config)) {
            for (int layer = 0; layer < config.layers(); layer++) {
                layers.add(Map.of());
            }
            return new Folding(layers);
        }
        LargestProbe largest = new LargestProbe(config);
        int count = calibration.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("smoothing", window, count);
            decoder.run(
                    calibration.windows().get(window),
                    null,
                    TokenPruner.NONE,
                    largest,
                    cancellation);
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            cancellation.check();
            Map<Site, float[]> scales = new EnumMap<>(Site.class);
            for (Site site : SITES) {
                float[] activations = largest.layers.get(layer).get(site);
                requireNumbers(activations, layer, site);
                float[] weights = largestWeights(decoder.model(), layer, site);
                scales.put(site, SmoothQuantScales.of(activations, weights, recipe.alpha()));
            }
            layers.add(scales);
        }
        progress.report("smoothing", count, count);
        return new Folding(layers);
    }

    private static void requireNumbers(float[] activations, int layer, Site site) {
        for (float value : activations) {
            if (!Float.isFinite(value)) {
                throw new UserException(
                        "smoothing: layer %d, %s: the activations hold %s: look for NaN in the weights, or use smoothing.method none"
                                .formatted(layer, site, value));
            }
        }
    }

    /** The largest absolute weight of each column, over all linears that read a site. */
    private static float[] largestWeights(Model model, int layer, Site site) {
        float[] largest = new float[model.config().channels(site)];
        for (LinearRole role : model.config().roles()) {
            if (role.input() == site) {
                float[] values = model.weights().linear(layer, role).values();
                keepLargest(values, values.length / largest.length, largest);
            }
        }
        return largest;
    }

    private static void keepLargest(float[] values, int rows, float[] largest) {
        for (int row = 0; row < rows; row++) {
            int offset = row * largest.length;
            for (int c = 0; c < largest.length; c++) {
                largest[c] = Math.max(largest[c], Math.abs(values[offset + c]));
            }
        }
    }

    /** Keeps the largest absolute activation of each channel. */
    private static final class LargestProbe implements Probe {
        private final List<Map<Site, float[]>> layers = new ArrayList<>();

        LargestProbe(ModelConfig config) {
            for (int layer = 0; layer < config.layers(); layer++) {
                Map<Site, float[]> sites = new EnumMap<>(Site.class);
                SITES.forEach(site -> sites.put(site, new float[config.channels(site)]));
                layers.add(sites);
            }
        }

        @Override
        public void activation(int layer, Site site, Matrix before, Activation after) {
            float[] largest = layers.get(layer).get(site);
            if (largest != null) {
                keepLargest(before.data(), before.rows(), largest);
            }
        }
    }
}
