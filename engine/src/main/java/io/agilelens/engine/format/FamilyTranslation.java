package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.util.Set;

/**
 * A family of models that computes what a known one computes, under other names or in another
 * layout: the place to add an architecture. Implementations are found by {@link
 * java.util.ServiceLoader}; every command and the window then open such models like any other.
 */
public interface FamilyTranslation {

    /** Values of {@code model_type} that it is for; none that is known already. */
    Set<String> modelTypes();

    /**
     * Sees a checkpoint as one of a known family, mostly as a {@link CheckpointView}. Reads no
     * weights: they are read through the tensors it gives.
     *
     * @param checkpoint has one of {@link #modelTypes()}; the result closes it
     * @throws UserException if its configuration asks for arithmetic that the known family lacks
     */
    Checkpoint translate(Checkpoint checkpoint);
}
