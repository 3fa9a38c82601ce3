package io.agilelens.engine.evaluate;

import io.agilelens.engine.model.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One window looked at from all sides: what the pictures are drawn from.
 *
 * @param ids the window; read only
 * @param sites statistics by layer and site
 * @param heads statistics by layer and head
 * @param pruning which tokens left; no steps if none did
 * @param loss losses by position
 * @param detail the layer that was asked for in full
 */
public record WindowAnalysis(
        int[] ids,
        List<Map<Site, SiteStatistics>> sites,
        List<List<HeadStatistics>> heads,
        PruningTrace pruning,
        WindowLoss loss,
        Optional<LayerDetail> detail) {

    /** Statistics of one site, one entry a layer. */
    public List<SiteStatistics> layers(Site site) {
        return sites.stream().map(layer -> layer.get(site)).toList();
    }
}
