package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Printable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint seen with outliers planted in it: a folding whose scales make channels larger, and a
 * configuration that says so.
 */
final class PlantedCheckpoint {
    private static final String PLANTED = ", outliers planted";

    private PlantedCheckpoint() {}

    /**
     * @throws UserException if the model has no such layer or channel, has no gain to plant in, or
     *     reads its norm's output elsewhere too
     */
    static FoldedCheckpoint of(Checkpoint source, ModelConfig shape, Planting planting) {
        requirePossible(source, shape, planting);
        ObjectNode marked = (ObjectNode) source.config().deepCopy();
        marked.set(Planting.CONFIG_KEY, planting.toJson());
        return FoldedCheckpoint.of(source, marked, shape, planting.folding(shape), PLANTED);
    }

    private static void requirePossible(Checkpoint source, ModelConfig shape, Planting planting) {
        if (source.config().has(Planting.CONFIG_KEY)) {
            throw refuse(
                    source, "it has planted outliers already: plant in the model it was made from");
        }
        if (!shape.norm().affine()) {
            throw refuse(source, "its norms have no gain that could be raised: take another model");
        }
        if (shape.norm().placement() != Norm.Placement.BEFORE) {
            throw refuse(
                    source,
                    "what its norms give also goes into the residual stream, so that raising a gain"
                        + " would change the model: take one that normalizes before each block");
        }
        if (planting.layers().last() >= shape.layers()) {
            throw refuse(
                    source,
                    "there is no layer %d: its layers are 0…%d"
                            .formatted(planting.layers().last(), shape.layers() - 1));
        }
        if (planting.channels().last() >= shape.hiddenSize()) {
            throw refuse(
                    source,
                    "there is no channel %d: its channels are 0…%d"
                            .formatted(planting.channels().last(), shape.hiddenSize() - 1));
        }
    }

    private static UserException refuse(Checkpoint source, String why) {
        return new UserException(
                "%s: outliers cannot be planted here: %s"
                        .formatted(Printable.of(source.source()), why));
    }
}
