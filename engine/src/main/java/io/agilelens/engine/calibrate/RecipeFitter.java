package io.agilelens.engine.calibrate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.CacheFormat;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.HalfCacheFormat;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.quant.CacheQuantizer;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.PackedLinears;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.quant.SoftmaxQuantizer;
import io.agilelens.engine.quant.UnitQuantizer;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Fits a recipe's parameters to a model. Ranges come from float activations of all calibration
 * windows, with the recipe's weights and pruning already in force; TRIP's exponents from the last
 * window alone (METHOD §2.5). What a recipe shares with the previous one, quantized weights and
 * ranges, is not computed again. Safe for several threads, one of which works at a time.
 */
public final class RecipeFitter {
    /** Tokens that a sketch is calibrated on. */
    private static final int SKETCH_TOKENS = 128;

    private final Model model;
    private final Kernels kernels;
    private final Numerics unquantized;
    private final Calibration calibration;

    private final Optional<WorkFolder> work;
    private final WeightFitters plain;
    private final ActivationFitter activations;

    /** Fits them to little text. */
    private final ActivationFitter sketch;

    /** Of weights that are simulated, also while activations are fitted. */
    private final PackedLinears simulated = new PackedLinears();

    private final PackedLinears executed = new PackedLinears();

    private Smoothed latestSmoothed;
    private Head latestHead;
    private TunedModel adopted;

    /** The methods of the model with a smoothing folded in. */
    private record Smoothed(SmoothingRecipe recipe, WeightFitters fitters) {}

    /** The quantized head. */
    private record Head(HeadRecipe recipe, QuantizedWeight weight) {}

    /**
     * Keeps no finished layers.
     *
     * @param unquantized the model's float arithmetic on the same kernels
     */
    public RecipeFitter(
            Model model, Kernels kernels, Numerics unquantized, Calibration calibration) {
        this(model, kernels, unquantized, calibration, Optional.empty(), 0);
    }

    /**
     * Keeps no finished layers either, but where the passes over the calibration text stood, so
     * that a recipe that shares its first layers with the one before is fitted from there on.
     *
     * @param bytes that may be taken for that
     */
    public static RecipeFitter remembering(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            Calibration calibration,
            long bytes) {
        return new RecipeFitter(model, kernels, unquantized, calibration, Optional.empty(), bytes);
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
        this(model, kernels, unquantized, calibration, work, 0);
    }

    private RecipeFitter(
            Model model,
            Kernels kernels,
            Numerics unquantized,
            Calibration calibration,
            Optional<WorkFolder> work,
            long bytes) {
        this.model = model;
        this.kernels = kernels;
        this.unquantized = unquantized;
        this.calibration = calibration;
        this.work = work;
        this.plain = new WeightFitters(model, kernels, unquantized, calibration, work);
        this.activations = new ActivationFitter(model.config(), calibration, bytes);
        int[] last = calibration.windows().getLast();
        Calibration little =
                new Calibration(
                        calibration.source(),
                        List.of(Arrays.copyOf(last, Math.min(SKETCH_TOKENS, last.length))));
        this.sketch = new ActivationFitter(model.config(), little, bytes);
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
    public TunedModel fit(Recipe recipe, Progress progress, Cancellation cancellation) {
        return fit(recipe, Integer.MAX_VALUE, _ -> {}, progress, cancellation);
    }

    /**
     * As above. Where activations are calibrated on more text than one likes to wait for, a sketch
     * comes first: the same recipe with activations calibrated on {@value #SKETCH_TOKENS} tokens.
     *
     * @param patience tokens that may be run through the whole model without a sketch
     * @param listener hears the sketch, on this thread
     */
    public synchronized TunedModel fit(
            Recipe recipe,
            int patience,
            Consumer<TunedModel> listener,
            Progress progress,
            Cancellation cancellation) {
        if (adopted != null && adopted.recipe().equals(recipe)) {
            return adopted;
        }
        ModelConfig config = model.config();
        recipe.requireLayers(config.layers());
        boolean quantizesActivations = activations.isNeeded(recipe);
        FittedWeights weights = weights(recipe, progress, cancellation);
        quantizeHead(recipe.head(), progress, cancellation);
        if (!quantizesActivations) {
            FittedActivations none = FittedActivations.none(config.layers());
            return tuned(recipe, weights, none, progress, cancellation);
        }
        Supplier<Decoder> decoder = () -> floatActivations(recipe, weights, progress, cancellation);
        if (activations.tokensToRun(recipe, weights) > patience) {
            FittedActivations sketched =
                    sketch.fit(recipe, weights, decoder, progress, cancellation);
            listener.accept(tuned(recipe, weights, sketched, progress, cancellation));
        }
        FittedActivations fitted =
                activations.fit(recipe, weights, decoder, progress, cancellation);
        return tuned(recipe, weights, fitted, progress, cancellation);
    }

    private TunedModel tuned(
            Recipe recipe,
            FittedWeights weights,
            FittedActivations fitted,
            Progress progress,
            Cancellation cancellation) {
        QuantizationPlan plan = plan(recipe, weights, fitted);
        if (recipe.isFloat() || recipe.execution() == Execution.EXECUTED) {
            simulated.clear();
        }
        if (recipe.isFloat() || recipe.execution() == Execution.SIMULATED) {
            executed.clear();
        }
        Numerics numerics =
                recipe.isFloat()
                        ? unquantized
                        : numerics(weights, plan, recipe.execution(), progress, cancellation);
        return new TunedModel(
                recipe, plan, fitted.tripFits(), new Decoder(weights.model(), kernels, numerics));
    }

    /** No scales are folded into the head, so it is the same whatever becomes of the layers. */
    private void quantizeHead(HeadRecipe recipe, Progress progress, Cancellation cancellation) {
        if (recipe.method() == HeadMethod.NONE) {
            latestHead = null;
            return;
        }
        if (latestHead == null || !latestHead.recipe().equals(recipe)) {
            latestHead = null;
            cancellation.check();
            progress.report("quantizing the head", 0, 1);
            LinearWeight weight = model.weights().head();
            latestHead =
                    new Head(
                            recipe,
                            RoundToNearest.quantize(
                                    weight.weight(),
                                    weight.outputs(),
                                    weight.inputs(),
                                    recipe.bits(),
                                    recipe.group(),
                                    true));
        }
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
                execution == Execution.SIMULATED ? simulated : executed,
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
                        recipe.withHead(HeadRecipe.NONE)
                                .withSoftmax(SoftmaxRecipe.NONE)
                                .withCache(CacheRecipe.NONE),
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
        Optional<QuantizedWeight> head =
                recipe.head().method() == HeadMethod.NONE
                        ? Optional.empty()
                        : Optional.of(latestHead.weight());
        return new QuantizationPlan(layers, head, cache(recipe.cache()));
    }

    private Optional<CacheFormat> cache(CacheRecipe recipe) {
        ModelConfig config = model.config();
        return switch (recipe.method()) {
            case NONE -> Optional.empty();
            case UNIFORM ->
                    Optional.of(
                            new CacheQuantizer(
                                    recipe.bits(), config.headDimension(), config.keyValueHeads()));
            case HALF -> Optional.of(new HalfCacheFormat(config.keyValueWidth()));
        };
    }
}
