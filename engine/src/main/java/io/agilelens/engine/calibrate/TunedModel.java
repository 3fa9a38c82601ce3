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

    public Model model() {
        return decoder.model();
    }

    public Kernels kernels() {
        return decoder.kernels();
    }
}
