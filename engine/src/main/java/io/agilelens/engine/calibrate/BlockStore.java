package io.agilelens.engine.calibrate;

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
     * @throws io.agilelens.engine.UserException if it cannot be written
     */
    void write(int layer, Block block);

    /** Forgets all blocks. */
    void clear();
}
