package io.agilelens.engine.calibrate;

import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps the running minimum and maximum of every channel at every site. */
final class RangeProbe implements Probe {
    /** Fewer channels than this are not worth another thread. */
    private static final int CHANNELS_PER_PIECE = 64;

    private final List<Map<Site, ActivationRange>> layers = new ArrayList<>();

    RangeProbe(ModelConfig config) {
        for (int layer = 0; layer < config.layers(); layer++) {
            Map<Site, ActivationRange> sites = new EnumMap<>(Site.class);
            for (Site site : Site.values()) {
                float[] minimum = new float[config.channels(site)];
                float[] maximum = new float[config.channels(site)];
                Arrays.fill(minimum, Float.POSITIVE_INFINITY);
                Arrays.fill(maximum, Float.NEGATIVE_INFINITY);
                sites.put(site, new ActivationRange(minimum, maximum));
            }
            layers.add(sites);
        }
    }

    @Override
    public void activation(int layer, Site site, Matrix before, Activation after) {
        ActivationRange range = layers.get(layer).get(site);
        float[] minimum = range.minimum();
        float[] maximum = range.maximum();
        Workers.shared()
                .forRanges(
                        before.columns(),
                        CHANNELS_PER_PIECE,
                        (from, to) -> {
                            for (int t = 0; t < before.rows(); t++) {
                                int row = before.offset(t);
                                for (int c = from; c < to; c++) {
                                    float x = before.data()[row + c];
                                    minimum[c] = Math.min(minimum[c], x);
                                    maximum[c] = Math.max(maximum[c], x);
                                }
                            }
                        });
    }

    /** What was seen; the probe must not be used afterwards. */
    List<Map<Site, ActivationRange>> ranges() {
        return layers;
    }
}
