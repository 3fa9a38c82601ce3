package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.KeptPasses;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.PassState;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One window that is analysed again and again while a decoder changes, or the layer that is looked
 * at: what is known of layers in front of the first changed one is not computed again. For one
 * thread.
 */
public final class RepeatedAnalysis {
    private static final int WINDOW = 0;

    private final ModelConfig config;
    private final int[] ids;
    private final KeptPasses passes;

    /** Of the layers that are known; the others' parts are outdated. */
    private WindowAnalysis latest;

    private int known;

    /** Whether the loss is that of the decoder as it is. */
    private boolean scored;

    /**
     * @param ids the window
     * @param bytes that may be taken by where passes stood in front of layers
     */
    public RepeatedAnalysis(ModelConfig config, int[] ids, long bytes) {
        this.config = config;
        this.ids = ids.clone();
        this.passes = new KeptPasses(config, 1, ids.length, bytes);
    }

    /**
     * From now on the decoder is one that differs from a layer on.
     *
     * @param first the first layer that does; the number of layers if only the head does, more if
     *     nothing does
     */
    public void changed(int first) {
        known = Math.min(known, first);
        scored &= first > config.layers();
        passes.changed(first);
    }

    /**
     * @param detailLayer the layer whose activations and attention are kept in full, or −1
     * @param scoring of the window that the decoder has run; asked if anything was changed
     */
    public WindowAnalysis analyze(
            Decoder decoder,
            TokenPruner pruner,
            int detailLayer,
            Function<Decoder.Pass, WindowLoss> scoring,
            Cancellation cancellation) {
        int layers = config.layers();
        boolean complete = latest != null && known == layers && scored;
        boolean detailed = detailLayer < 0 || hasDetail(detailLayer);
        if (complete && detailed) {
            return latest;
        }
        int from = detailed ? known : Math.min(known, detailLayer);
        int to = complete ? detailLayer + 1 : layers;
        PassState state = passes.start(decoder, WINDOW, ids, from);
        WindowWatcher watcher = new WindowWatcher(config, state.survivors(), detailLayer);
        state = passes.advance(decoder, WINDOW, state, to, pruner, watcher, cancellation);
        WindowLoss loss = complete ? latest.loss() : scoring.apply(decoder.end(state));
        latest = completed(watcher, loss);
        known = layers;
        scored = true;
        return latest;
    }

    private boolean hasDetail(int layer) {
        return layer < known
                && latest.detail().filter(detail -> detail.layer() == layer).isPresent();
    }

    /** What is known, and of the other layers what was seen. */
    private WindowAnalysis completed(WindowWatcher watcher, WindowLoss loss) {
        List<Map<Site, SiteStatistics>> sites = new ArrayList<>();
        List<List<HeadStatistics>> heads = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            sites.add(layer < known ? latest.sites().get(layer) : watcher.sites(layer));
            heads.add(layer < known ? latest.heads().get(layer) : watcher.heads(layer));
        }
        List<PruningTrace.Step> steps = new ArrayList<>();
        if (latest != null) {
            latest.pruning().steps().stream()
                    .filter(step -> step.layer() < known)
                    .forEach(steps::add);
        }
        watcher.steps().stream().filter(step -> step.layer() >= known).forEach(steps::add);
        Optional<LayerDetail> detail =
                watcher.detail()
                        .or(
                                () ->
                                        latest == null
                                                ? Optional.empty()
                                                : latest.detail()
                                                        .filter(kept -> kept.layer() < known));
        return new WindowAnalysis(
                ids,
                List.copyOf(sites),
                List.copyOf(heads),
                new PruningTrace(ids.length, config.layers(), steps),
                loss,
                detail);
    }
}
