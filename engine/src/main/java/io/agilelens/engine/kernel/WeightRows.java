package io.agilelens.engine.kernel;

/**
 * Rows of a weight {@code [outputs, inputs]} that are read while it is packed, so that it need not
 * be there as floats all at once. Several threads read at the same time.
 */
@FunctionalInterface
public interface WeightRows {

    /**
     * @param first output channel
     * @param count output channels
     * @param target receives {@code [count, inputs]} from its start
     */
    void read(int first, int count, float[] target);

    /**
     * @param weights {@code [outputs, inputs]}
     */
    static WeightRows of(float[] weights, int inputs) {
        return (first, count, target) ->
                System.arraycopy(weights, first * inputs, target, 0, count * inputs);
    }
}
