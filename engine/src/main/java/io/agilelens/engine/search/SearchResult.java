package io.agilelens.engine.search;

import io.agilelens.engine.search.SearchPoint.Origin;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a search found.
 *
 * @param budget that it was asked for
 * @param floats the model as it is
 * @param points every recipe that was measured as a whole, in the order of measuring
 * @param sensitivities of each unit to each choice
 * @param best under the budget; empty if nothing that was tried is
 */
public record SearchResult(
        Budget budget,
        SearchPoint floats,
        List<SearchPoint> points,
        List<Sensitivity> sensitivities,
        Optional<SearchPoint> best) {

    public SearchResult {
        points = List.copyOf(points);
        sensitivities = List.copyOf(sensitivities);
    }

    /** What a point costs: estimated microseconds for a latency budget, otherwise bits. */
    public static ToDoubleFunction<SearchPoint> cost(Budget budget) {
        return budget.kind() == Budget.Kind.LATENCY
                ? point -> point.latency().orElse(Double.NaN)
                : point -> point.size().bits();
    }

    /**
     * The points that no other beats in both cost and divergence from the float model, by rising
     * cost.
     */
    public List<SearchPoint> frontier() {
        return frontier(points, cost(budget));
    }

    static List<SearchPoint> frontier(
            List<SearchPoint> points, ToDoubleFunction<SearchPoint> cost) {
        return points.stream()
                .filter(point -> points.stream().noneMatch(other -> beats(other, point, cost)))
                .sorted(Comparator.comparingDouble(cost))
                .toList();
    }

    private static boolean beats(
            SearchPoint one, SearchPoint other, ToDoubleFunction<SearchPoint> cost) {
        double costs = cost.applyAsDouble(one) - cost.applyAsDouble(other);
        double losses = one.divergence() - other.divergence();
        return costs <= 0 && losses <= 0 && (costs < 0 || losses < 0);
    }

    /**
     * A uniform recipe and what the search found at the same cost.
     *
     * @param searched the best that costs no more and is not uniform itself
     */
    public record Rivals(SearchPoint uniform, SearchPoint searched) {}

    /**
     * Every uniform recipe that no cheaper uniform one beats, with its rival, by rising cost. The
     * cheapest and the dearest of all have none: no other recipe of the search costs as much.
     */
    public List<Rivals> rivals() {
        ToDoubleFunction<SearchPoint> cost = cost(budget);
        List<SearchPoint> uniform =
                points.stream().filter(point -> point.origin() == Origin.UNIFORM).toList();
        List<SearchPoint> searched =
                points.stream()
                        .filter(
                                point ->
                                        point.origin() == Origin.ALLOCATED
                                                || point.origin() == Origin.REFINED)
                        .toList();
        double dearest =
                points.stream()
                        .filter(point -> point.origin() != Origin.FLOAT)
                        .mapToDouble(cost)
                        .max()
                        .orElse(0);
        return frontier(uniform, cost).stream()
                .filter(each -> cost.applyAsDouble(each) < dearest)
                .flatMap(
                        each ->
                                searched.stream()
                                        .filter(
                                                point ->
                                                        cost.applyAsDouble(point)
                                                                <= cost.applyAsDouble(each))
                                        .min(Comparator.comparingDouble(SearchPoint::divergence))
                                        .map(point -> new Rivals(each, point))
                                        .stream())
                .toList();
    }
}
