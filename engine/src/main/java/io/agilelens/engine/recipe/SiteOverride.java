package io.agilelens.engine.recipe;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.Site;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What differs at some layers and sites; what is empty stays as the recipe says. Later overrides
 * win over earlier ones.
 *
 * @param layers from 0
 * @param sites where; a weight is named by the site that its linear reads
 * @param exponents those that TRIP may give, as {@link ActivationRecipe#exponents}; with {@code
 *     maxExponent} alone, all up to it
 * @param channelExponents by channel, the exponent that it has whatever TRIP would choose; TRIP
 *     chooses for all others
 */
public record SiteOverride(
        SortedSet<Integer> layers,
        Set<Site> sites,
        Optional<ActivationMethod> activationMethod,
        Optional<Integer> activationBits,
        Optional<Integer> maxExponent,
        Optional<SortedSet<Integer>> exponents,
        Optional<Granularity> granularity,
        Optional<Boolean> activationSymmetric,
        Optional<WeightMethod> weightMethod,
        Optional<Integer> weightBits,
        Optional<Integer> weightGroup,
        Optional<Boolean> weightSymmetric,
        SortedMap<Integer, Integer> channelExponents) {

    /** Leaves all channels to TRIP. */
    public SiteOverride(
            SortedSet<Integer> layers,
            Set<Site> sites,
            Optional<ActivationMethod> activationMethod,
            Optional<Integer> activationBits,
            Optional<Integer> maxExponent,
            Optional<SortedSet<Integer>> exponents,
            Optional<Granularity> granularity,
            Optional<Boolean> activationSymmetric,
            Optional<WeightMethod> weightMethod,
            Optional<Integer> weightBits,
            Optional<Integer> weightGroup,
            Optional<Boolean> weightSymmetric) {
        this(
                layers,
                sites,
                activationMethod,
                activationBits,
                maxExponent,
                exponents,
                granularity,
                activationSymmetric,
                weightMethod,
                weightBits,
                weightGroup,
                weightSymmetric,
                Collections.emptySortedMap());
    }

    /** Fixes the exponents of channels at one place and leaves everything else as it is. */
    public static SiteOverride ofChannels(
            int layer, Site site, SortedMap<Integer, Integer> exponents) {
        return new SiteOverride(
                new TreeSet<>(Set.of(layer)),
                Set.of(site),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                exponents);
    }

    public SiteOverride {
        layers = Collections.unmodifiableSortedSet(new TreeSet<>(layers));
        sites = sites.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(sites));
        if (sites.contains(Site.SOFTMAX)) {
            throw new UserException(
                    "overrides.sites names SOFTMAX: attention probabilities follow the key softmax"
                            + " in all layers; name other sites");
        }
        activationBits.ifPresent(Knobs.ACTIVATION_BITS::check);
        maxExponent.ifPresent(Knobs.MAX_EXPONENT::check);
        exponents = exponents.map(set -> Collections.unmodifiableSortedSet(new TreeSet<>(set)));
        for (int exponent : exponents.orElse(Collections.emptySortedSet())) {
            Knobs.MAX_EXPONENT.check(exponent);
        }
        channelExponents = Collections.unmodifiableSortedMap(new TreeMap<>(channelExponents));
        if (!channelExponents.isEmpty() && channelExponents.firstKey() < 0) {
            throw new UserException(
                    "overrides.activations.channel_exponents names channel %d: channels count from 0"
                            .formatted(channelExponents.firstKey()));
        }
        channelExponents.values().forEach(Knobs.MAX_EXPONENT::check);
        int largest = exponents.filter(set -> !set.isEmpty()).map(SortedSet::last).orElse(-1);
        if (largest >= 0 && maxExponent.isPresent() && maxExponent.get() != largest) {
            throw new UserException(
                    "overrides: max_exponent is %d and the largest of exponents is %d: leave max_exponent out"
                            .formatted(maxExponent.get(), largest));
        }
        weightBits.ifPresent(Knobs.WEIGHT_BITS::check);
        weightGroup.ifPresent(Knobs.WEIGHT_GROUP::checkGroup);
        boolean aboutWeights =
                weightMethod.isPresent()
                        || weightBits.isPresent()
                        || weightGroup.isPresent()
                        || weightSymmetric.isPresent();
        if (aboutWeights && !sites.isEmpty() && sites.stream().noneMatch(Site::isLinearInput)) {
            throw new UserException(
                    "overrides.weights at %s change nothing: no linear reads there; a weight is named by the site that its linear reads, one of %s"
                            .formatted(
                                    names(sites.stream()),
                                    names(
                                            Arrays.stream(Site.values())
                                                    .filter(Site::isLinearInput))));
        }
    }

    private static String names(Stream<Site> sites) {
        return sites.map(Site::name).collect(Collectors.joining(", "));
    }

    /** The same places with only what is said of weights. */
    public SiteOverride withoutActivations() {
        return new SiteOverride(
                layers,
                sites,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                weightMethod,
                weightBits,
                weightGroup,
                weightSymmetric);
    }

    /** The same places with only what is said of activations. */
    public SiteOverride withoutWeights() {
        return new SiteOverride(
                layers,
                sites,
                activationMethod,
                activationBits,
                maxExponent,
                exponents,
                granularity,
                activationSymmetric,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                channelExponents);
    }

    /** The same with other exponents of channels. */
    public SiteOverride withChannelExponents(SortedMap<Integer, Integer> changed) {
        return new SiteOverride(
                layers,
                sites,
                activationMethod,
                activationBits,
                maxExponent,
                exponents,
                granularity,
                activationSymmetric,
                weightMethod,
                weightBits,
                weightGroup,
                weightSymmetric,
                changed);
    }

    /** Whether it leaves everything as the recipe says. */
    public boolean changesNothing() {
        return activationMethod.isEmpty()
                && activationBits.isEmpty()
                && maxExponent.isEmpty()
                && exponents.isEmpty()
                && granularity.isEmpty()
                && activationSymmetric.isEmpty()
                && channelExponents.isEmpty()
                && weightMethod.isEmpty()
                && weightBits.isEmpty()
                && weightGroup.isEmpty()
                && weightSymmetric.isEmpty();
    }

    boolean covers(int layer, Site site) {
        return layers.contains(layer) && sites.contains(site);
    }

    ActivationRecipe apply(ActivationRecipe recipe) {
        return new ActivationRecipe(
                activationMethod.orElse(recipe.method()),
                activationBits.orElse(recipe.bits()),
                maxExponent.orElse(recipe.maxExponent()),
                exponents.orElse(maxExponent.isPresent() ? new TreeSet<>() : recipe.exponents()),
                granularity.orElse(recipe.granularity()),
                activationSymmetric.orElse(recipe.symmetric()));
    }

    WeightRecipe apply(WeightRecipe recipe) {
        return new WeightRecipe(
                weightMethod.orElse(recipe.method()),
                weightBits.orElse(recipe.bits()),
                weightGroup.orElse(recipe.group()),
                weightSymmetric.orElse(recipe.symmetric()),
                recipe.gptq(),
                recipe.awq());
    }
}
