package io.agilelens.engine.calibrate;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.recipe.Recipe;
import java.util.List;
import java.util.Map;

/**
 * A model with a recipe fitted to it, ready to run.
 *
 * @param recipe what was asked for
 * @param plan every parameter that was fitted
 * @param tripFits by layer, why TRIP chose its exponents; empty maps where TRIP is not used
 * @param decoder runs the plan
 */
public record TunedModel(
        Recipe recipe, QuantizationPlan plan, List<Map<Site, TripFit>> tripFits, Decoder decoder) {

    public TunedModel {
        tripFits = List.copyOf(tripFits);
    }

    /** What decides what it computes, without the packed weights that compute it. */
    public Arithmetic arithmetic() {
        return new Arithmetic(recipe, plan, model());
    }

    /**
     * What decides what a tuned model computes.
     *
     * @param plan every parameter that was fitted
     * @param model whose weights are quantized
     */
    public record Arithmetic(Recipe recipe, QuantizationPlan plan, Model model) {

        /**
         * The first layer that another computes otherwise, be it in its weights, its quantizers or
         * the tokens it prunes; the number of layers if only the head does, one more if nothing
         * does.
         */
        public int firstDifference(Arithmetic other) {
            int layers = plan.layers().size();
            int pruning =
                    recipe.pruning()
                            .pruner()
                            .firstDifference(other.recipe.pruning().pruner(), layers);
            int ofPlan = firstDifferenceOfPlan(other);
            return pruning == layers ? ofPlan : Math.min(ofPlan, pruning);
        }

        /** The same but for pruning. */
        public int firstDifferenceOfPlan(Arithmetic other) {
            return model != other.model || recipe.execution() != other.recipe.execution()
                    ? 0
                    : plan.firstDifference(other.plan);
        }
    }

    public Model model() {
        return decoder.model();
    }

    public Kernels kernels() {
        return decoder.kernels();
    }
}
