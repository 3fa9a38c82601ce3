package io.agilelens.engine.model;

import io.agilelens.engine.kernel.CachePrecision;
import io.agilelens.engine.kernel.CachedValues;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedValues;
import java.util.Optional;

/** What happens to attention probabilities before they meet the values. */
public interface SoftmaxTransform {

    /** Probabilities as they are. */
    SoftmaxTransform NONE = block -> {};

    /** Changes the visible entries in place. */
    void apply(ProbabilityBlock block);

    /**
     * Scales of the integers that the values are multiplied as, one for each key/value head; empty
     * where they are multiplied as floats.
     *
     * @param heads key/value heads
     */
    default Optional<float[]> valueScales(int heads, int headDimension) {
        return Optional.empty();
    }

    /**
     * A pass's values as they are multiplied.
     *
     * @param values {@code [keys, heads * headDimension]}
     * @param heads key/value heads
     */
    default PackedValues pack(
            Kernels kernels, float[] values, int keys, int heads, int headDimension) {
        return valueScales(heads, headDimension)
                .map(
                        scales ->
                                kernels.packIntegerValues(
                                        values, keys, heads, headDimension, scales))
                .orElseGet(() -> kernels.packValues(values, keys, heads, headDimension));
    }

    /**
     * Room for values as they are multiplied.
     *
     * @param precision of floats
     */
    default CachedValues room(
            Kernels kernels, int heads, int headDimension, CachePrecision precision) {
        return valueScales(heads, headDimension)
                .map(scales -> kernels.cachedIntegerValues(heads, headDimension, scales))
                .orElseGet(() -> kernels.cachedValues(heads, headDimension, precision));
    }
}
