package io.agilelens.engine.search;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.Recipe;
import java.util.List;
import java.util.Optional;

/** What choices cost: bits, or nanoseconds where the budget is one of latency. */
final class CostModel {
    private static final double NANOS = 1000;

    private final Model model;
    private final RecipeSpace space;
    private final Budget budget;
    private final Optional<LatencyEstimate> latency;
    private final long weights;

    CostModel(
            Model model,
            RecipeSpace space,
            SearchSettings settings,
            Optional<LatencyEstimate> latency) {
        this.model = model;
        this.space = space;
        this.budget = settings.budget();
        this.latency = latency;
        this.weights = WeightSize.of(model, settings.base()).weights();
    }

    /** Of a choice for one unit. */
    long of(Unit unit, Choice choice) {
        List<Choice> everywhere = space.units().stream().map(_ -> choice).toList();
        Recipe recipe = space.recipe(everywhere);
        if (budget.kind() == Budget.Kind.LATENCY) {
            return Math.round(NANOS * latency.orElseThrow().of(recipe, unit.layer(), unit.site()));
        }
        long bits = 0;
        for (LinearRole role : model.config().roles()) {
            if (role.input() == unit.site()) {
                bits +=
                        WeightSize.storedBits(
                                model,
                                unit.layer(),
                                role,
                                recipe.weightsAt(unit.layer(), unit.site()));
            }
        }
        return bits;
    }

    /** What the budget allows; for a loss, which limits no cost, everything. */
    long limit() {
        return switch (budget.kind()) {
            case BITS -> (long) Math.floor(budget.value() * weights);
            case BYTES -> (long) Math.floor(8 * budget.value());
            case LATENCY -> (long) Math.floor(NANOS * budget.value());
            case NLL -> Long.MAX_VALUE;
        };
    }

    /**
     * @param least what the cheapest recipe costs
     * @throws UserException if that is more than the budget
     */
    void requireAffordable(long least) {
        if (least > limit()) {
            String cheapest =
                    switch (budget.kind()) {
                        case BITS -> "bits=%.3f".formatted((double) least / weights);
                        case LATENCY -> "latency=%.0f".formatted(least / NANOS);
                        case BYTES, NLL -> "bytes=%d".formatted((least + 7) / 8);
                    };
            throw new UserException(
                    "--budget %s cannot be met: the cheapest recipe of this search takes %s"
                            .formatted(budget, cheapest));
        }
    }
}
