package io.agilelens.views.outliers;

import io.agilelens.engine.evaluate.LayerDetail;
import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.views.Comparison;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.WindowComparison;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the station looks at: one site of one layer and one of its channels. Everything on it is
 * drawn from this and nothing else.
 *
 * @param windows the window through both models
 * @param site any but {@link Site#SOFTMAX}
 * @param channel always one of the site's
 */
record OutlierLook(
        WindowComparison windows, Comparison comparison, int layer, Site site, int channel) {
    /** How many times as large as all others a sink is at least. */
    private static final float SINK = 2;

    int layers() {
        return windows.baseline().sites().size();
    }

    int channels() {
        return baseline().channels();
    }

    SiteStatistics baseline() {
        return windows.baseline().sites().get(layer).get(site);
    }

    SiteStatistics tuned() {
        return windows.tuned().sites().get(layer).get(site);
    }

    /** The model that the comparison is about; the tuned one for a difference. */
    WindowAnalysis analysis() {
        return comparison == Comparison.BASELINE ? windows.baseline() : windows.tuned();
    }

    /** The quantizer of the site, if it is quantized. */
    Optional<ActivationQuantizer> quantizer() {
        return quantizer(layer);
    }

    /** Whether the site is quantized in any layer. */
    boolean isQuantizedAnywhere() {
        for (int l = 0; l < layers(); l++) {
            if (quantizer(l).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Optional<ActivationQuantizer> quantizer(int ofLayer) {
        return Optional.ofNullable(
                windows.model().plan().layers().get(ofLayer).activations().get(site));
    }

    /** Why TRIP chose its factors, where TRIP is used. */
    Optional<TripFit> tripFit() {
        return Optional.ofNullable(windows.model().tripFits().get(layer).get(site));
    }

    /** The baseline's activations, if they were kept for this layer. */
    Optional<LayerDetail> baselineDetail() {
        return windows.baseline().detail().filter(detail -> detail.layer() == layer);
    }

    /** The tuned model's activations, if they were kept for this layer. */
    Optional<LayerDetail> tunedDetail() {
        return windows.tuned().detail().filter(detail -> detail.layer() == layer);
    }

    /**
     * The position in the window of each row that a layer's detail has at the site: tokens that the
     * layer prunes leave between its attention and its MLP.
     */
    int[] positions(WindowAnalysis analysis, LayerDetail detail) {
        if (site != Site.MLP_INPUT && site != Site.MLP_HIDDEN) {
            return detail.positions();
        }
        for (PruningTrace.Step step : analysis.pruning().steps()) {
            if (step.layer() == layer) {
                return IntStream.range(0, step.positions().length)
                        .filter(i -> step.ranks()[i] >= step.removed())
                        .map(i -> step.positions()[i])
                        .toArray();
            }
        }
        return detail.positions();
    }

    /**
     * What is drawn, with a word on planted outliers if there are some at this site: a picture that
     * is exported has no badge beside it.
     */
    String named(String quantity) {
        return planted().isEmpty()
                ? quantity
                : Messages.text("outliers.map.planted.value", quantity);
    }

    /** Whether the first token's largest |x| towers above that of all others. */
    boolean hasSink() {
        SiteStatistics statistics = comparison == Comparison.BASELINE ? baseline() : tuned();
        return statistics.firstTokenMagnitude() > SINK * statistics.otherMagnitude();
    }

    /** Outliers that were planted at this site. */
    Optional<Planting> planted() {
        return windows.model()
                .decoder()
                .model()
                .planting()
                .filter(planting -> planting.sites().contains(site));
    }

    boolean hasDetail() {
        return baselineDetail().isPresent() && tunedDetail().isPresent();
    }

    List<SiteStatistics> layersOfSite() {
        return analysis().layers(site);
    }

    /** Whether two looks see the same numbers and differ at most in the channel. */
    boolean sameNumbers(OutlierLook other) {
        return other != null
                && windows == other.windows
                && comparison == other.comparison
                && layer == other.layer
                && site == other.site;
    }

    /** Whether two looks see the same layers and differ at most in layer and channel. */
    boolean sameLayers(OutlierLook other) {
        return other != null
                && windows == other.windows
                && comparison == other.comparison
                && site == other.site;
    }
}
