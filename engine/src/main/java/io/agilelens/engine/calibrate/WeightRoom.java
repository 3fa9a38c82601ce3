package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;

/** Whether the quantized weights of a recipe fit into the heap. */
public final class WeightRoom {
    private WeightRoom() {}

    /**
     * @param working bytes that the method needs besides for a while
     * @throws UserException with the figures, if they do not fit
     */
    static void require(Model model, Recipe recipe, long working) {
        require(model, recipe, 0, working);
    }

    /**
     * The same where the first layers are quantized and in the heap already.
     *
     * @param firstLayer the first that is not
     */
    static void require(Model model, Recipe recipe, int firstLayer, long working) {
        long codes = codes(model, recipe, firstLayer);
        long needed = codes + working;
        HeapRoom room = HeapRoom.now(needed);
        if (needed > room.free()) {
            throw new UserException(
                    "%s: the codes of its quantized weights take %,d MiB of heap%s, and %,d MiB of %,d MiB are free: start with AGILELENS_OPTS=-Xmx%dm or more, or quantize fewer layers"
                            .formatted(
                                    Printable.of(model.checkpoint().source()),
                                    codes >> 20,
                                    working == 0
                                            ? ""
                                            : ", quantizing them %,d MiB more"
                                                    .formatted(working >> 20),
                                    room.free() >> 20,
                                    room.maximum() >> 20,
                                    room.maximum() + needed - room.free() + (512L << 20) >> 20));
        }
    }

    /** What the quantized weights of a recipe take, in bytes. */
    public static long codes(Model model, Recipe recipe) {
        return codes(model, recipe, 0);
    }

    /** A byte a code, and a scale and a zero point of four bytes each for every group. */
    private static long codes(Model model, Recipe recipe, int firstLayer) {
        HeadRecipe head = recipe.head();
        long total =
                head.method() == HeadMethod.NONE ? 0 : codes(model.weights().head(), head.group());
        for (int layer = firstLayer; layer < model.config().layers(); layer++) {
            for (LinearRole role : model.config().roles()) {
                WeightRecipe weights = recipe.weightsAt(layer, role.input());
                if (weights.method() != WeightMethod.NONE) {
                    total += codes(model.weights().linear(layer, role), weights.group());
                }
            }
        }
        return total;
    }

    private static long codes(LinearWeight weight, int group) {
        long groups = QuantizedWeight.groupStarts(weight.inputs(), group).length;
        return weight.outputs() * (weight.inputs() + 8 * groups);
    }
}
