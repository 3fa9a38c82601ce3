package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import java.util.ArrayList;
import java.util.List;

/**
 * Outlier channels by the criterion of LLM.int8(): a magnitude of at least 6 in at least 25 % of
 * the layers and at 6 % of the positions.
 *
 * @param site where
 * @param outliers the channels that meet it
 */
public record OutlierCensus(Site site, List<Outlier> outliers) {
    /** Magnitude that counts as large. */
    public static final float MAGNITUDE = 6;

    private static final double LAYER_SHARE = 0.25;
    private static final double POSITION_SHARE = 0.06;

    public OutlierCensus {
        outliers = List.copyOf(outliers);
    }

    /**
     * @param channel the same index in every layer
     * @param layers share of the layers in which it is large somewhere
     * @param positions share of all positions, over those layers, at which it is large
     * @param magnitude largest |x|
     */
    public record Outlier(int channel, double layers, double positions, float magnitude) {}

    /**
     * @param layers statistics of one site, one entry a layer
     */
    public static OutlierCensus of(Site site, List<SiteStatistics> layers) {
        List<Outlier> outliers = new ArrayList<>();
        int channels = layers.getFirst().channels();
        for (int c = 0; c < channels; c++) {
            int affected = 0;
            double positions = 0;
            float magnitude = 0;
            for (SiteStatistics statistics : layers) {
                magnitude = Math.max(magnitude, statistics.magnitude(c));
                if (statistics.magnitude(c) >= MAGNITUDE) {
                    affected++;
                    positions += statistics.largeShare()[c];
                }
            }
            double layerShare = (double) affected / layers.size();
            double positionShare = affected == 0 ? 0 : positions / affected;
            if (layerShare >= LAYER_SHARE && positionShare >= POSITION_SHARE) {
                outliers.add(new Outlier(c, layerShare, positionShare, magnitude));
            }
        }
        return new OutlierCensus(site, outliers);
    }
}
