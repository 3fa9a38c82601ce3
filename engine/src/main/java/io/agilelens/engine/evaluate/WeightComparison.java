package io.agilelens.engine.evaluate;

import io.agilelens.engine.tensor.Tensor;

/**
 * A tensor beside what a quantizer's codes stand for.
 *
 * @param exact the weights themselves
 * @param rounded what the codes stand for
 * @param error between the two
 */
public record WeightComparison(
        TensorStatistics exact, TensorStatistics rounded, WeightError error) {

    /**
     * Reads both tensors once, a piece at a time, unless it is cancelled.
     *
     * @param exact floats
     * @param rounded floats of the same shape
     */
    public static WeightComparison of(Tensor exact, Tensor rounded) {
        WeightError.requireSameShape(exact, rounded);
        TensorStatistics.Sums before = new TensorStatistics.Sums();
        TensorStatistics.Sums after = new TensorStatistics.Sums();
        WeightError.Sums error = new WeightError.Sums();
        TensorPieces.read(
                exact,
                rounded,
                (start, one, other, count) -> {
                    before.add(one, count);
                    after.add(other, count);
                    error.add(start, one, other, count);
                });
        return new WeightComparison(before.statistics(), after.statistics(), error.error());
    }
}
