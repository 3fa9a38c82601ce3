package io.agilelens.engine.recipe;

import io.agilelens.engine.model.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Changes the exponents that a recipe gives to single channels in place of TRIP's choice. */
public final class ChannelExponents {

    private ChannelExponents() {}

    /** Fixes the exponent of a channel at a place. */
    public static Recipe fix(Recipe recipe, int layer, Site site, int channel, int exponent) {
        SortedMap<Integer, Integer> wanted = new TreeMap<>(recipe.channelExponentsAt(layer, site));
        wanted.put(channel, exponent);
        return with(recipe, layer, site, wanted);
    }

    /** Leaves a channel at a place to TRIP again. */
    public static Recipe release(Recipe recipe, int layer, Site site, int channel) {
        SortedMap<Integer, Integer> wanted = new TreeMap<>(recipe.channelExponentsAt(layer, site));
        wanted.remove(channel);
        return with(recipe, layer, site, wanted);
    }

    /** Leaves all channels at a place to TRIP again. */
    public static Recipe releaseAll(Recipe recipe, int layer, Site site) {
        return with(recipe, layer, site, new TreeMap<>());
    }

    /** Drops the exponents that are not among those that TRIP may give where they are. */
    public static Recipe releaseUnknown(Recipe recipe) {
        List<SiteOverride> kept = new ArrayList<>();
        for (SiteOverride override : recipe.overrides()) {
            SortedMap<Integer, Integer> known = new TreeMap<>(override.channelExponents());
            for (int layer : override.layers()) {
                for (Site site : override.sites()) {
                    int[] candidates = recipe.activationsAt(layer, site).candidates();
                    known.values().removeIf(exponent -> !contains(candidates, exponent));
                }
            }
            add(kept, override, known);
        }
        return recipe.withOverrides(kept);
    }

    private static boolean contains(int[] candidates, int exponent) {
        for (int candidate : candidates) {
            if (candidate == exponent) {
                return true;
            }
        }
        return false;
    }

    /**
     * Overrides that speak of other places too keep what they say there, so that one of this place
     * alone comes to hold its channels.
     */
    private static Recipe with(
            Recipe recipe, int layer, Site site, SortedMap<Integer, Integer> wanted) {
        List<SiteOverride> changed = new ArrayList<>();
        for (SiteOverride override : recipe.overrides()) {
            if (!override.covers(layer, site)) {
                changed.add(override);
            } else if (override.layers().size() == 1 && override.sites().size() == 1) {
                add(changed, override, new TreeMap<>());
            } else if (override.channelExponents().isEmpty()) {
                changed.add(override);
            } else {
                split(changed, override, layer, site);
            }
        }
        if (!wanted.isEmpty()) {
            changed.add(SiteOverride.ofChannels(layer, site, wanted));
        }
        return recipe.withOverrides(changed);
    }

    /** An override of several places without its channels, which the other places keep. */
    private static void split(
            List<SiteOverride> changed, SiteOverride override, int layer, Site site) {
        SortedMap<Integer, Integer> exponents = override.channelExponents();
        add(changed, override, new TreeMap<>());
        for (int each : override.layers()) {
            for (Site other : override.sites()) {
                if (each != layer || other != site) {
                    changed.add(SiteOverride.ofChannels(each, other, exponents));
                }
            }
        }
    }

    private static void add(
            List<SiteOverride> changed,
            SiteOverride override,
            SortedMap<Integer, Integer> exponents) {
        SiteOverride kept = override.withChannelExponents(exponents);
        if (!kept.changesNothing()) {
            changed.add(kept);
        }
    }
}
