package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.quant.CacheQuantizer;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.SoftmaxQuantizer;
import io.agilelens.engine.quant.UnitQuantizer;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fits a recipe's parameters to a model. Ranges come from float activations of all calibration
 * windows, with the recipe's weights and pruning already in force; TRIP's exponents from the last
 * window alone (METHOD §2.5). What a recipe shares with the previous one, quantized weights and
 * ranges, is not computed again. Safe for several threads, one of which works at a time.
 */
public final class RecipeFitter {
    private final Model model;
    private final Kernels kernels;
    private final Numerics unquantized;
    private final Calibration calibration;

    private final Optional<WorkFolder> work;
    private final WeightFitters plain;
    private final ActivationFitter activations;

    private Smoothed latestSmoothed;
    private TunedModel adopted;

    /** The methods of the model with a smoothing folded in. */
    private record Smoothed(SmoothingRecipe recipe, WeightFitters fitters) {}

    /**
     * Keeps no finished layers.
     *
     * @param unquantized the model's float arithmetic on the same kernels
     */
    public RecipeFitter(
            Model model, Kernels kernels, Numerics unquantized, Calibration calibration) {
        this(model, kernels, unquantized, calibration, Optional.empty());
    }

    /**
     * @param unquantized the model's float arithmetic on the same kernels
     * @param work where long methods keep finished layers, so that a run that was cut short goes on
     *     behind them
     */
    public RecipeFitter(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            Calibration calibration,
            Optional<WorkFolder> work) {
        this.model = model;
        this.kernels = kernels;
        this.unquantized = unquantized;
        this.calibration = calibration;
        this.work = work;
        this.plain = new WeightFitters(model, kernels, unquantized, calibration, work);
        this.activations = new ActivationFitter(model.config(), calibration);
    }

    public Calibration calibration() {
        return calibration;
    }

    /**
     * Takes over a model that was tuned elsewhere, such as one read from a bundle: asked for its
     * recipe, the fitter gives it back instead of fitting anew.
     */
    public synchronized void adopt(TunedModel tuned) {
        adopted = tuned;
    }

    /**
     * @throws UserException if the recipe does not fit the model
     */
    public synchronized TunedModel fit(
            Recipe recipe, Progress progress, Cancellation cancellation) {
        if (adopted != null && adopted.recipe().equals(recipe)) {
            return adopted;
        }
        ModelConfig config = model.config();
        recipe.requireLayers(config.layers());
        boolean quantizesActivations = activations.isNeeded(recipe);
        FittedWeights weights = weights(recipe, progress, cancellation);
        FittedActivations fitted =
                quantizesActivations
                        ? activations.fit(
                                recipe,
                                weights,
                                floatActivations(recipe, weights, progress, cancellation),
                                progress,
                                cancellation)
                        : FittedActivations.none(config.layers());
        QuantizationPlan plan = plan(recipe, weights, fitted);
        Numerics numerics =
                recipe.isFloat()
                        ? unquantized
                        : numerics(weights, plan, recipe.execution(), progress, cancellation);
        return new TunedModel(
                recipe, plan, fitted.tripFits(), new Decoder(weights.model(), kernels, numerics));
    }

    private FittedWeights weights(Recipe recipe, Progress progress, Cancellation cancellation) {
        return fitters(recipe.smoothing(), progress, cancellation)
                .fit(recipe, progress, cancellation);
    }

    /** The methods of the model as the smoothing leaves it. */
    private WeightFitters fitters(
            SmoothingRecipe smoothing, Progress progress, Cancellation cancellation) {
        if (smoothing.method() == SmoothingMethod.NONE) {
            return plain;
        }
        if (latestSmoothed == null || !latestSmoothed.recipe().equals(smoothing)) {
            Decoder decoder = new Decoder(model, kernels, unquantized);
            Folding folding =
                    Smoothing.fit(decoder, calibration, smoothing, progress, cancellation);
            latestSmoothed = new Smoothed(smoothing, smoothed(folding));
        }
        return latestSmoothed.fitters();
    }

    private WeightFitters smoothed(Folding folding) {
        if (folding.isEmpty()) {
            return plain;
        }
        Model folded = model.fold(folding);
        Numerics floats = new FoldedNumerics(folded, folding, kernels, unquantized);
        return new WeightFitters(folded, kernels, floats, calibration, work);
    }

    /**
     * Forgets the finished layers that were kept for a recipe, once its result is safe elsewhere.
     */
    public synchronized void forgetWork(Recipe recipe) {
        fitters(recipe.smoothing(), Progress.NONE, Cancellation.never()).forgetWork(recipe);
    }

    private Numerics numerics(
            FittedWeights weights,
            QuantizationPlan plan,
            Execution execution,
            Progress progress,
            Cancellation cancellation) {
        return new QuantizedNumerics(
                weights.model(),
                kernels,
                weights.floats(),
                plan,
                execution,
                progress,
                cancellation);
    }

    /** The model with quantized weights, on whose activations quantizers are fitted. */
    private Decoder floatActivations(
            Recipe recipe, FittedWeights weights, Progress progress, Cancellation cancellation) {
        boolean quantized = weights.layers().stream().anyMatch(linears -> !linears.isEmpty());
        if (!quantized) {
            return new Decoder(weights.model(), kernels, weights.floats());
        }
        QuantizationPlan plan =
                plan(
                        recipe.withSoftmax(SoftmaxRecipe.NONE).withCache(CacheRecipe.NONE),
                        weights,
                        FittedActivations.none(weights.layers().size()));
        return new Decoder(
                weights.model(),
                kernels,
                numerics(weights, plan, Execution.SIMULATED, progress, cancellation));
    }

    private QuantizationPlan plan(
            Recipe recipe, FittedWeights weights, FittedActivations activations) {
        Optional<SoftmaxQuantizer> softmax =
                switch (recipe.softmax().method()) {
                    case NONE -> Optional.empty();
                    case UNIFORM -> Optional.of(new UnitQuantizer(recipe.softmax().bits()));
                    case LOG2 -> Optional.of(new Log2Quantizer(recipe.softmax().bits()));
                };
        List<QuantizationPlan.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            layers.add(
                    new QuantizationPlan.Layer(
                            weights.layers().get(layer),
                            activations.quantizers().get(layer),
                            activations.marked().get(layer),
                            softmax));
        }
        return new QuantizationPlan(layers, cache(recipe.cache()));
    }

    private Optional<CacheQuantizer> cache(CacheRecipe recipe) {
        ModelConfig config = model.config();
        return switch (recipe.method()) {
            case NONE -> Optional.empty();
            case UNIFORM ->
                    Optional.of(
                            new CacheQuantizer(
                                    recipe.bits(), config.headDimension(), config.keyValueHeads()));
        };
    }
}
