package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Progress;
import java.util.Optional;

/**
 * Keeps the finished blocks of a long calibration, one a layer, so that a run that was cut short
 * goes on where it was. A store belongs to one piece of work: the same model, method, settings and
 * calibration text.
 */
public interface BlockStore {

    /** Keeps nothing. */
    BlockStore NONE =
            new BlockStore() {
                @Override
                public Optional<Block> read(int layer) {
                    return Optional.empty();
                }

                @Override
                public boolean holds(int layer) {
                    return false;
                }

                @Override
                public void write(int layer, Block block) {}

                @Override
                public void clear() {}
            };

    /** The block of a layer; empty if it was not kept, or is damaged or another work's. */
    Optional<Block> read(int layer);

    /** Whether something stands where a layer's block would be, sound or not. */
    boolean holds(int layer);

    /**
     * Keeps a layer's block for good, replacing one that is there.
     *
     * @throws UserException if it cannot be written
     */
    void write(int layer, Block block);

    /**
     * Keeps a layer's block, or reports why not: the result does not need it, only going on after a
     * kill does.
     *
     * @param layers of the model
     */
    default void keep(int layer, Block block, int layers, Progress progress) {
        try {
            write(layer, block);
        } catch (UserException unwritable) {
            progress.report(
                    "finished layers cannot be kept: " + unwritable.getMessage(), layer, layers);
        }
    }

    /** Forgets all blocks. */
    void clear();
}
