package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;

/** Whether quantized weights, and what is needed while they are made, fit into the heap. */
final class QuantizationRoom {

    private QuantizationRoom() {}

    /**
     * @throws UserException if the codes do not fit
     */
    static void require(Model model, Recipe recipe) {
        require(
                model,
                codes(model, recipe),
                "the codes of its quantized weights take",
                "quantize fewer layers");
    }

    /**
     * @param kept bytes that are needed beside the codes, for calibration
     * @throws UserException if that and the codes do not fit
     */
    static void require(Model model, Recipe recipe, long kept) {
        require(
                model,
                codes(model, recipe) + kept,
                "its quantized weights and what calibration keeps of the windows take",
                "calibrate on fewer windows");
    }

    /** A byte a code, and a scale and a zero point of four bytes each for every group. */
    private static long codes(Model model, Recipe recipe) {
        long codes = 0;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                WeightRecipe weights = recipe.weightsAt(layer, role.input());
                if (weights.method() != WeightMethod.NONE) {
                    LinearWeight weight = model.weights().linear(layer, role);
                    long groups =
                            QuantizedWeight.groupStarts(weight.inputs(), weights.group()).length;
                    codes += (long) weight.outputs() * (weight.inputs() + 8 * groups);
                }
            }
        }
        return codes;
    }

    private static void require(Model model, long needed, String what, String otherwise) {
        HeapRoom room = HeapRoom.now(needed);
        if (needed > room.free()) {
            throw new UserException(
                    "%s: %s %,d MiB of heap, and %,d MiB of %,d MiB are free: start with AGILELENS_OPTS=-Xmx%dm or more, or %s"
                            .formatted(
                                    Printable.of(model.checkpoint().source()),
                                    what,
                                    needed >> 20,
                                    room.free() >> 20,
                                    room.maximum() >> 20,
                                    room.maximum() + needed - room.free() + (512L << 20) >> 20,
                                    otherwise));
        }
    }
}
