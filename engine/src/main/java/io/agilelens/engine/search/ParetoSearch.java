package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.search.AllocationFrontier.Allocation;
import io.agilelens.engine.search.AllocationFrontier.Option;
import io.agilelens.engine.search.SearchPoint.Origin;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Looks for the recipes that give the best quality for their size or latency, with other bits and
 * groups in each layer and site.
 *
 * <ol>
 *   <li>Every unit is quantized alone in every way, and the divergence from the float model
 *       measured.
 *   <li>Taken as additive, these give the whole frontier of allocations at once ({@link
 *       AllocationFrontier}).
 *   <li>Allocations at the budget, and at the size of each uniform recipe, are really evaluated.
 *   <li>From the allocation at the budget on, neighbours are tried by evaluating them ({@link
 *       Neighbours}).
 *   <li>What stands on the frontier is measured on a text that none of this looked at.
 * </ol>
 *
 * The same input and seed give the same result.
 */
public final class ParetoSearch {
    /** Allocations evaluated between those that are asked for, so that the frontier is filled. */
    private static final int BETWEEN = 4;

    private final RecipeEvaluator evaluator;
    private final TokenWindows text;
    private final Optional<TokenWindows> heldOut;
    private final SearchSettings settings;
    private final Optional<LatencyEstimate> latency;
    private final RecipeSpace space;
    private final CostModel costs;
    private final List<List<Choice>> choices = new ArrayList<>();
    private final Map<Recipe, SearchPoint> points = new LinkedHashMap<>();
    private List<Sensitivity> sensitivities;

    private Consumer<SearchPoint> listener;
    private Steps steps;
    private Cancellation cancellation;

    /** Tells how far the search has come, in evaluations. */
    private static final class Steps {
        private final Progress progress;
        private final int total;
        private int done;

        Steps(Progress progress, int total) {
            this.progress = progress;
            this.total = total;
        }

        Progress next(String what) {
            int at = Math.min(done++, total);
            progress.report(what, at, total);
            return (_, _, _) -> progress.report(what, at, total);
        }
    }

    /**
     * @param text what is searched on
     * @param heldOut what the result is reported on, too; empty to leave that to the caller
     * @param latency products measured on this machine; needed for a latency budget only
     * @throws UserException if the base recipe leaves the weights float
     */
    public ParetoSearch(
            RecipeEvaluator evaluator,
            TokenWindows text,
            Optional<TokenWindows> heldOut,
            SearchSettings settings,
            Optional<LatencyEstimate> latency) {
        if (settings.base().weights().method() == WeightMethod.NONE) {
            throw new UserException(
                    "the search's base recipe leaves the weights float: give one whose"
                            + " weights.method is another than none");
        }
        this.evaluator = evaluator;
        this.text = text;
        this.heldOut = heldOut;
        this.settings = settings;
        this.latency = latency;
        this.space = new RecipeSpace(config(), settings.base());
        this.costs = new CostModel(evaluator.model(), space, settings, latency);
        for (Unit unit : space.units()) {
            choices.add(choices(unit));
        }
    }

    private ModelConfig config() {
        return evaluator.model().config();
    }

    private List<Choice> choices(Unit unit) {
        List<Integer> activationBits =
                settings.budget().kind() == Budget.Kind.LATENCY && space.quantizesActivations(unit)
                        ? settings.activationBits()
                        : List.of(0);
        List<Choice> all = new ArrayList<>();
        for (int bits : settings.weightBits()) {
            for (int group : settings.groups()) {
                activationBits.forEach(own -> all.add(new Choice(bits, group, own)));
            }
        }
        return all;
    }

