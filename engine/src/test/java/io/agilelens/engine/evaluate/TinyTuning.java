package io.agilelens.engine.evaluate;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A random model of three layers with a text and a calibration, for tests of diagnoses. */
final class TinyTuning implements AutoCloseable {
    static final int LAYERS = 3;

    /** 4-bit weights. */
    static final Recipe WEIGHTS =
            Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 4, 16, false));

    /** 4-bit weights, 8-bit TRIP activations, 4-bit Log2 softmax. */
    static final Recipe ALL =
            WEIGHTS.withActivations(
                            new ActivationRecipe(ActivationMethod.TRIP, 8, 3, Granularity.TENSOR))
                    .withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4));

    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final TinyModels.Dimensions DIMENSIONS =
            new TinyModels.Dimensions(
                    TinyModels.SMALLEST_VOCABULARY, 32, LAYERS, 4, 2, 48, 128, false, DType.F32, 7);

    private final Model model;
    private final Decoder floats;
    private final RecipeFitter fitter;
    private final TokenWindows text = new TokenWindows("ids", Protocol.GPTQ, ids(3, 24, 5), 24);

    TinyTuning(Path folder) {
        model = Model.open(Checkpoints.open(TinyModels.write(folder, DIMENSIONS)));
        FloatNumerics numerics = FloatDecoders.numerics(model, KERNELS);
        floats = new Decoder(model, KERNELS, numerics);
        fitter =
                new RecipeFitter(
                        model, KERNELS, numerics, new Calibration("calibration", ids(2, 32, 6)));
    }

    /** Random windows. */
    static List<int[]> ids(int windows, int length, long seed) {
        Random random = new Random(seed);
        List<int[]> all = new ArrayList<>();
        for (int w = 0; w < windows; w++) {
            all.add(random.ints(length, 0, 256).toArray());
        }
        return all;
    }

    Decoder floats() {
        return floats;
    }

    RecipeFitter fitter() {
        return fitter;
    }

    TokenWindows text() {
        return text;
    }

    FloatReference reference() {
        return new FloatReference(floats, text);
    }

    TunedModel fit(Recipe recipe) {
        return fitter.fit(recipe, Progress.NONE, Cancellation.never());
    }

    /** An ordinary run of a recipe, compared with the float model. */
    Perplexity run(Recipe recipe) {
        return evaluate(
                PerplexityEvaluator.against(
                        floats, fit(recipe).decoder(), recipe.pruning().pruner()));
    }

    Perplexity runFloat() {
        return evaluate(PerplexityEvaluator.of(floats, TokenPruner.NONE));
    }

    private Perplexity evaluate(PerplexityEvaluator evaluator) {
        return evaluator.evaluate(text, value -> {}, Progress.NONE, Cancellation.never());
    }

    @Override
    public void close() {
        model.close();
    }
}
