package io.agilelens.engine.kernel;

/** What {@link ScalarKernels} keeps of a layer's keys and values: the rows as given. */
final class ScalarHeads {

    private ScalarHeads() {}

    /**
     * @param rows {@code [keys, heads * headDimension]}
     */
    record Keys(float[] rows, int keys, int heads, int headDimension) implements PackedKeys {}

    /**
     * @param rows {@code [keys, heads * headDimension]}
     * @param scales of each head's integers, or null for floats
     */
    record Values(float[] rows, int keys, int heads, int headDimension, float[] scales)
            implements PackedValues {}
}
