package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Folding;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.SmoothQuantScales;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SmoothQuant: where its scales come from, what it does to a model, and what it is good for. */
class SmoothingTest {
    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final Calibration CALIBRATION =
            new Calibration("random ids", List.of(ids(40, 8), ids(25, 9)));
    private static final SmoothingRecipe SMOOTHQUANT =
            new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5);
    private static final Recipe W8A8 =
            Recipe.FLOAT
                    .withWeights(new WeightRecipe(WeightMethod.RTN, 8, -1, false))
                    .withActivations(
                            new ActivationRecipe(
                                    ActivationMethod.UNIFORM, 8, 0, Granularity.TENSOR));

    @TempDir private Path folder;
    private Model model;

    @AfterEach
    void close() {
        model.close();
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 256).toArray();
    }

    private static FloatNumerics floats(Model model) {
        return FloatDecoders.numerics(model, KERNELS);
    }

    private static TunedModel fit(Model model, Recipe recipe) {
        return new RecipeFitter(model, KERNELS, floats(model), CALIBRATION)
                .fit(recipe, Progress.NONE, Cancellation.never());
    }

    private static float[] logits(Decoder decoder) {
        int[] ids = ids(30, 4);
        return decoder.logits(decoder.run(ids, Cancellation.never()).hidden(), 0, ids.length)
                .data();
    }

    @Test
    void scalesComeFromTheLargestActivationsAndWeightsOfAllReaders() {
        model = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)));
        Decoder decoder = new Decoder(model, KERNELS, floats(model));
        float[] activations = new float[36];
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        for (int i = 0; layer == 1 && site == Site.MLP_INPUT; i++) {
                            if (i == before.rows() * 36) {
                                return;
                            }
                            float x = Math.abs(before.data()[i]);
                            activations[i % 36] = Math.max(activations[i % 36], x);
                        }
                    }
                };
        for (int[] window : CALIBRATION.windows()) {
            decoder.run(window, null, TokenPruner.NONE, probe, Cancellation.never());
        }
        float[] weights = new float[36];
        for (LinearRole role : List.of(LinearRole.GATE, LinearRole.UP)) {
            float[] values = model.weights().linear(1, role).values();
            for (int i = 0; i < values.length; i++) {
                weights[i % 36] = Math.max(weights[i % 36], Math.abs(values[i]));
            }
        }
        Folding folding =
                Smoothing.fit(
                        decoder,
                        CALIBRATION,
                        new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.7),
                        Progress.NONE,
                        Cancellation.never());
        assertArrayEquals(
                SmoothQuantScales.of(activations, weights, 0.7),
                folding.layers().get(1).get(Site.MLP_INPUT));
        assertEquals(Set.of(Site.ATTN_INPUT, Site.MLP_INPUT), folding.layers().get(0).keySet());
    }

    /** Alone it changes nothing, and is left out where norms also feed the residual stream. */
    @ParameterizedTest
    @EnumSource
    void theFloatModelStaysWhatItIs(TinyFamily family) {
        model = Model.open(Checkpoints.open(family.write(folder)));
        float[] before = logits(new Decoder(model, KERNELS, floats(model)));
        TunedModel tuned = fit(model, Recipe.FLOAT.withSmoothing(SMOOTHQUANT));
        float[] after = logits(tuned.decoder());
        for (int i = 0; i < before.length; i++) {
            assertEquals(before[i], after[i], 2e-4 * (1 + Math.abs(before[i])));
        }
        boolean possible = Smoothing.isPossible(model.config());
        List<String> notes =
                FittingNotes.of(
                        model.config(),
                        Recipe.FLOAT
                                .withSmoothing(SMOOTHQUANT)
                                .withWeights(new WeightRecipe(WeightMethod.AWQ, 4, 12, false)));
        String why = "its norms have no gain, or what they give also goes into the residual stream";
        assertEquals(
                possible
                        ? List.of()
                        : List.of(
                                "smoothing.method smoothquant is left out: " + why,
                                "AWQ searches no scales at [ATTN_INPUT, MLP_INPUT]: " + why),
                notes);
        assertEquals(!possible, tuned.model() == model);
        assertEquals(
                possible,
                !Set.of(TinyFamily.OPT_POST, TinyFamily.OPT_BARE, TinyFamily.BLOOM_NORMED_RESIDUAL)
                        .contains(family));
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "OPT", "BLOOM"})
    void plantedOutliersLoseTheirHarm(TinyFamily family) {
        model = Model.open(Checkpoints.open(family.write(folder)));
        Planting planting =
                new Planting(
                        64,
                        new TreeSet<>(Set.of(3, 17)),
                        new TreeSet<>(Set.of(0, 1, 2, 3)),
                        List.of(Site.ATTN_INPUT, Site.MLP_INPUT));
        Model planted = model.plant(planting);
        float[] expected = logits(new Decoder(planted, KERNELS, floats(planted)));
        double plain = distance(expected, logits(fit(planted, W8A8).decoder()));
        double smoothed =
                distance(expected, logits(fit(planted, W8A8.withSmoothing(SMOOTHQUANT)).decoder()));
        assertTrue(smoothed < 0.2 * plain, "%s of %s is left".formatted(smoothed, plain));
    }

    private static double distance(float[] expected, float[] actual) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.pow(expected[i] - actual[i], 2);
        }
        return sum;
    }

    /** It is a stage before whatever quantizes the weights. */
    @ParameterizedTest
    @EnumSource(names = {"RTN", "AWQ", "GPTQ"})
    void worksWithEveryWeightMethod(WeightMethod method) {
        model = Model.open(Checkpoints.open(TinyFamily.OPT.write(folder)));
        Recipe recipe =
                Recipe.FLOAT
                        .withWeights(new WeightRecipe(method, 4, 12, false))
                        .withSmoothing(SMOOTHQUANT);
        TunedModel tuned = fit(model, recipe);
        float[] expected = logits(new Decoder(model, KERNELS, floats(model)));
        double size = distance(expected, new float[expected.length]);
        assertTrue(distance(expected, logits(tuned.decoder())) < 0.1 * size);
    }

    @Test
    void theSameSmoothingIsDoneOnce() {
        model = Model.open(Checkpoints.open(TinyFamily.BLOOM.write(folder)));
        var fitter = new RecipeFitter(model, KERNELS, floats(model), CALIBRATION);
        Recipe recipe = W8A8.withSmoothing(SMOOTHQUANT);
        TunedModel first = fitter.fit(recipe, Progress.NONE, Cancellation.never());
        TunedModel second =
                fitter.fit(
                        recipe.withActivations(ActivationRecipe.NONE),
                        Progress.NONE,
                        Cancellation.never());
        assertSame(first.model().checkpoint(), second.model().checkpoint());
    }
}
