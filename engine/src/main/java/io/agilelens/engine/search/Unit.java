package io.agilelens.engine.search;

import io.agilelens.engine.model.Site;

/**
 * What is decided as one: the linears of a layer that read a site, and the activations there.
 *
 * @param layer from 0
 * @param site one that linears read
 */
public record Unit(int layer, Site site) {}
