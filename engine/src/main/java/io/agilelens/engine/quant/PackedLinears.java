package io.agilelens.engine.quant;

import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The linears of the latest plan that was made to run, ready for the kernels: those that the next
 * plan shares are not packed again. For one thread.
 */
public final class PackedLinears {
    private final Map<Linear, LinearOperator> packed = new HashMap<>();
    private QuantizedWeight head;
    private LinearOperator packedHead;
    private Model model;

    /**
     * What a packed linear depends on, in one model.
     *
     * @param quantizer of the activations that it reads, where their factors are folded into it
     * @param marked likewise of marked tokens
     */
    private record Linear(
            int layer,
            LinearRole role,
            QuantizedWeight weight,
            Optional<ActivationQuantizer> quantizer,
            Optional<ActivationQuantizer> marked) {}

    private static Linear linear(
            QuantizationPlan.Layer plan, int layer, LinearRole role, Execution execution) {
        Site site = role.input();
        boolean folds = execution == Execution.EXECUTED;
        return new Linear(
                layer,
                role,
                plan.weights().get(role),
                Optional.ofNullable(folds ? plan.activations().get(site) : null),
                Optional.ofNullable(folds ? plan.markedActivations().get(site) : null));
    }

    /**
     * Drops all that a plan does not use, before room is taken for what it uses.
     *
     * @return weights of the plan that are yet to be packed
     */
    long keepOnly(Model of, QuantizationPlan plan, Execution execution) {
        if (model != of) {
            clear();
            model = of;
        }
        Set<Linear> used = new HashSet<>();
        long missing = 0;
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            QuantizationPlan.Layer planned = plan.layers().get(layer);
            for (Map.Entry<LinearRole, QuantizedWeight> entry : planned.weights().entrySet()) {
                Linear linear = linear(planned, layer, entry.getKey(), execution);
                used.add(linear);
                if (!packed.containsKey(linear)) {
                    QuantizedWeight weight = entry.getValue();
                    missing += (long) weight.outputs() * weight.inputs();
                }
            }
        }
        packed.keySet().retainAll(used);
        QuantizedWeight planned = plan.head().orElse(null);
        if (planned != head) {
            head = planned;
            packedHead = null;
        }
        if (head != null && packedHead == null) {
            missing += (long) head.outputs() * head.inputs();
        }
        return missing;
    }

    /** The linear of a plan's layer, packed now if it was not. */
    LinearOperator get(
            QuantizationPlan.Layer plan,
            int layer,
            LinearRole role,
            Execution execution,
            Supplier<LinearOperator> pack) {
        return packed.computeIfAbsent(linear(plan, layer, role, execution), _ -> pack.get());
    }

    /** The head of the plan, packed now if it was not. */
    LinearOperator head(Supplier<LinearOperator> pack) {
        if (packedHead == null) {
            packedHead = pack.get();
        }
        return packedHead;
    }

    /** Drops everything. */
    public void clear() {
        packed.clear();
        head = null;
        packedHead = null;
    }
}
