package io.agilelens.engine.evaluate;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.SiteTransform;
import io.agilelens.engine.model.SoftmaxTransform;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A tuned model's simulated arithmetic at some sites, float arithmetic at the others. A linear
 * counts to the site that it reads. What is done to cached keys and values is no site's: it is left
 * out where one site is tuned alone and kept where one is left float alone.
 */
final class PartialNumerics implements Numerics {
    private final Numerics tuned;
    private final Numerics floats;
    private final Set<Site> sites;
    private final Optional<CacheFormat> cacheFormat;

    private PartialNumerics(
            Numerics tuned, Numerics floats, Set<Site> sites, Optional<CacheFormat> cacheFormat) {
        this.tuned = tuned;
        this.floats = floats;
        this.sites = sites;
        this.cacheFormat = cacheFormat;
    }

    /** Tuned at one site. */
    static Decoder only(TunedModel tuned, Numerics floats, Site site) {
        return decoder(tuned, floats, EnumSet.of(site), Optional.empty());
    }

    /** Tuned at all sites but one. */
    static Decoder allBut(TunedModel tuned, Numerics floats, Site site) {
        return decoder(
                tuned,
                floats,
                EnumSet.complementOf(EnumSet.of(site)),
                tuned.decoder().numerics().cacheFormat());
    }

    private static Decoder decoder(
            TunedModel tuned, Numerics floats, Set<Site> sites, Optional<CacheFormat> cacheFormat) {
        return new Decoder(
                tuned.model(),
                tuned.kernels(),
                new PartialNumerics(tuned.decoder().numerics(), floats, sites, cacheFormat));
    }

    @Override
    public LinearOperator linear(int layer, LinearRole role) {
        return (sites.contains(role.input()) ? tuned : floats).linear(layer, role);
    }

    @Override
    public SiteTransform site(int layer, Site site) {
        return (sites.contains(site) ? tuned : floats).site(layer, site);
    }

    @Override
    public SoftmaxTransform softmax(int layer) {
        return (sites.contains(Site.SOFTMAX) ? tuned : floats).softmax(layer);
    }

    @Override
    public Optional<CacheFormat> cacheFormat() {
        return cacheFormat;
    }

    @Override
    public Optional<LinearOperator> inputProjection() {
        return floats.inputProjection();
    }

    @Override
    public Optional<LinearOperator> outputProjection() {
        return floats.outputProjection();
    }

    @Override
    public LinearOperator head() {
        return floats.head();
    }
}
