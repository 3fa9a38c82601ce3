package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.ChannelwiseQuantizer;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.TripFit;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.ChannelExponents;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.SoftmaxMethod;
import io.agilelens.engine.recipe.SoftmaxRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipes fitted to a random model: parameters, caching, and simulation against execution. */
class RecipeFitterTest {
    private static final TinyModels.Dimensions DIMENSIONS =
            new TinyModels.Dimensions(
                    TinyModels.SMALLEST_VOCABULARY, 32, 3, 4, 2, 44, 128, false, DType.F32, 11);

    /** Scalar, so that the same numbers come out bit by bit however warm the JVM is. */
    private static final Kernels KERNELS = KernelProvider.of(0);

    @TempDir private static Path folder;
    private static Model model;
    private static FloatNumerics floats;

    private final RecipeFitter fitter = fitter();

    @BeforeAll
    static void open() {
        model = Model.open(Checkpoints.open(TinyModels.write(folder, DIMENSIONS)));
        floats = FloatDecoders.numerics(model, KERNELS);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static Stream<Arguments> executable() {
        List<Arguments> all = new ArrayList<>();
        for (int weightBits : new int[] {2, 3, 4, 8}) {
            for (int group : new int[] {16, -1}) {
                for (int bits : new int[] {4, 8}) {
                    for (int k : new int[] {0, 1, 3, 5}) {
                        all.add(
                                Arguments.of(
                                        weightBits,
                                        group,
                                        new ActivationRecipe(
                                                ActivationMethod.TRIP,
                                                bits,
                                                k,
                                                Granularity.TENSOR)));
                    }
                    for (Granularity granularity :
                            new Granularity[] {Granularity.TENSOR, Granularity.TOKEN}) {
                        all.add(
                                Arguments.of(
                                        weightBits,
                                        group,
                                        new ActivationRecipe(
                                                ActivationMethod.UNIFORM, bits, 0, granularity)));
                    }
                }
            }
        }
        return all.stream();
    }

    /**
     * A code at a rounding boundary flips now and then, which then travels on; so the difference
     * must be far below what the quantization itself costs, and the predictions as good.
     */
    @ParameterizedTest
    @MethodSource("executable")
    void executionIsSimulation(int weightBits, int group, ActivationRecipe activations) {
        Recipe recipe =
                Recipe.FLOAT
                        .withWeights(new WeightRecipe(WeightMethod.RTN, weightBits, group, false))
                        .withActivations(activations)
                        .withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4));
        Decoder simulated = fit(recipe).decoder();
        Decoder executed = fit(recipe.withExecution(Execution.EXECUTED)).decoder();
        double flips = 0;
        double quantization = 0;
        double lossDifference = 0;
        for (int sequence = 0; sequence < 4; sequence++) {
            int[] ids = ids(40, 100 + sequence);
            Matrix expected = logits(simulated, ids);
            Matrix actual = logits(executed, ids);
            Matrix reference = logits(new Decoder(model, KERNELS, floats), ids);
            flips += squaredDifference(expected, actual);
            quantization += squaredDifference(expected, reference);
            lossDifference += loss(expected, ids) - loss(actual, ids);
        }
        assertTrue(
                flips <= 0.1 * quantization,
                "execution differs by %.2g of what quantization costs"
                        .formatted(flips / quantization));
        assertEquals(0, lossDifference / 4, 0.02);
    }

    @Test
    void executedWeightsTakeLessMemory() {
        Recipe recipe = Preset.forLayers(3).get(3).recipe();
        long executed =
                fit(recipe.withExecution(Execution.EXECUTED))
                        .decoder()
                        .numerics()
                        .bytes(model.config());
        assertTrue(executed < floats.bytes(model.config()), executed + " bytes");
    }

    @Test
    void theFloatRecipeIsTheModel() {
        TunedModel tuned = fit(Recipe.FLOAT);
        assertSame(floats, tuned.decoder().numerics());
        assertTrue(tuned.plan().layers().getFirst().weights().isEmpty());
    }

    @Test
    void rangesComeFromAllWindowsAndExponentsFromTheLast() {
        Recipe recipe =
                Recipe.FLOAT.withActivations(
                        new ActivationRecipe(ActivationMethod.TRIP, 8, 3, Granularity.TENSOR));
        TunedModel tuned = fit(recipe);
        List<Matrix> seen = new ArrayList<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        if (layer == 2 && site == Site.MLP_HIDDEN) {
                            seen.add(before.copy());
                        }
                    }
                };
        Decoder plain = new Decoder(model, KERNELS, floats);
        for (int[] window : fitter.calibration().windows()) {
            plain.run(window, null, TokenPruner.NONE, probe, Cancellation.never());
        }
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (Matrix window : seen) {
            for (float x : window.data()) {
                low = Math.min(low, x);
                high = Math.max(high, x);
            }
        }
        TripQuantizer trip =
                assertInstanceOf(
                        TripQuantizer.class,
                        tuned.plan().layers().get(2).activations().get(Site.MLP_HIDDEN));
        assertEquals((high - low) / 255 / 8, trip.base(), 1e-9);
        var fit = tuned.tripFits().get(2).get(Site.MLP_HIDDEN);
        assertEquals(trip, fit.quantizer());
        for (int c = 0; c < trip.channels(); c++) {
            double error = 0;
            Matrix last = seen.getLast();
            for (int t = 0; t < last.rows(); t++) {
                float x = last.get(t, c);
                double difference = x - trip.level(c, trip.encode(c, x));
                error += difference * difference;
            }
            assertEquals(fit.candidateErrors()[c][trip.exponent(c)], error / last.rows(), 1e-9);
        }
    }

    @Test
    void queriesKeysAndValuesHaveAScaleAHead() {
        Recipe recipe = Preset.forLayers(3).get(2).recipe();
        for (var layer : fit(recipe).plan().layers()) {
            for (Site site : new Site[] {Site.QUERY, Site.KEY, Site.VALUE}) {
                ChannelwiseQuantizer heads =
                        assertInstanceOf(ChannelwiseQuantizer.class, layer.activations().get(site));
                assertEquals(8, heads.width());
                assertEquals(site == Site.QUERY ? 4 : 2, heads.parameters().size());
            }
        }
    }

    @Test
    void whatIsSharedWithThePreviousRecipeIsNotComputedAgain() {
        Recipe first = Preset.forLayers(3).get(2).recipe();
        TunedModel before = fit(first);
        List<String> steps = new ArrayList<>();
        TunedModel after =
                fitter.fit(
                        first.withActivations(
                                new ActivationRecipe(
                                        ActivationMethod.TRIP, 4, 1, Granularity.TENSOR)),
                        (step, done, total) -> steps.add(step),
                        Cancellation.never());
        assertTrue(!steps.contains("calibrating"), steps.toString());
        for (LinearRole role : LinearRole.values()) {
            assertSame(
                    before.plan().layers().get(1).weights().get(role),
                    after.plan().layers().get(1).weights().get(role));
        }
    }

    /** Kernels hold a scale to 2^-15 of its row's largest, far below half a step of any code. */
    @ParameterizedTest
    @CsvSource({"8, 16", "4, 16", "4, -1", "3, 8", "2, 32"})
    void anExecutedHeadIsASimulatedOne(int bits, int group) {
        Recipe recipe = Recipe.FLOAT.withHead(new HeadRecipe(HeadMethod.RTN, bits, group));
        int[] ids = ids(40, 5);
        Decoder simulated = fit(recipe).decoder();
        TunedModel tuned = fit(recipe.withExecution(Execution.EXECUTED));
        Matrix expected = logits(simulated, ids);
        Matrix reference = logits(new Decoder(model, KERNELS, floats), ids);
        double quantization = squaredDifference(expected, reference);
        assertTrue(quantization > 0, "the head is rounded");
        double execution = squaredDifference(expected, logits(tuned.decoder(), ids));
        assertTrue(
                execution <= 1e-4 * quantization,
                "%.2g of what quantization costs".formatted(execution / quantization));
        float[] rounded = tuned.plan().head().orElseThrow().dequantize();
        float[] exact = model.weights().head().weight().toFloats();
        int levels = (1 << bits) - 1;
        int width = group < 0 ? 32 : group;
        for (int start = 0; start < exact.length; start += width) {
            float largest = 0;
            for (int i = start; i < start + width; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
            }
            for (int i = start; i < start + width; i++) {
                assertEquals(exact[i], rounded[i], 2 * largest / levels * 1.001);
            }
        }
    }

    @Test
    void theHeadIsQuantizedOnceAndForgottenWhenItIsFloatAgain() {
        Recipe recipe = Recipe.FLOAT.withHead(new HeadRecipe(HeadMethod.RTN, 8, 16));
        TunedModel first = fit(recipe);
        TunedModel next = fit(recipe.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4)));
        assertSame(first.plan().head().orElseThrow(), next.plan().head().orElseThrow());
        assertSame(
                first.decoder().numerics().head(), next.decoder().numerics().head(), "packed once");
        TunedModel without =
                fit(Recipe.FLOAT.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 4)));
        assertTrue(without.plan().head().isEmpty());
        assertSame(floats.head(), without.decoder().numerics().head());
        TunedModel again = fit(recipe);
        assertArrayEquals(
                first.plan().head().orElseThrow().codes(),
                again.plan().head().orElseThrow().codes());
    }

    /** What makes a slider answer at once although weights are calibrated layer by layer. */
    @ParameterizedTest
    @ValueSource(strings = {"Agile-Quant-8", "AWQ-W4A16", "SmoothQuant-W8A8", "Agile published"})
    void calibratedWeightsServeEveryRecipeThatSharesThem(String name) {
        Recipe first =
                Preset.forLayers(3).stream()
                        .filter(preset -> preset.isCalled(name))
                        .map(Preset::recipe)
                        .findFirst()
                        .orElseThrow();
        TunedModel before = fit(first);
        Recipe changed =
                first.withActivations(
                                new ActivationRecipe(
                                        ActivationMethod.TRIP, 4, 1, Granularity.TENSOR))
                        .withCache(new CacheRecipe(CacheMethod.UNIFORM, 8))
                        .withPruning(
                                PruningRecipe.lastThird(0.3, 3)
                                        .withAction(PruningAction.LOWER_BITS));
        assertTrue(changed.hasWeightsOf(first));
        TunedModel after = fit(changed);
        for (LinearRole role : model.config().roles()) {
            assertSame(
                    before.plan().layers().get(1).weights().get(role),
                    after.plan().layers().get(1).weights().get(role));
        }
    }

    /** What an earlier recipe left behind must not show in a later one. */
    @Test
    void theOrderOfRecipesDoesNotMatter() {
        List<Recipe> recipes = new ArrayList<>();
        for (Preset preset : Preset.forLayers(3)) {
            recipes.add(preset.recipe());
        }
        recipes.add(
                Recipe.FLOAT.withActivations(
                        new ActivationRecipe(ActivationMethod.UNIFORM, 8, 0, Granularity.CHANNEL)));
        recipes.add(recipes.get(2).withHead(new HeadRecipe(HeadMethod.RTN, 4, 16)));
        recipes.add(
                recipes.get(3)
                        .withPruning(
                                new PruningRecipe(
                                        0.5,
                                        new TreeSet<>(List.of(0, 1)),
                                        TokenScore.RECEIVED,
                                        true)));
        recipes.add(
                recipes.get(2)
                        .withPruning(
                                PruningRecipe.lastThird(0.5, 3)
                                        .withAction(PruningAction.LOWER_BITS)));
        recipes.add(
                recipes.get(2)
                        .withActivations(
                                recipes.get(2)
                                        .activations()
                                        .withExponents(new TreeSet<>(List.of(0, 4)))
                                        .withGranularity(Granularity.TOKEN))
                        .withCache(new CacheRecipe(CacheMethod.UNIFORM, 4)));
        int[] ids = ids(30, 7);
        List<float[]> fresh = new ArrayList<>();
        for (Recipe recipe : recipes) {
            fresh.add(run(fitter().fit(recipe, Progress.NONE, Cancellation.never()), ids));
        }
        Random random = new Random(3);
        for (int trial = 0; trial < 30; trial++) {
            int i = random.nextInt(recipes.size());
            assertArrayEquals(fresh.get(i), run(fit(recipes.get(i)), ids), "recipe " + i);
        }
    }

    @Test
    void refusesWhatCannotBeDone() {
        Recipe trip = Preset.forLayers(3).get(3).recipe();
        refuse(
                trip.withActivations(
                        new ActivationRecipe(ActivationMethod.TRIP, 4, 3, Granularity.CHANNEL)),
                "activations.granularity is channel: TRIP has one scale for all channels: use"
                        + " tensor or token");
        refuse(
                trip.withWeights(WeightRecipe.NONE).withExecution(Execution.EXECUTED),
                "execution executed, layer 0, ATTN_INPUT: activations are quantized but weights are"
                        + " not: give weights.method rtn, or execution simulated");
        refuse(
                trip.withSoftmax(new SoftmaxRecipe(SoftmaxMethod.LOG2, 5))
                        .withExecution(Execution.EXECUTED),
                "execution executed, layer 0: integer attention needs softmax.method log2 with at"
                        + " most 4 bits and values quantized symmetrically: change that, leave the"
                        + " softmax float, or use execution simulated");
        refuse(
                trip.withCache(new CacheRecipe(CacheMethod.UNIFORM, 8))
                        .withExecution(Execution.EXECUTED),
                "execution executed, layer 0: integer attention shifts values of one scale a head,"
                        + " and cache.method uniform gives each token its own: use cache.method"
                        + " none or half, leave the softmax float, or use execution simulated");
        PruningRecipe lower =
                PruningRecipe.lastThird(0.2, 3)
                        .withAction(PruningAction.LOWER_BITS)
                        .withLowerBits(6);
        refuse(
                trip.withPruning(lower),
                "pruning.bits is 6, and layer 2, ATTN_OUTPUT, has 4 bits: give at most as many");
        refuse(
                trip.withActivations(ActivationRecipe.NONE).withPruning(lower),
                "pruning.action is lower-bits, and layer 2, ATTN_OUTPUT, is float: give"
                        + " activations.method uniform or trip, or use remove");
        refuse(
                trip.withPruning(
                        new PruningRecipe(0.2, new TreeSet<>(List.of(3)), TokenScore.START, false)),
                "pruning.layers names layer 3: the model has layers 0…2");
        refuse(
                trip.withOverrides(
                        List.of(
                                new SiteOverride(
                                        new TreeSet<>(List.of(1)),
                                        Set.of(Site.QUERY),
                                        Optional.of(ActivationMethod.TRIP),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))),
                "overrides: layer 1, QUERY: TRIP is for the inputs of linear layers: use method"
                        + " uniform there");
        assertTrue(
                assertThrows(UserException.class, () -> new Calibration("text", List.of()))
                        .getMessage()
                        .startsWith("text: the calibration text fills no window"));
    }

    @Test
    void channelsHaveTheExponentsThatTheRecipeFixes() {
        Recipe trip =
                Recipe.FLOAT.withActivations(
                        new ActivationRecipe(ActivationMethod.TRIP, 4, 3, Granularity.TENSOR));
        Recipe fixed = trip;
        for (int exponent = 0; exponent <= 3; exponent++) {
            fixed = ChannelExponents.fix(fixed, 1, Site.MLP_HIDDEN, exponent, exponent);
        }
        TunedModel chosen = fitter.fit(trip, Progress.NONE, Cancellation.never());
        TunedModel edited = fitter.fit(fixed, Progress.NONE, Cancellation.never());
        TripFit before = chosen.tripFits().get(1).get(Site.MLP_HIDDEN);
        TripFit after = edited.tripFits().get(1).get(Site.MLP_HIDDEN);
        for (int channel = 0; channel < 44; channel++) {
            assertEquals(
                    channel <= 3 ? channel : before.quantizer().exponent(channel),
                    after.quantizer().exponent(channel));
            assertEquals(before.quantizer().exponent(channel), after.chosen(channel));
        }
        assertEquals(1, chosen.arithmetic().firstDifference(edited.arithmetic()));
        assertEquals(
                chosen.arithmetic().plan(),
                fitter.fit(trip, Progress.NONE, Cancellation.never()).arithmetic().plan(),
                "what was fixed is forgotten again");
        refuse(
                ChannelExponents.fix(trip, 1, Site.MLP_HIDDEN, 44, 0),
                "overrides: channel_exponents at layer 1, MLP_HIDDEN, names channel 44: there are"
                        + " channels 0…43");
        refuse(
                ChannelExponents.fix(trip, 1, Site.MLP_HIDDEN, 4, 5),
                "overrides: channel_exponents at layer 1, MLP_HIDDEN, gives channel 4 exponent 5:"
                        + " TRIP may give [0, 1, 2, 3] there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantizing weights", "packing weights", "calibrating"})
    void stopsWhenCancelled(String where) {
        Cancellation cancellation = new Cancellation();
        List<String> steps = new ArrayList<>();
        Progress progress =
                (step, done, total) -> {
                    assertTrue(0 <= done && done <= total && total >= 1);
                    if (cancellation.isCancelled()) {
                        steps.add(step);
                    } else if (step.equals(where)) {
                        cancellation.cancel();
                    }
                };
        assertThrows(
                CancellationException.class,
                () -> fitter.fit(Preset.forLayers(3).get(3).recipe(), progress, cancellation));
        assertEquals(List.of(), steps, "nothing more was begun");
        // What was dropped half-way must not be taken for whole later.
        int[] ids = ids(20, 4);
        assertArrayEquals(
                run(
                        fitter().fit(
                                        Preset.forLayers(3).get(3).recipe(),
                                        Progress.NONE,
                                        Cancellation.never()),
                        ids),
                run(fit(Preset.forLayers(3).get(3).recipe()), ids));
    }

    private void refuse(Recipe recipe, String message) {
        assertEquals(message, assertThrows(UserException.class, () -> fit(recipe)).getMessage());
    }

    private TunedModel fit(Recipe recipe) {
        return fitter.fit(recipe, Progress.NONE, Cancellation.never());
    }

    private static RecipeFitter fitter() {
        return new RecipeFitter(
                model,
                KERNELS,
                floats,
                new Calibration("random", List.of(ids(40, 1), ids(40, 2), ids(40, 3))));
    }

    private static float[] run(TunedModel tuned, int[] ids) {
        return tuned.decoder()
                .run(ids, null, tuned.recipe().pruning().pruner(), Probe.NONE, Cancellation.never())
                .hidden()
                .data();
    }

    private static Matrix logits(Decoder decoder, int[] ids) {
        Decoder.Pass pass = decoder.run(ids, Cancellation.never());
        return decoder.logits(pass.hidden(), 0, ids.length);
    }

    private static double squaredDifference(Matrix a, Matrix b) {
        double sum = 0;
        for (int i = 0; i < a.data().length; i++) {
            double difference = (double) a.data()[i] - b.data()[i];
            sum += difference * difference;
        }
        return sum;
    }

    /** Mean loss of the next token in nats. */
    private static double loss(Matrix logits, int[] ids) {
        double total = 0;
        for (int t = 0; t + 1 < ids.length; t++) {
            double sum = 0;
            for (int v = 0; v < logits.columns(); v++) {
                sum += Math.exp(logits.get(t, v));
            }
            total += Math.log(sum) - logits.get(t, ids[t + 1]);
        }
        return total / (ids.length - 1);
    }

    private static int[] ids(int count, long seed) {
        Random random = new Random(seed);
        int[] ids = new int[count];
        for (int t = 0; t < count; t++) {
            ids[t] = t == 0 ? TinyModels.START : random.nextInt(256);
        }
        return ids;
    }
}
