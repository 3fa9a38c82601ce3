package io.agilelens.engine.search;

import io.agilelens.engine.evaluate.ProductShapes;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.MachineMeter;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the linears of a model's decoder layers take for a prompt, if a recipe is executed: the sum
 * of single products of the same shapes, measured on this machine. An estimate: attention, norms,
 * the quantizers' own work and the head are not in it, nor what pruning saves, and neighbours may
 * disturb each other in ways that single products don't show.
 */
public final class LatencyEstimate {
    /** Tokens of the prompt whose products are measured. */
    public static final int TOKENS = 128;

    private static final int FOUR_BITS = 4;

    private final ModelConfig config;
    private final Map<Product, Double> microseconds;

    private record Product(String arithmetic, int outputs, int inputs) {}

    private LatencyEstimate(ModelConfig config, Map<Product, Double> microseconds) {
        this.config = config;
        this.microseconds = microseconds;
    }

    /** Measures every product that a recipe of this model may need. */
    public static LatencyEstimate measure(
            ModelConfig config, Kernels kernels, Progress progress, Cancellation cancellation) {
        return of(
                config,
                KernelBenchmark.measure(
                        kernels,
                        new MachineMeter(kernels.vectorBits(), Workers.shared()),
                        ProductShapes.of(config, TOKENS),
                        progress,
                        cancellation));
    }

    /**
     * From timings taken before.
     *
     * @param timings every arithmetic at every shape of the model's linears
     */
    static LatencyEstimate of(ModelConfig config, List<KernelTiming> timings) {
        Map<Product, Double> microseconds = new HashMap<>();
        for (KernelTiming timing : timings) {
            microseconds.put(
                    new Product(timing.name(), timing.n(), timing.k()),
                    timing.medianMicroseconds());
        }
        return new LatencyEstimate(config, microseconds);
    }

    /** Of all layers, in microseconds. */
    public double of(Recipe recipe) {
        double sum = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearRole role : config.roles()) {
                sum += of(role, arithmetic(recipe, layer, role.input()));
            }
        }
        return sum;
    }

    /** Of one layer's linears that read a site, in microseconds. */
    double of(Recipe recipe, int layer, Site site) {
        return config.roles().stream()
                .filter(role -> role.input() == site)
                .mapToDouble(role -> of(role, arithmetic(recipe, layer, site)))
                .sum();
    }

    private double of(LinearRole role, String arithmetic) {
        return microseconds.get(new Product(arithmetic, role.outputs(config), role.inputs(config)));
    }

    /** The product that executes this. */
    private static String arithmetic(Recipe recipe, int layer, Site site) {
        WeightRecipe weights = recipe.weightsAt(layer, site);
        ActivationRecipe activations = recipe.activationsAt(layer, site);
        boolean floats = activations.method() == ActivationMethod.NONE;
        if (weights.method() == WeightMethod.NONE) {
            return "FP32";
        }
        if (weights.bits() > FOUR_BITS) {
            return floats ? "FP32" : trip(activations, "INT8");
        }
        if (floats) {
            return "W4A16";
        }
        return trip(activations, activations.bits() <= FOUR_BITS ? "INT4" : "W4A8");
    }

    private static String trip(ActivationRecipe activations, String plain) {
        return activations.method() == ActivationMethod.TRIP ? plain + "-TRIP" : plain;
    }
}
