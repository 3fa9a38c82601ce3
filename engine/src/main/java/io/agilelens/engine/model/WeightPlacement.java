package io.agilelens.engine.model;

/**
 * Where the float weights of a model stand while it runs. What is kept in memory is packed once;
 * the rest stays in the file and is packed a block of rows at a time whenever a pass needs it. A
 * pass goes through the layers in order, so that a store of recently used ones would never be hit:
 * the first layers are kept instead. The numbers are the same either way.
 *
 * @param precision how packed weights are kept
 * @param layersInMemory how many layers, from the first on, are kept
 * @param headInMemory whether the output head is kept
 */
public record WeightPlacement(WeightPrecision precision, int layersInMemory, boolean headInMemory) {

    /** Everything in memory. */
    public static WeightPlacement inMemory(WeightPrecision precision) {
        return new WeightPlacement(precision, Integer.MAX_VALUE, true);
    }

    /** Nothing in memory. */
    public static WeightPlacement streamed(WeightPrecision precision) {
        return new WeightPlacement(precision, 0, false);
    }

    /** Whether some weight is read anew on each pass. */
    public boolean isStreamed(ModelConfig config) {
        return layersInMemory < config.layers() || !headInMemory;
    }
}
