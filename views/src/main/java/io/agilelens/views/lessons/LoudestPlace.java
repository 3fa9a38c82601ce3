package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where a model's activations are most uneven: the layer and the linear layer's input at which the
 * largest channel towers most above the middle one.
 *
 * @param statistics of the place
 * @param outlier the channel with the largest |x|
 * @param typical a channel whose largest |x| is the median of all
 */
record LoudestPlace(SiteStatistics statistics, int outlier, int typical) {

    /** From this ratio on the largest channel counts as an outlier. */
    static final double TOWERING = 8;

    /**
     * @param planting outliers that were planted; then only their places count
     */
    static LoudestPlace of(WindowAnalysis baseline, Optional<Planting> planting) {
        LoudestPlace loudest = null;
        for (Map<Site, SiteStatistics> layer : baseline.sites()) {
            for (SiteStatistics statistics : layer.values()) {
                Site site = statistics.site();
                boolean counts =
                        planting.isPresent()
                                ? planting.get().sites().contains(site)
                                        && planting.get().layers().contains(statistics.layer())
                                : site.isLinearInput();
                if (counts) {
                    LoudestPlace place = of(statistics);
                    if (loudest == null || place.ratio() > loudest.ratio()) {
                        loudest = place;
                    }
                }
            }
        }
        if (loudest == null) {
            throw new IllegalArgumentException("a model without linear layers");
        }
        return loudest;
    }

    private static LoudestPlace of(SiteStatistics statistics) {
        List<Integer> ascending =
                IntStream.range(0, statistics.channels())
                        .boxed()
                        .sorted(Comparator.comparing(statistics::magnitude))
                        .toList();
        return new LoudestPlace(
                statistics, statistics.largestChannel(), ascending.get(ascending.size() / 2));
    }

    int layer() {
        return statistics.layer();
    }

    Site site() {
        return statistics.site();
    }

    /** How many times as large the outlier is as the typical channel. */
    double ratio() {
        return statistics.magnitude(outlier)
                / Math.max(statistics.magnitude(typical), Float.MIN_NORMAL);
    }

    boolean hasOutlier() {
        return ratio() >= TOWERING;
    }

    /** Channels so much larger than the typical one that they count as outliers. */
    List<Integer> towering() {
        return IntStream.range(0, statistics.channels())
                .filter(c -> statistics.magnitude(c) >= TOWERING * statistics.magnitude(typical))
                .boxed()
                .toList();
    }

    /** The largest |x| of the channels that are no outliers, the largest one aside. */
    float others() {
        List<Integer> outliers = towering();
        float largest = 0;
        for (int c = 0; c < statistics.channels(); c++) {
            if (c != outlier && !outliers.contains(c)) {
                largest = Math.max(largest, statistics.magnitude(c));
            }
        }
        return largest;
    }

    /** The place, its outlier and its typical channel as facts. */
    void tell(Facts.Builder facts) {
        facts.whole("layer", layer())
                .site("site", site())
                .whole("channels", statistics.channels())
                .whole("outlier", outlier)
                .number("outlier.largest", statistics.magnitude(outlier))
                .whole("typical", typical)
                .number("typical.largest", statistics.magnitude(typical))
                .number("typical.minimum", statistics.minimum()[typical])
                .number("typical.maximum", statistics.maximum()[typical])
                .number("ratio", ratio())
                .is("towering", hasOutlier());
    }
}
