package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;

/**
 * Quantizes a model's weights by one method; may keep what the next recipe shares with the last.
 */
interface WeightFitter {

    /**
     * @throws UserException if the method cannot do what the recipe asks of this model
     */
    FittedWeights fit(Recipe recipe, Progress progress, Cancellation cancellation);
}
