package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What pruning costs as more and more tokens leave: the perplexity–sparsity curve of Agile-Quant's
 * Figure 7. Each point is its own recipe, fitted and evaluated on the same windows.
 *
 * @param recipe what all points share; its β is not used
 * @param points by rising β, the first without pruning
 * @param best chosen by the loss at kept positions, which are the paper's: what is added to the
 *     float model's loss at the same positions, so that it does not matter that every β keeps
 *     others
 * @param bestOverAll chosen by the loss over all positions, where a pruned position is predicted by
 *     the nearest earlier survivor
 */
public record PruningCurve(
        Recipe recipe, List<Point> points, BestPoint best, BestPoint bestOverAll) {
    /** The β that are tried if nobody says others. */
    public static final List<Double> USUAL_BETAS =
            List.of(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);

    public PruningCurve {
        points = List.copyOf(points);
    }

    /**
     * One share of pruned tokens.
     *
     * @param beta share of the tokens that is gone at the end
     * @param gamma share that leaves at each pruned layer
     * @param sparsity s, the share of token–layer pairs that is saved (METHOD §2.4, mean form)
     * @param result beside the float model, which prunes nothing
     */
    public record Point(double beta, double gamma, double sparsity, FloatComparison result) {

        /** Perplexity over kept positions, which are others for every β. */
        public double keptPerplexity() {
            return Math.exp(result.keptNll());
        }

        /** The float model's perplexity over the same kept positions. */
        public double floatKeptPerplexity() {
            return Math.exp(result.keptNll() - result.keptChange());
        }

        /** Perplexity over all positions, comparable between points. */
        public double allPerplexity() {
            return Math.exp(result.nll());
        }
    }

    /** The point to use. */
    public Point bestPoint() {
        return points.get(best.index());
    }

    /**
     * @param fitter fits recipes to the model of {@code reference}
     * @param recipe whose pruned layers, score and positions hold for all points
     * @param betas in any order; 0 is added
     * @throws UserException if no layer is named or the recipe does not fit the model
     */
    public static PruningCurve measure(
            RecipeFitter fitter,
            Recipe recipe,
            SortedSet<Double> betas,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        if (recipe.pruning().layers().isEmpty()) {
            throw new UserException(
                    "pruning.layers is empty: name the layers that prune, such as the last third");
        }
        if (recipe.pruning().action() != PruningAction.REMOVE) {
            throw new UserException(
                    "pruning.action keeps tokens with fewer bits, and a curve over sparsity needs"
                            + " tokens that leave: use remove");
        }
        SortedSet<Double> grid = new TreeSet<>(betas);
        grid.add(0.0);
        List<Point> points = new ArrayList<>();
        for (double beta : grid) {
            String place = "curve %d of %d, ".formatted(points.size() + 1, grid.size());
            points.add(
                    point(
                            fitter,
                            recipe.withPruning(recipe.pruning().withBeta(beta)),
                            reference,
                            (step, at, total) -> progress.report(place + step, at, total),
                            cancellation));
        }
        return new PruningCurve(
                recipe,
                points,
                BestPoint.of(points, FloatComparison::keptChange),
                BestPoint.of(points, FloatComparison::change));
    }

    private static Point point(
            RecipeFitter fitter,
            Recipe recipe,
            FloatReference reference,
            Progress progress,
            Cancellation cancellation) {
        FloatComparison result =
                reference.compare(
                        "evaluating β " + recipe.pruning().beta(),
                        fitter.fit(recipe, progress, cancellation).decoder(),
                        recipe.pruning().pruner(),
                        progress,
                        cancellation);
        PruningSchedule schedule = recipe.pruning().schedule();
        return new Point(
                schedule.beta(),
                schedule.gamma(),
                schedule.sparsity(
                        reference.text().windows().getFirst().length,
                        reference.decoder().model().config().layers()),
                result);
    }
}