    /**
     * Searches.
     *
     * @param heard hears each recipe as soon as it is measured as a whole, without held-out figures
     * @throws UserException if the budget cannot be met by any choice
     */
    public SearchResult run(
            Consumer<SearchPoint> heard, Progress progress, Cancellation cancelled) {
        listener = heard;
        cancellation = cancelled;
        int uniform = widest().size();
        int single = choices.stream().mapToInt(List::size).sum();
        steps =
                new Steps(
                        progress,
                        1 + single + uniform * (2 + BETWEEN) + settings.refinements() + uniform);
        SearchPoint floats = evaluate("float", Origin.FLOAT, Recipe.FLOAT);
        evaluateUniform();
        sensitivities =
                new SensitivityStudy(evaluator, text, space, settings.base())
                        .measure(choices, steps::next, cancellation);
        List<Allocation> frontier = AllocationFrontier.of(options());
        costs.requireAffordable(frontier.getFirst().cost());
        evaluateAllocations(frontier);
        Optional<SearchPoint> best = best(floats);
        if (best.isPresent()) {
            refine(floats, frontier);
            best = best(floats);
        }
        return reported(floats, best);
    }

    // ---- measuring

    private SearchPoint evaluate(String name, Origin origin, Recipe recipe) {
        SearchPoint known = points.get(recipe);
        if (known != null) {
            return known;
        }
        Trial trial = evaluator.evaluate(recipe, text, steps.next("trying " + name), cancellation);
        SearchPoint point =
                new SearchPoint(
                        name,
                        origin,
                        recipe,
                        trial.size(),
                        latency.isPresent()
                                ? OptionalDouble.of(latency.get().of(recipe))
                                : OptionalDouble.empty(),
                        trial.perplexity(),
                        Optional.empty());
        points.put(recipe, point);
        listener.accept(point);
        return point;
    }

    private void evaluateUniform() {
        for (Choice choice : widest()) {
            evaluate(choice.title(), Origin.UNIFORM, space.recipe(everywhere(choice)));
        }
    }

    /** The choices of a unit that has as many as any. */
    private List<Choice> widest() {
        return choices.stream().max(Comparator.comparingInt(List::size)).orElseThrow();
    }

    /** A choice for every unit; activations that are not quantized stay as they are. */
    private List<Choice> everywhere(Choice choice) {
        return choices.stream()
                .map(
                        own ->
                                own.contains(choice)
                                        ? choice
                                        : new Choice(choice.bits(), choice.group(), 0))
                .toList();
    }

    // ---- allocating

