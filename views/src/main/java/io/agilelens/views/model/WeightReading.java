package io.agilelens.views.model;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.calibrate.TunedTensor;
import io.agilelens.engine.evaluate.TensorStatistics;
import io.agilelens.engine.evaluate.WeightComparison;
import io.agilelens.engine.evaluate.WeightError;
import io.agilelens.engine.tensor.Tensor;
import io.agilelens.engine.tensor.TensorDifference;
import io.agilelens.views.Comparison;
import java.util.Arrays;
import java.util.Optional;

/**
 * A stored tensor and what the recipe made of it, in figures over all of its values.
 *
 * @param stored as the checkpoint has it
 * @param tuned the tensor under the recipe; empty while that is being fitted
 * @param baseline figures of the stored values
 * @param after figures of the tuned values
 * @param rounding the tensor before and after it was rounded; empty where nothing is
 */
record WeightReading(
        Tensor stored,
        Optional<TunedTensor> tuned,
        TensorStatistics baseline,
        Optional<TensorStatistics> after,
        Optional<WeightComparison> rounding) {

    /**
     * Reads the tensor, unless that is cancelled.
     *
     * @param before what was read before, which is not read again as far as it is the same; or null
     */
    static WeightReading of(Tensor stored, Optional<TunedModel> model, WeightReading before) {
        Optional<TunedTensor> tuned = model.flatMap(made -> TunedTensor.of(made, stored.name()));
        boolean sameTensor = before != null && before.stored == stored;
        if (sameTensor && isSame(tuned, before.tuned)) {
            return before;
        }
        Optional<WeightComparison> rounding =
                tuned.filter(TunedTensor::isQuantized)
                        .map(tensor -> WeightComparison.of(tensor.exact(), tensor.tuned()));
        TensorStatistics baseline =
                sameTensor
                        ? before.baseline
                        : rounding.filter(_ -> tuned.get().exact() == stored)
                                .map(WeightComparison::exact)
                                .orElseGet(() -> TensorStatistics.of(stored));
        Optional<TensorStatistics> after =
                tuned.map(
                        tensor ->
                                tensor.tuned() == stored
                                        ? baseline
                                        : rounding.map(WeightComparison::rounded)
                                                .orElseGet(
                                                        () -> TensorStatistics.of(tensor.tuned())));
        return new WeightReading(stored, tuned, baseline, after, rounding);
    }

    /** Of the rounding; empty where nothing is rounded. */
    Optional<WeightError> error() {
        return rounding.map(WeightComparison::error);
    }

    private static boolean isSame(Optional<TunedTensor> one, Optional<TunedTensor> other) {
        return one.isPresent()
                ? other.isPresent()
                        && one.get().exact() == other.get().exact()
                        && Arrays.equals(one.get().rows(), other.get().rows())
                : other.isEmpty();
    }

    /** Whether some of its values are rounded. */
    boolean isQuantized() {
        return tuned.filter(TunedTensor::isQuantized).isPresent();
    }

    /** Whether the recipe's method moved scales into the tensor before it was rounded. */
    boolean isFolded() {
        return tuned.filter(tensor -> tensor.exact() != stored).isPresent();
    }

    /** What a picture shows: the stored values, the tuned ones, or the error; empty if unknown. */
    Optional<Tensor> values(Comparison comparison) {
        return switch (comparison) {
            case BASELINE -> Optional.of(stored);
            case TUNED -> tuned.map(TunedTensor::tuned);
            case DIFFERENCE ->
                    tuned.map(
                            tensor ->
                                    new TensorDifference(
                                            stored.name(), tensor.tuned(), tensor.exact()));
        };
    }
}
