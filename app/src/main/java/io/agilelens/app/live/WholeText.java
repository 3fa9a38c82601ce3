package io.agilelens.app.live;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.Quality;

/**
 * Recipes over the whole text of an open model, one after the other, computed as the live loop
 * computes them. For one thread.
 */
public final class WholeText {
    private final ModelSession session;
    private final FloatWindows floats;

    public WholeText(ModelSession session) {
        this.session = session;
        this.floats = new FloatWindows(session.opened().baseline(), session.opened().text());
    }

    /**
     * What came out.
     *
     * @param quality exact
     * @param size of the weights
     */
    public record Figures(Quality quality, WeightSize size) {}

    /**
     * Fits a recipe and evaluates it.
     *
     * @throws io.agilelens.engine.UserException if the recipe does not fit the model
     */
    public Figures of(Recipe recipe, Progress progress, Cancellation cancellation) {
        TunedModel tuned = session.fitter().fit(recipe, progress, cancellation);
        TunedWindows windows = new TunedWindows(session.opened().baseline(), floats, 0);
        int count = session.opened().text().windows().size();
        Quality quality = Quality.NONE;
        for (int window = 0; window < count; window++) {
            progress.report("evaluating window " + (window + 1) + " of " + count, window, count);
            quality = windows.next(tuned, cancellation);
        }
        progress.report("evaluating", count, count);
        return new Figures(quality, WeightSize.of(tuned));
    }
}