    private List<List<Option>> options() {
        List<List<Option>> options = new ArrayList<>();
        int at = 0;
        for (List<Choice> own : choices) {
            List<Option> list = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                Sensitivity sensitivity = sensitivities.get(at++);
                list.add(
                        new Option(
                                costs.of(sensitivity.unit(), sensitivity.choice()),
                                sensitivity.divergence()));
            }
            options.add(list);
        }
        return options;
    }

    /** Evaluates the allocations at the budget, at each uniform recipe's cost, and some between. */
    private void evaluateAllocations(List<Allocation> frontier) {
        TreeSet<Long> targets = new TreeSet<>();
        for (Choice choice : widest()) {
            List<Choice> everywhere = everywhere(choice);
            long sum = 0;
            for (int unit = 0; unit < choices.size(); unit++) {
                sum += costs.of(space.units().get(unit), everywhere.get(unit));
            }
            targets.add(sum);
        }
        List<Long> asked = List.copyOf(targets);
        for (int i = 0; i + 1 < asked.size(); i++) {
            for (int part = 1; part <= BETWEEN; part++) {
                targets.add(
                        asked.get(i) + (asked.get(i + 1) - asked.get(i)) * part / (BETWEEN + 1));
            }
        }
        if (costs.limit() < Long.MAX_VALUE) {
            targets.add(costs.limit());
        }
        for (long target : targets) {
            within(frontier, target).ifPresent(this::evaluate);
        }
    }

    /** The dearest allocation that costs no more, which loses the least. */
    private static Optional<Allocation> within(List<Allocation> frontier, long cost) {
        return frontier.stream()
                .filter(allocation -> allocation.cost() <= cost)
                .max(Comparator.comparingLong(Allocation::cost));
    }

    private SearchPoint evaluate(Allocation allocation) {
        return evaluate(chosen(allocation.choices()), Origin.ALLOCATED);
    }

    private SearchPoint evaluate(List<Choice> chosen, Origin origin) {
        Recipe recipe = space.recipe(chosen);
        String name =
                "mixed %.3f #%d"
                        .formatted(
                                WeightSize.of(evaluator.model(), recipe).bitsPerWeight(),
                                points.size());
        return evaluate(name, origin, recipe);
    }

    private List<Choice> chosen(int[] indices) {
        List<Choice> chosen = new ArrayList<>();
        for (int unit = 0; unit < indices.length; unit++) {
            chosen.add(choices.get(unit).get(indices[unit]));
        }
        return chosen;
    }

    // ---- choosing

    /** The best point under the budget; of equals the one met first. */
    private Optional<SearchPoint> best(SearchPoint floats) {
        return points.values().stream()
                .filter(point -> point.origin() != Origin.FLOAT)
                .filter(point -> isWithinBudget(point, floats))
                .min(worth());
    }

    private boolean isWithinBudget(SearchPoint point, SearchPoint floats) {
        return switch (settings.budget().kind()) {
            case BITS, BYTES -> point.size().bits() <= costs.limit();
            case LATENCY -> point.latency().orElseThrow() <= settings.budget().value();
            case NLL -> point.nll() <= floats.nll() + settings.budget().value();
        };
    }

    private Comparator<SearchPoint> worth() {
        return settings.budget().kind() == Budget.Kind.NLL
                ? Comparator.comparingLong((SearchPoint point) -> point.size().bits())
                        .thenComparingDouble(SearchPoint::divergence)
                : Comparator.comparingDouble(SearchPoint::divergence)
                        .thenComparingLong(point -> point.size().bits());
    }

    private void refine(SearchPoint floats, List<Allocation> frontier) {
        List<List<Option>> options = options();
        int[] start = startOf(floats, frontier, options);
        Neighbours neighbours = new Neighbours(options, start, costs.limit(), settings.seed());
        SearchPoint current = evaluate(chosen(start), Origin.ALLOCATED);
        boolean bounded = settings.budget().kind() == Budget.Kind.NLL;
        for (int i = 0; i < settings.refinements(); i++) {
            cancellation.check();
            Optional<int[]> proposal = neighbours.propose(bounded);
            if (proposal.isEmpty()) {
                return;
            }
            SearchPoint tried = evaluate(chosen(proposal.get()), Origin.REFINED);
            if (isWithinBudget(tried, floats) && worth().compare(tried, current) < 0) {
                current = tried;
                neighbours.accept(proposal.get());
            }
        }
    }

    /**
     * The allocation of the frontier at the budget: by its cost, or under a bound on the loss by
     * what was really measured.
     */
    private int[] startOf(
            SearchPoint floats, List<Allocation> frontier, List<List<Option>> options) {
        if (settings.budget().kind() != Budget.Kind.NLL) {
            return within(frontier, costs.limit()).orElseThrow().choices();
        }
        // The cheapest that keeps the loss, found by halving: loss falls with cost, nearly.
        int low = 0;
        int high = frontier.size() - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (isWithinBudget(evaluate(frontier.get(middle)), floats)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return frontier.get(high).choices();
    }

    // ---- reporting

    private SearchResult reported(SearchPoint floats, Optional<SearchPoint> best) {
        SearchResult bare =
                new SearchResult(
                        settings.budget(),
                        floats,
                        List.copyOf(points.values()),
                        sensitivities,
                        best);
        if (heldOut.isEmpty()) {
            return bare;
        }
        List<SearchPoint> shown = new ArrayList<>(bare.frontier());
        shown.add(floats);
        bare.rivals().forEach(rivals -> shown.addAll(List.of(rivals.uniform(), rivals.searched())));
        best.ifPresent(shown::add);
        for (SearchPoint point : shown) {
            points.computeIfPresent(
                    point.recipe(),
                    (recipe, known) ->
                            known.heldOut().isPresent()
                                    ? known
                                    : known.withHeldOut(measureHeldOut(recipe, known.name())));
        }
        return new SearchResult(
                settings.budget(),
                points.get(floats.recipe()),
                List.copyOf(points.values()),
                sensitivities,
                best.map(point -> points.get(point.recipe())));
    }

    private Perplexity measureHeldOut(Recipe recipe, String name) {
        return evaluator
                .evaluate(
                        recipe,
                        heldOut.orElseThrow(),
                        steps.next("held-out text, " + name),
                        cancellation)
                .perplexity();
    }
}
