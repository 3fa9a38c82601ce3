package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.ProbabilityBlock;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.prune.TokenRanking;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Watches layers of a pass over one window and gathers what the pictures need. */
final class WindowWatcher implements Probe {
    private final ModelConfig config;
    private final int detailLayer;
    private final List<Map<Site, SiteStatistics>> sites = new ArrayList<>();
    private final HeadTally[][] heads;
    private final List<PruningTrace.Step> steps = new ArrayList<>();
    private final Map<Site, Matrix> before = new EnumMap<>(Site.class);
    private final Map<Site, Matrix> after = new EnumMap<>(Site.class);
    private final List<Matrix> attention = new ArrayList<>();
    private final List<Matrix> quantizedAttention = new ArrayList<>();
    private int[] positions;
    private int[] detailPositions;

    /**
     * @param positions position in the window of each token that enters the first layer watched
     * @param detailLayer the layer whose activations and attention are kept in full, or −1
     */
    WindowWatcher(ModelConfig config, int[] positions, int detailLayer) {
        this.config = config;
        this.positions = positions;
        this.detailLayer = detailLayer;
        heads = new HeadTally[config.layers()][config.heads()];
        for (int layer = 0; layer < config.layers(); layer++) {
            sites.add(new EnumMap<>(Site.class));
            for (int head = 0; head < config.heads(); head++) {
                heads[layer][head] = new HeadTally();
            }
        }
    }

    @Override
    public void activation(int layer, Site site, Matrix values, Activation transformed) {
        Matrix quantized = transformed.values();
        var builder = new SiteStatisticsBuilder(layer, site, values.columns());
        builder.add(values, quantized, true);
        sites.get(layer).put(site, builder.build());
        if (layer != detailLayer) {
            return;
        }
        if (site == Site.ATTN_INPUT) {
            detailPositions = positions;
            for (int head = 0; head < config.heads(); head++) {
                attention.add(Matrix.zeros(values.rows(), values.rows()));
                quantizedAttention.add(Matrix.zeros(values.rows(), values.rows()));
            }
        }
        Matrix copy = values.copy();
        before.put(site, copy);
        after.put(site, quantized.data() == values.data() ? copy : quantized.copy());
    }

    @Override
    public void probabilities(ProbabilityBlock block) {
        heads[block.layer()][block.head()].add(block);
        if (block.layer() == detailLayer) {
            copy(block, attention.get(block.head()));
        }
    }

    @Override
    public void transformedProbabilities(ProbabilityBlock block) {
        if (block.layer() == detailLayer) {
            copy(block, quantizedAttention.get(block.head()));
        }
    }

    private static void copy(ProbabilityBlock block, Matrix target) {
        for (int i = 0; i < block.queries(); i++) {
            System.arraycopy(
                    block.values(),
                    i * block.stride(),
                    target.data(),
                    target.offset(block.firstQuery() + i),
                    block.visible(i));
        }
    }

    @Override
    public void pruned(int layer, float[] scores, int[] kept) {
        int removed = scores.length - kept.length;
        steps.add(step(layer, scores, removed, 0));
        int[] survivors = new int[kept.length];
        for (int i = 0; i < kept.length; i++) {
            survivors[i] = positions[kept[i]];
        }
        positions = survivors;
    }

    @Override
    public void marked(int layer, float[] scores, int[] unmarked, TokenMarks marks) {
        steps.add(step(layer, scores, 0, scores.length - unmarked.length));
    }

    private PruningTrace.Step step(int layer, float[] scores, int removed, int marked) {
        int[] ranks = TokenRanking.of(scores).ranks();
        float threshold = Float.NaN;
        for (int i = 0; i < scores.length; i++) {
            if (ranks[i] == removed + marked - 1) {
                threshold = scores[i];
            }
        }
        return new PruningTrace.Step(
                layer, positions, scores.clone(), ranks, removed, marked, threshold);
    }

    /** By site, of a layer that was watched. */
    Map<Site, SiteStatistics> sites(int layer) {
        return sites.get(layer);
    }

    /** By head, of a layer that was watched. */
    List<HeadStatistics> heads(int layer) {
        List<HeadStatistics> row = new ArrayList<>();
        for (int head = 0; head < config.heads(); head++) {
            row.add(heads[layer][head].build(layer, head));
        }
        return List.copyOf(row);
    }

    /** What the layers that were watched pruned or marked. */
    List<PruningTrace.Step> steps() {
        return steps;
    }

    /** The layer to be kept in full, if it was watched. */
    Optional<LayerDetail> detail() {
        return detailPositions == null
                ? Optional.empty()
                : Optional.of(
                        new LayerDetail(
                                detailLayer,
                                before,
                                after,
                                attention,
                                quantizedAttention,
                                detailPositions));
    }

    /** Adds up one head; its blocks come one after the other. */
    private static final class HeadTally {
        private final double[] ladder = new double[HeadStatistics.LADDER];
        private double start;
        private double entropy;
        private int rows;
        private int laterRows;

        void add(ProbabilityBlock block) {
            for (int i = 0; i < block.queries(); i++) {
                int row = i * block.stride();
                int visible = block.visible(i);
                double bits = 0;
                for (int j = row; j < row + visible; j++) {
                    float p = block.values()[j];
                    if (p > 0) {
                        bits -= p * Math.log(p);
                        int exponent =
                                Math.clamp(Log2Quantizer.exponent(p), 0, HeadStatistics.LADDER - 1);
                        ladder[exponent] += p;
                    }
                }
                entropy += bits / Math.log(2);
                rows++;
                if (visible > 1) {
                    start += block.values()[row];
                    laterRows++;
                }
            }
        }

        HeadStatistics build(int layer, int head) {
            double mass = 0;
            for (double rung : ladder) {
                mass += rung;
            }
            double[] shares = new double[ladder.length];
            for (int k = 0; k < shares.length; k++) {
                shares[k] = mass == 0 ? 0 : ladder[k] / mass;
            }
            return new HeadStatistics(
                    layer,
                    head,
                    laterRows == 0 ? Double.NaN : start / laterRows,
                    rows == 0 ? Double.NaN : entropy / rows,
                    shares);
        }
    }
}
