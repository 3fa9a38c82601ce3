package io.agilelens.app.live;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.search.Budget;
import io.agilelens.engine.search.ParetoSearch;
import io.agilelens.engine.search.RecipeEvaluator;
import io.agilelens.engine.search.SearchPoint;
import io.agilelens.engine.search.SearchResult;
import io.agilelens.engine.search.SearchSettings;
import io.agilelens.engine.search.Trial;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A search whose results go onto the Compare board: recipes are tried on some windows of the text,
 * and those worth keeping are measured on all of them, as every pinned run is.
 */
public final class BoardSearch {
    /** Windows that are searched on. */
    private static final int WINDOWS = 3;

    /** Runs that the board gets at most, beside the best. */
    private static final int MOST_RUNS = 7;

    private static final int NEIGHBOURS = 24;
    private static final long SEED = 1;

    private final ModelSession session;
    private final Recipe base;
    private final Budget budget;

    /**
     * What came out.
     *
     * @param tried recipes that were evaluated as a whole
     * @param runs by rising size, named alike where they found the same number of bits
     */
    public record Found(int tried, List<PinnedRun> runs) {}

    /**
     * @param base the recipe in force; where it leaves the weights float they are rounded
     */
    public BoardSearch(ModelSession session, Recipe base, Budget budget) {
        this.session = session;
        this.base =
                base.weights().method() == WeightMethod.NONE
                        ? base.withWeights(base.weights().withMethod(WeightMethod.RTN))
                        : base;
        this.budget = budget;
    }

    /**
     * Searches and measures.
     *
     * @param listener hears the best recipe within the budget whenever it changes, if the budget is
     *     one of size
     */
    public Found run(Consumer<SearchPoint> listener, Progress progress, Cancellation cancellation) {
        OpenedModel opened = session.opened();
        TokenWindows text = opened.text();
        int searched = Math.max(1, Math.min(WINDOWS, text.windows().size() / 2));
        // One of its own, so that the recipe in force stays fitted in the live loop's.
        RecipeEvaluator evaluator =
                new RecipeEvaluator(
                        opened.baseline(),
                        new RecipeFitter(
                                opened.model(),
                                opened.baseline().kernels(),
                                opened.baseline().numerics(),
                                session.fitter().calibration()));
        SearchSettings usual = SearchSettings.usual(base, budget, SEED);
        SearchResult result =
                new ParetoSearch(
                                evaluator,
                                text.first(searched),
                                Optional.empty(),
                                new SearchSettings(
                                        base,
                                        budget,
                                        usual.weightBits(),
                                        usual.groups(),
                                        usual.activationBits(),
                                        SEED,
                                        NEIGHBOURS),
                                Optional.empty())
                        .run(new Best(listener), progress, cancellation);
        return new Found(
                result.points().size(), measured(result, evaluator, progress, cancellation));
    }

    /** Tells of every improvement within the budget. */
    private final class Best implements Consumer<SearchPoint> {
        private final Consumer<SearchPoint> listener;
        private double least = Double.POSITIVE_INFINITY;

        Best(Consumer<SearchPoint> listener) {
            this.listener = listener;
        }

        @Override
        public void accept(SearchPoint point) {
            boolean within =
                    budget.kind() == Budget.Kind.BITS
                            && point.size().bitsPerWeight() <= budget.value();
            if (within && point.divergence() < least) {
                least = point.divergence();
                listener.accept(point);
            }
        }
    }

    private List<PinnedRun> measured(
            SearchResult result,
            RecipeEvaluator evaluator,
            Progress progress,
            Cancellation cancellation) {
        TokenWindows text = session.opened().text();
        Trial floats = evaluator.evaluate(Recipe.FLOAT, text, progress, cancellation);
        List<PinnedRun> runs = new ArrayList<>();
        for (SearchPoint point : chosen(result)) {
            Trial trial = evaluator.evaluate(point.recipe(), text, progress, cancellation);
            runs.add(
                    new PinnedRun(
                            Messages.text(
                                    "compare.search.name",
                                    Figures.number(trial.size().bitsPerWeight())),
                            point.recipe(),
                            session.opened().subject(),
                            session.opened().planting(),
                            floats.perplexity(),
                            trial.perplexity(),
                            trial.size().bitsPerWeight(),
                            trial.size().bytes(),
                            Double.NaN,
                            true));
        }
        return runs;
    }

    /** The best and, evenly along the frontier, some others that the search put together. */
    private static List<SearchPoint> chosen(SearchResult result) {
        List<SearchPoint> frontier =
                result.frontier().stream()
                        .filter(
                                point ->
                                        point.origin() == SearchPoint.Origin.ALLOCATED
                                                || point.origin() == SearchPoint.Origin.REFINED)
                        .toList();
        Set<SearchPoint> kept = new LinkedHashSet<>();
        int count = Math.min(MOST_RUNS, frontier.size());
        for (int i = 0; i < count; i++) {
            kept.add(frontier.get(count == 1 ? 0 : i * (frontier.size() - 1) / (count - 1)));
        }
        result.best().ifPresent(kept::add);
        return kept.stream()
                .sorted(java.util.Comparator.comparingLong(point -> point.size().bits()))
                .toList();
    }
}
