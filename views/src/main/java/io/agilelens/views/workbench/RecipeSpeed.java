package io.agilelens.views.workbench;

import io.agilelens.engine.kernel.Quartiles;
import java.util.Optional;

/**
 * How fast a recipe is when it is executed, measured in the same rounds as the float model.
 *
 * @param prompt tokens of the prompt
 * @param prefill milliseconds that the prompt takes
 * @param decode milliseconds that each token behind it takes
 * @param prefillSpeedup how many times as fast as the float model, median of the rounds
 * @param decodeSpeedup likewise
 */
public record RecipeSpeed(
        int prompt,
        Quartiles prefill,
        Quartiles decode,
        double prefillSpeedup,
        double decodeSpeedup) {

    /**
     * A speed, or why there is none.
     *
     * @param speed empty where the recipe cannot be executed
     * @param obstacle why not; empty where it can
     */
    public record Measured(Optional<RecipeSpeed> speed, String obstacle) {
        public static Measured of(RecipeSpeed speed) {
            return new Measured(Optional.of(speed), "");
        }

        public static Measured not(String obstacle) {
            return new Measured(Optional.empty(), obstacle);
        }
    }
}
