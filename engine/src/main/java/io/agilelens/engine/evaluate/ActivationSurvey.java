package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Activation statistics over several windows.
 *
 * @param sites by layer and site, {@link Site#SOFTMAX} left out
 * @param windows windows that were run
 */
public record ActivationSurvey(List<Map<Site, SiteStatistics>> sites, int windows) {

    public ActivationSurvey {
        sites = List.copyOf(sites);
    }

    /** Runs the windows and gathers statistics. */
    public static ActivationSurvey run(
            Decoder decoder,
            TokenPruner pruner,
            TokenWindows text,
            Progress progress,
            Cancellation cancellation) {
        Gatherer gatherer = new Gatherer(decoder.model().config());
        int count = text.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("surveying activations", window, count);
            decoder.run(text.windows().get(window), null, pruner, gatherer, cancellation);
        }
        progress.report("surveying activations", count, count);
        return new ActivationSurvey(gatherer.build(), count);
    }

    /** Statistics of one site, one entry a layer. */
    public List<SiteStatistics> layers(Site site) {
        return sites.stream().map(layer -> layer.get(site)).toList();
    }

    /** Outlier channels of a site. */
    public OutlierCensus census(Site site) {
        return OutlierCensus.of(site, layers(site));
    }

    private static final class Gatherer implements Probe {
        private final List<Map<Site, SiteStatisticsBuilder>> builders = new ArrayList<>();

        Gatherer(ModelConfig config) {
            for (int layer = 0; layer < config.layers(); layer++) {
                Map<Site, SiteStatisticsBuilder> sites = new EnumMap<>(Site.class);
                for (Site site : Site.values()) {
                    if (site != Site.SOFTMAX) {
                        sites.put(
                                site,
                                new SiteStatisticsBuilder(layer, site, config.channels(site)));
                    }
                }
                builders.add(sites);
            }
        }

        @Override
        public void activation(int layer, Site site, Matrix before, Activation after) {
            builders.get(layer).get(site).add(before, after.values(), true);
        }

        List<Map<Site, SiteStatistics>> build() {
            return builders.stream()
                    .map(
                            sites -> {
                                Map<Site, SiteStatistics> built = new EnumMap<>(Site.class);
                                sites.forEach((site, b) -> built.put(site, b.build()));
                                return built;
                            })
                    .toList();
        }
    }
}
