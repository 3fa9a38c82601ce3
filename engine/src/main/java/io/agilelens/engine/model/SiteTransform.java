package io.agilelens.engine.model;

import io.agilelens.engine.tensor.Matrix;

/** What happens to the activations at one site of one layer on their way to the next operation. */
@FunctionalInterface
public interface SiteTransform {

    /** Leaves the activations as they are. */
    SiteTransform NONE = Activation.Floats::new;

    /**
     * @param values {@code [tokens, channels]}, not to be changed
     * @return what the next operation reads; it may share the array of {@code values}
     */
    Activation apply(Matrix values);
}
