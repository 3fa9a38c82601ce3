package io.agilelens.views.tokens;

import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.views.chart.HeatmapData;
import io.agilelens.views.workbench.WindowComparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One window of the text, token by token: where each left and how well it was predicted. Arrays are
 * {@code [tokens]} and read only.
 *
 * @param window index of the window in the text
 * @param tokens each as text
 * @param removal the layer at which each left, −1 for those that reached the output
 * @param mark the layer from which each has fewer bits, −1 for those that never do
 * @param baselineLoss loss in nats with which the float model predicted each token from those
 *     before it; NaN for the first, which nothing predicts
 * @param tunedLoss the same for the tuned model; where the position before was pruned, the nearest
 *     earlier survivor predicts
 * @param predictedFromAfar whether the tuned prediction came from such an earlier survivor
 * @param trace what pruning did
 * @param pruning the recipe that pruned
 */
public record TokenTable(
        int window,
        List<String> tokens,
        int[] removal,
        int[] mark,
        float[] baselineLoss,
        float[] tunedLoss,
        boolean[] predictedFromAfar,
        PruningTrace trace,
        PruningRecipe pruning) {

    /** Gathers what one comparison says about its tokens. */
    public static TokenTable of(WindowComparison comparison) {
        int count = comparison.tokens().size();
        PruningTrace trace = comparison.tuned().pruning();
        int[] removal = new int[count];
        int[] mark = new int[count];
        Arrays.fill(removal, -1);
        Arrays.fill(mark, -1);
        for (PruningTrace.Step step : trace.steps()) {
            for (int i = 0; i < step.positions().length; i++) {
                int token = step.positions()[i];
                if (step.ranks()[i] < step.removed()) {
                    removal[token] = step.layer();
                }
                if (step.ranks()[i] < step.marked() && mark[token] < 0) {
                    mark[token] = step.layer();
                }
            }
        }
        float[] kept = comparison.tuned().loss().kept();
        float[] carried = comparison.tuned().loss().carried();
        boolean[] fromAfar = new boolean[count];
        for (int t = 1; t < count; t++) {
            fromAfar[t] = Float.isNaN(kept[t - 1]) && !Float.isNaN(carried[t - 1]);
        }
        return new TokenTable(
                comparison.window(),
                comparison.tokens(),
                removal,
                mark,
                byPredictedToken(comparison.baseline().loss().carried()),
                byPredictedToken(carried),
                fromAfar,
                trace,
                comparison.model().recipe().pruning());
    }

    /** Position t predicts token t + 1. */
    private static float[] byPredictedToken(float[] byPosition) {
        float[] byToken = new float[byPosition.length];
        byToken[0] = Float.NaN;
        System.arraycopy(byPosition, 0, byToken, 1, byPosition.length - 1);
        return byToken;
    }

    public int count() {
        return tokens.size();
    }

    /** Whether any layer prunes, or marks tokens for fewer bits. */
    public boolean prunes() {
        return !trace.steps().isEmpty();
    }

    /** Whether tokens are marked for fewer bits instead of leaving. */
    public boolean marks() {
        return trace.steps().stream().anyMatch(step -> step.marked() > 0);
    }

    /** The layer at which a token left or got its mark; −1 if neither happened. */
    public int fate(int token) {
        return Math.max(removal[token], mark[token]);
    }

    /**
     * Whether no other token can have a larger score: the first one attends to itself only, so
     * where scores are attention to it, its own is the number of heads.
     */
    public boolean isProtected(int token) {
        return token == 0 && prunes() && pruning.score() == TokenScore.START && fate(0) < 0;
    }

    /** The tokens that are protected, ascending. */
    public List<Integer> protectedTokens() {
        return isProtected(0) ? List.of(0) : List.of();
    }

    /** Layers at which tokens leave or are marked, ascending. */
    public List<Integer> pruningLayers() {
        return trace.steps().stream().map(PruningTrace.Step::layer).toList();
    }

    /** The loss that a colouring shows, in nats; NaN where there is none. */
    public float loss(int token, TokenColoring coloring) {
        return switch (coloring) {
            case BASELINE -> baselineLoss[token];
            case TUNED -> tunedLoss[token];
            case DIFFERENCE -> tunedLoss[token] - baselineLoss[token];
            case REMOVAL -> Float.NaN;
        };
    }

    /** What each pruned layer that a token entered decided about it, in order. */
    public List<Judgement> judgements(int token) {
        List<Judgement> judgements = new ArrayList<>();
        for (PruningTrace.Step step : trace.steps()) {
            int index = Arrays.binarySearch(step.positions(), token);
            if (index >= 0) {
                judgements.add(
                        new Judgement(
                                step.layer(),
                                step.positions().length,
                                step.removed(),
                                step.marked(),
                                step.scores()[index],
                                step.ranks()[index],
                                step.threshold()));
            }
        }
        return judgements;
    }

    /** Tokens that have all their bits in a layer. */
    public int unmarked(int layer) {
        int unmarked = 0;
        for (int from : mark) {
            unmarked += from < 0 || from > layer ? 1 : 0;
        }
        return unmarked;
    }

    /** Tokens that reached the output. */
    public int survivors() {
        return trace.alive(trace.layers() - 1);
    }

    /** Share of this window's predictions that were made at positions that reached the output. */
    public double coverage() {
        int predictions = 0;
        int own = 0;
        for (int t = 1; t < count(); t++) {
            if (!Float.isNaN(tunedLoss[t])) {
                predictions++;
                own += predictedFromAfar[t] ? 0 : 1;
            }
        }
        return (double) own / predictions;
    }

    /**
     * The lanes in the colours of a loss, {@code [layers, tokens]}: a token's lane has its loss in
     * every layer that it passed. The float model prunes none, so its lanes all run to the output.
     * Not-a-number once the token is gone, and for the first one, which nothing predicts.
     */
    public HeatmapData lossLanes(TokenColoring coloring, HeatmapData.Labels labels) {
        int layers = trace.layers();
        float[] losses = new float[layers * count()];
        Arrays.fill(losses, Float.NaN);
        for (int token = 0; token < count(); token++) {
            boolean stays = removal[token] < 0 || coloring == TokenColoring.BASELINE;
            int last = stays ? layers - 1 : removal[token];
            for (int layer = 0; layer <= last; layer++) {
                losses[layer * count() + token] = loss(token, coloring);
            }
        }
        return HeatmapData.adopt(layers, count(), losses, labels);
    }

    /**
     * The lanes, {@code [layers, tokens]}: a token's lane runs down to the layer at which it left,
     * and shows the score that decided: that of the layer itself or of the next one that prunes,
     * and below the last one its last score. Not-a-number once the token is gone.
     */
    public HeatmapData lanes(HeatmapData.Labels labels) {
        int layers = trace.layers();
        float[] scores = new float[layers * count()];
        Arrays.fill(scores, Float.NaN);
        int from = 0;
        for (PruningTrace.Step step : trace.steps()) {
            boolean last = step == trace.steps().getLast();
            for (int i = 0; i < step.positions().length; i++) {
                int token = step.positions()[i];
                boolean stays = removal[token] < 0;
                int to = last && stays ? layers - 1 : step.layer();
                for (int layer = from; layer <= to; layer++) {
                    scores[layer * count() + token] = step.scores()[i];
                }
            }
            from = step.layer() + 1;
        }
        return HeatmapData.adopt(layers, count(), scores, labels);
    }
}
