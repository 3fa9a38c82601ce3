package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;

/** What happens to the activations at one site of one layer on their way to the next operation. */
@FunctionalInterface
public interface SiteTransform {

    /** Leaves the activations as they are. */
    SiteTransform NONE = (values, _, _) -> new Activation.Floats(values);

    /**
     * @param values {@code [tokens, channels]}, not to be changed
     * @param marks tokens that a transform with a coarser way may treat more coarsely
     * @param workspace of the pass, for arrays that the result needs
     * @return what the next operation reads; it may share the array of {@code values}
     */
    Activation apply(Matrix values, TokenMarks marks, Workspace workspace);

    /** With no token marked, outside of a pass. */
    default Activation apply(Matrix values) {
        return apply(values, TokenMarks.NONE, new Workspace());
    }
}
