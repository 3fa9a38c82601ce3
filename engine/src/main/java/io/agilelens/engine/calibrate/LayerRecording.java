package io.agilelens.engine.calibrate;

import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.AwqClip;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What happens in one layer on the calibration windows, as far as AWQ looks at it. Every list has
 * one matrix {@code [tokens, channels]} a window.
 */
final class LayerRecording implements Probe {
    /** Fewer channels than this are not worth another thread. */
    private static final int CHANNELS_PER_PIECE = 64;

    private final Set<Site> wanted;
    private final boolean wantsAttention;
    private final boolean wantsMlp;
    private final int stride;

    private final List<Matrix> middle = new ArrayList<>();
    private final List<Matrix> leaving = new ArrayList<>();
    private final List<Matrix> attention = new ArrayList<>();
    private final List<Matrix> mlp = new ArrayList<>();
    private final Map<Site, List<Matrix>> inputs = new EnumMap<>(Site.class);
    private final Map<Site, double[]> sums = new EnumMap<>(Site.class);
    private final Map<Site, Matrix> samples = new EnumMap<>(Site.class);
    private final int tokens;

    /** Tokens of the windows before the one that runs. */
    private int seen;

    /**
     * @param tokens of all windows
     * @param wanted sites whose activations are kept whole
     */
    LayerRecording(
            ModelConfig config,
            int tokens,
            Set<Site> wanted,
            boolean wantsAttention,
            boolean wantsMlp) {
        this.wanted = wanted;
        this.wantsAttention = wantsAttention;
        this.wantsMlp = wantsMlp;
        this.tokens = tokens;
        this.stride = AwqClip.stride(tokens);
        for (Site site : Site.values()) {
            if (site.isLinearInput()) {
                int channels = config.channels(site);
                sums.put(site, new double[channels]);
                samples.put(site, Matrix.zeros(Math.ceilDiv(tokens, stride), channels));
                inputs.put(site, new ArrayList<>());
            }
        }
    }

    /** Runs the layer on what enters it. */
    void run(Decoder decoder, int layer, List<Matrix> entering, Cancellation cancellation) {
        for (Matrix residual : entering) {
            cancellation.check();
            Matrix between = decoder.attention(layer, residual, this);
            middle.add(between);
            leaving.add(decoder.mlp(layer, between, this));
            seen += residual.rows();
        }
    }

    @Override
    public void activation(int layer, Site site, Matrix before, Activation after) {
        if (!site.isLinearInput()) {
            return;
        }
        if (wanted.contains(site)) {
            inputs.get(site).add(before.copy());
        }
        double[] sum = sums.get(site);
        Matrix sampled = samples.get(site);
        Workers.shared()
                .forRanges(
                        sum.length,
                        CHANNELS_PER_PIECE,
                        (from, to) -> {
                            for (int t = 0; t < before.rows(); t++) {
                                int row = before.offset(t);
                                for (int c = from; c < to; c++) {
                                    sum[c] += Math.abs(before.data()[row + c]);
                                }
                            }
                        });
        for (int t = 0; t < before.rows(); t++) {
            if ((seen + t) % stride == 0) {
                int sample = sampled.offset((seen + t) / stride);
                System.arraycopy(
                        before.data(), before.offset(t), sampled.data(), sample, sum.length);
            }
        }
    }

    @Override
    public void attentionAdded(int layer, Matrix added) {
        if (wantsAttention) {
            attention.add(added.copy());
        }
    }

    @Override
    public void mlpAdded(int layer, Matrix added) {
        if (wantsMlp) {
            mlp.add(added.copy());
        }
    }

    /** The residual stream between the blocks. */
    List<Matrix> middle() {
        return middle;
    }

    /** The residual stream behind the layer. */
    List<Matrix> leaving() {
        return leaving;
    }

    /** What the attention block gave, if that was wanted. */
    List<Matrix> attention() {
        return attention;
    }

    /** What the MLP gave, if that was wanted. */
    List<Matrix> mlp() {
        return mlp;
    }

    /** Activations at a site that was wanted. */
    List<Matrix> inputs(Site site) {
        return inputs.get(site);
    }

    /** Mean absolute activation of each channel. */
    float[] magnitudes(Site site) {
        double[] sum = sums.get(site);
        float[] magnitudes = new float[sum.length];
        for (int c = 0; c < sum.length; c++) {
            magnitudes[c] = (float) (sum[c] / tokens);
        }
        return magnitudes;
    }

    /** Activations of some tokens, spread evenly, as many as the clip search looks at. */
    Matrix samples(Site site) {
        return samples.get(site);
    }
}
