package io.agilelens.engine.search;

import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The recipes that a search goes over: a base recipe with another {@link Choice} for each {@link
 * Unit}. Immutable.
 */
final class RecipeSpace {
    private final ModelConfig config;
    private final Recipe base;
    private final List<Unit> units;

    /**
     * @param base its weights' method is not NONE
     */
    RecipeSpace(ModelConfig config, Recipe base) {
        this.config = config;
        this.base = base;
        List<Unit> all = new ArrayList<>();
        Set<Site> sites = EnumSet.noneOf(Site.class);
        config.roles().forEach(role -> sites.add(role.input()));
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : sites) {
                all.add(new Unit(layer, site));
            }
        }
        this.units = List.copyOf(all);
    }

    /** By layer and, within it, by site. */
    List<Unit> units() {
        return units;
    }

    /** Whether the base quantizes the activations that a unit reads. */
    boolean quantizesActivations(Unit unit) {
        return base.activationsAt(unit.layer(), unit.site()).method() != ActivationMethod.NONE;
    }

    /** The recipe with a choice for every unit, in as few overrides as there are differences. */
    Recipe recipe(List<Choice> choices) {
        Choice common = mostCommon(choices);
        Recipe plain = base.withWeights(weights(base.weights(), common));
        if (base.activations().method() != ActivationMethod.NONE && common.activationBits() > 0) {
            plain = plain.withActivations(base.activations().withBits(common.activationBits()));
        }
        Map<Choice, Map<Site, SortedSet<Integer>>> different = new LinkedHashMap<>();
        for (int i = 0; i < units.size(); i++) {
            Unit unit = units.get(i);
            if (!holds(plain, unit, choices.get(i))) {
                different
                        .computeIfAbsent(choices.get(i), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(unit.site(), _ -> new TreeSet<>())
                        .add(unit.layer());
            }
        }
        List<SiteOverride> overrides = new ArrayList<>(base.overrides());
        different.forEach(
                (choice, places) ->
                        merged(places)
                                .forEach(
                                        (layers, sites) ->
                                                overrides.add(override(layers, sites, choice))));
        return plain.withOverrides(overrides);
    }

    /**
     * Everything float but the weights of one unit.
     *
     * @param choice its activation bits do not matter
     */
    Recipe weightsAlone(Unit unit, Choice choice) {
        return Recipe.FLOAT
                .withWeights(weights(base.weights(), choice))
                .withSmoothing(base.smoothing())
                .withPruning(base.pruning())
                .withOverrides(
                        List.of(
                                everywhere(WeightMethod.NONE),
                                weights(
                                        layers(unit.layer()),
                                        Set.of(unit.site()),
                                        Optional.of(base.weights().method()),
                                        Optional.empty(),
                                        Optional.empty(),
                                        0)));
    }

    /** Everything float but the activations of one unit, as the base's smoothing leaves them. */
    Recipe activationsAlone(Unit unit, Choice choice) {
        ActivationRecipe own = base.activationsAt(unit.layer(), unit.site());
        return Recipe.FLOAT
                .withSmoothing(base.smoothing())
                .withPruning(base.pruning())
                .withOverrides(
                        List.of(
                                new SiteOverride(
                                        layers(unit.layer()),
                                        Set.of(unit.site()),
                                        Optional.of(own.method()),
                                        Optional.of(choice.activationBits()),
                                        Optional.of(own.maxExponent()),
                                        Optional.of(own.exponents()),
                                        Optional.of(own.granularity()),
                                        Optional.of(own.symmetric()),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())));
    }

    private SiteOverride everywhere(WeightMethod method) {
        SortedSet<Integer> layers = new TreeSet<>();
        Set<Site> sites = EnumSet.noneOf(Site.class);
        for (Unit unit : units) {
            layers.add(unit.layer());
            sites.add(unit.site());
        }
        return weights(layers, sites, Optional.of(method), Optional.empty(), Optional.empty(), 0);
    }

    private static SortedSet<Integer> layers(int layer) {
        return new TreeSet<>(Set.of(layer));
    }

    /**
     * @param activationBits 0 to leave them as they are
     */
    private static SiteOverride weights(
            SortedSet<Integer> layers,
            Set<Site> sites,
            Optional<WeightMethod> method,
            Optional<Integer> bits,
            Optional<Integer> group,
            int activationBits) {
        return new SiteOverride(
                layers,
                sites,
                Optional.empty(),
                activationBits == 0 ? Optional.empty() : Optional.of(activationBits),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                method,
                bits,
                group,
                Optional.empty());
    }

    /** The choice that holds for most weights; of equals the one met first. */
    private Choice mostCommon(List<Choice> choices) {
        Map<Choice, Long> weights = new LinkedHashMap<>();
        for (int i = 0; i < units.size(); i++) {
            weights.merge(choices.get(i), weights(units.get(i)), Long::sum);
        }
        Choice most = choices.getFirst();
        for (Map.Entry<Choice, Long> each : weights.entrySet()) {
            if (each.getValue() > weights.get(most)) {
                most = each.getKey();
            }
        }
        return most;
    }

    /** How many weights a unit has. */
    long weights(Unit unit) {
        return config.roles().stream()
                .filter(role -> role.input() == unit.site())
                .mapToLong(role -> (long) role.outputs(config) * role.inputs(config))
                .sum();
    }

    /** Whether a recipe without further overrides decides what is wanted. */
    private boolean holds(Recipe recipe, Unit unit, Choice choice) {
        WeightRecipe weights = recipe.weightsAt(unit.layer(), unit.site());
        ActivationRecipe activations = recipe.activationsAt(unit.layer(), unit.site());
        return weights.method() == base.weights().method()
                && weights.bits() == choice.bits()
                && weights.group() == choice.group()
                && (choice.activationBits() == 0 || activations.bits() == choice.activationBits());
    }

    private SiteOverride override(SortedSet<Integer> layers, Set<Site> sites, Choice choice) {
        return weights(
                layers,
                sites,
                Optional.of(base.weights().method()),
                Optional.of(choice.bits()),
                Optional.of(choice.group()),
                choice.activationBits());
    }

    /** Sites that share their layers stand in one entry. */
    private static Map<SortedSet<Integer>, Set<Site>> merged(Map<Site, SortedSet<Integer>> places) {
        Map<SortedSet<Integer>, Set<Site>> sites = new LinkedHashMap<>();
        places.forEach(
                (site, layers) ->
                        sites.computeIfAbsent(layers, _ -> EnumSet.noneOf(Site.class)).add(site));
        return sites;
    }

    private static WeightRecipe weights(WeightRecipe recipe, Choice choice) {
        return recipe.withBits(choice.bits()).withGroup(choice.group());
    }
}
