package io.agilelens.engine.evaluate;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that are not-a-number or infinite. A model that holds some can be looked at, but where
 * they reach the logits there is nothing to score.
 *
 * @param tensors those that hold some, in the checkpoint's order
 */
public record UnusableWeights(List<Found> tensors) {

    /** How many weights of a tensor are not finite. */
    public record Found(String tensor, long count) {}

    public UnusableWeights {
        tensors = List.copyOf(tensors);
    }

    /** Reads every float tensor once. */
    public static UnusableWeights of(
            List<Tensor> tensors, Progress progress, Cancellation cancellation) {
        Map<String, TensorStatistics> statistics = new LinkedHashMap<>();
        for (int i = 0; i < tensors.size(); i++) {
            cancellation.check();
            progress.report("reading weights", i, tensors.size());
            Tensor tensor = tensors.get(i);
            if (tensor.isFloat()) {
                statistics.put(tensor.name(), TensorStatistics.of(tensor));
            }
        }
        progress.report("reading weights", tensors.size(), tensors.size());
        return of(statistics);
    }

    /**
     * Those of tensors that were read already.
     *
     * @param statistics by name of tensor
     */
    public static UnusableWeights of(Map<String, TensorStatistics> statistics) {
        List<Found> found = new ArrayList<>();
        statistics.forEach(
                (name, values) -> {
                    if (values.unusable() > 0) {
                        found.add(new Found(name, values.unusable()));
                    }
                });
        return new UnusableWeights(found);
    }

    /** How many there are in all. */
    public long count() {
        return tensors.stream().mapToLong(Found::count).sum();
    }

    /** One line about them; empty if there are none. */
    public Optional<String> summary() {
        if (tensors.isEmpty()) {
            return Optional.empty();
        }
        Found first = tensors.getFirst();
        String line =
                "%,d weights of %s are NaN or infinite".formatted(first.count(), first.tensor());
        int others = tensors.size() - 1;
        return Optional.of(
                others == 0
                        ? line
                        : "%s, and %,d in %d other tensors"
                                .formatted(
                                        line,
                                        tensors.stream().skip(1).mapToLong(Found::count).sum(),
                                        others));
    }
}
