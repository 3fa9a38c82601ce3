package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.IntegerRange;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.SoftmaxQuantizer;
import io.agilelens.engine.quant.TokenwiseQuantizer;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.UnitQuantizer;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    private final WeightFitter roundToNearest;

    private Ranges latestRanges;
    private TunedModel adopted;

    private record Ranges(
            FittedWeights weights,
            PruningRecipe pruning,
            List<Map<Site, ActivationRange>> layers) {}

    /**
     * @param unquantized the model's float arithmetic on the same kernels
     */
    public RecipeFitter(
            Model model, Kernels kernels, Numerics unquantized, Calibration calibration) {
        this.model = model;
        this.kernels = kernels;
        this.unquantized = unquantized;
        this.calibration = calibration;
        this.roundToNearest = new RoundToNearestFitter(model, unquantized);
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
        requireInForce(recipe);
        FittedWeights weights = weights(recipe, progress, cancellation);
        List<Map<Site, ActivationQuantizer>> activations = new ArrayList<>();
        List<Map<Site, TripFit>> tripFits = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            activations.add(new EnumMap<>(Site.class));
            tripFits.add(new EnumMap<>(Site.class));
        }
        if (quantizesActivations(recipe)) {
            fitActivations(recipe, weights, activations, tripFits, progress, cancellation);
        }
        QuantizationPlan plan = plan(recipe, weights.layers(), activations);
        Numerics numerics =
                recipe.isFloat()
                        ? unquantized
                        : numerics(weights, plan, recipe.execution(), progress, cancellation);
        return new TunedModel(
                recipe, plan, tripFits, new Decoder(weights.model(), kernels, numerics));
    }

    /** A key that does nothing yet must not look as if it did. */
    private void requireInForce(Recipe recipe) {
        if (recipe.smoothing().method() != SmoothingMethod.NONE) {
            throw notYet("smoothing.method smoothquant", "use none");
        }
        if (recipe.cache().method() != CacheMethod.NONE) {
            throw notYet("cache.method uniform", "use none");
        }
        if (recipe.pruning().isActive() && recipe.pruning().action() != PruningAction.REMOVE) {
            throw notYet("pruning.action lower-bits", "use remove");
        }
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (Site site : Site.values()) {
                ActivationRecipe activations = recipe.activationsAt(layer, site);
                if (activations.method() == ActivationMethod.TRIP
                        && !activations.exponents().isEmpty()) {
                    throw notYet("activations.exponents", "use max_exponent");
                }
                if (activations.method() == ActivationMethod.UNIFORM && !activations.symmetric()) {
                    throw notYet("activations.symmetric false", "use true");
                }
            }
        }
    }

    private static UserException notYet(String key, String remedy) {
        return new UserException("%s is not in this version: %s".formatted(key, remedy));
    }

    private FittedWeights weights(Recipe recipe, Progress progress, Cancellation cancellation) {
        WeightFitter fitter =
                switch (recipe.weights().method()) {
                    case NONE, RTN -> roundToNearest;
                    case GPTQ, AWQ ->
                            throw new UserException(
                                    "weights.method %s is not in this version: use rtn or none"
                                            .formatted(
                                                    recipe.weights()
                                                            .method()
                                                            .name()
                                                            .toLowerCase()));
                };
        return fitter.fit(recipe, progress, cancellation);
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

    private static QuantizationPlan plan(
            Recipe recipe,
            List<Map<LinearRole, QuantizedWeight>> weights,
            List<Map<Site, ActivationQuantizer>> activations) {
        Optional<SoftmaxQuantizer> softmax =
                switch (recipe.softmax().method()) {
                    case NONE -> Optional.empty();
                    case UNIFORM -> Optional.of(new UnitQuantizer(recipe.softmax().bits()));
                    case LOG2 -> Optional.of(new Log2Quantizer(recipe.softmax().bits()));
                };
        List<QuantizationPlan.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < weights.size(); layer++) {
            layers.add(
                    new QuantizationPlan.Layer(
                            weights.get(layer), activations.get(layer), softmax));
        }
        return new QuantizationPlan(layers);
    }

    private boolean quantizesActivations(Recipe recipe) {
        for (int layer = 0; layer < model.config().layers(); layer++) {
            for (Site site : Site.values()) {
                if (site != Site.SOFTMAX
                        && recipe.activationsAt(layer, site).method() != ActivationMethod.NONE) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- activations

    private void fitActivations(
            Recipe recipe,
            FittedWeights weights,
            List<Map<Site, ActivationQuantizer>> activations,
            List<Map<Site, TripFit>> tripFits,
            Progress progress,
            Cancellation cancellation) {
        // Ranges and exponents are fitted on float activations behind quantized weights.
        boolean quantized = weights.layers().stream().anyMatch(linears -> !linears.isEmpty());
        Numerics numerics =
                quantized
                        ? numerics(
                                weights,
                                plan(
                                        recipe.withSoftmax(SoftmaxRecipe.NONE),
                                        weights.layers(),
                                        activations),
                                Execution.SIMULATED,
                                progress,
                                cancellation)
                        : weights.floats();
        Decoder decoder = new Decoder(weights.model(), kernels, numerics);
        TokenPruner pruner = recipe.pruning().pruner();
        List<Map<Site, ActivationRange>> ranges =
                ranges(recipe, weights, decoder, pruner, progress, cancellation);
        boolean trip = false;
        for (int layer = 0; layer < ranges.size(); layer++) {
            for (Site site : Site.values()) {
                ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
                if (site == Site.SOFTMAX || siteRecipe.method() == ActivationMethod.NONE) {
                    continue;
                }
                if (siteRecipe.method() == ActivationMethod.TRIP) {
                    requireTrip(layer, site, siteRecipe);
                    trip = true;
                } else {
                    activations
                            .get(layer)
                            .put(site, uniform(site, siteRecipe, ranges.get(layer).get(site)));
                }
            }
        }
        if (trip) {
            int[] last = calibration.windows().getLast();
            decoder.run(
                    last,
                    null,
                    pruner,
                    new TripProbe(recipe, ranges, activations, tripFits),
                    cancellation);
        }
    }

    private static void requireTrip(int layer, Site site, ActivationRecipe recipe) {
        if (!site.isLinearInput()) {
            throw new UserException(
                    "overrides: layer %d, %s: TRIP is for the inputs of linear layers: use method uniform there"
                            .formatted(layer, site));
        }
        if (recipe.granularity() != Granularity.TENSOR) {
            throw new UserException(
                    "activations.granularity is %s: TRIP has one scale for the tensor: use tensor"
                            .formatted(recipe.granularity().name().toLowerCase()));
        }
    }

    private List<Map<Site, ActivationRange>> ranges(
            Recipe recipe,
            FittedWeights weights,
            Decoder decoder,
            TokenPruner pruner,
            Progress progress,
            Cancellation cancellation) {
        if (latestRanges != null
                && latestRanges.weights().equals(weights)
                && latestRanges.pruning().equals(recipe.pruning())) {
            return latestRanges.layers();
        }
        RangeProbe probe = new RangeProbe(model.config());
        int count = calibration.windows().size();
        for (int window = 0; window < count; window++) {
            progress.report("calibrating", window, count);
            decoder.run(calibration.windows().get(window), null, pruner, probe, cancellation);
        }
        progress.report("calibrating", count, count);
        latestRanges = new Ranges(weights, recipe.pruning(), probe.ranges());
        return probe.ranges();
    }

    private ActivationQuantizer uniform(Site site, ActivationRecipe recipe, ActivationRange range) {
        IntegerRange codes = new IntegerRange(recipe.bits(), true);
        int width =
                switch (recipe.granularity()) {
                    case TENSOR -> range.minimum().length;
                    case CHANNEL -> site.isPerHead() ? model.config().headDimension() : 1;
                    case TOKEN -> 0;
                };
        return width == 0
                ? new TokenwiseQuantizer(codes)
                : ChannelwiseQuantizer.fit(range.minimum(), range.maximum(), width, codes);
    }

    /** Chooses TRIP's exponents from the activations of the pass that it watches. */
    private record TripProbe(
            Recipe recipe,
            List<Map<Site, ActivationRange>> ranges,
            List<Map<Site, ActivationQuantizer>> activations,
            List<Map<Site, TripFit>> tripFits)
            implements Probe {

        @Override
        public void activation(int layer, Site site, Matrix before, Activation after) {
            ActivationRecipe siteRecipe = recipe.activationsAt(layer, site);
            if (siteRecipe.method() != ActivationMethod.TRIP) {
                return;
            }
            ActivationRange range = ranges.get(layer).get(site);
            TripFit fit =
                    TripFit.fit(
                            range.lowest(),
                            range.highest(),
                            siteRecipe.maxExponent(),
                            new IntegerRange(siteRecipe.bits(), true),
                            before);
            tripFits.get(layer).put(site, fit);
            activations.get(layer).put(site, fit.quantizer());
        }
    }
}
