package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.AwqRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** AWQ on whole models: what is searched and clipped, reuse, resume, overrides. */
class AwqFitterTest {
    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final WeightRecipe AWQ = new WeightRecipe(WeightMethod.AWQ, 4, 12, false);
    private static final Calibration CALIBRATION =
            new Calibration("random ids", List.of(ids(40, 8), ids(25, 9)));

    @TempDir private Path folder;
    private Model model;

    @AfterEach
    void close() {
        model.close();
    }

    private void open(TinyFamily family) {
        model = Model.open(Checkpoints.open(family.write(folder)));
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 256).toArray();
    }

    private AwqFitter fitter(Optional<WorkFolder> work) {
        return new AwqFitter(
                model, KERNELS, FloatDecoders.numerics(model, KERNELS), CALIBRATION, work);
    }

    private FittedWeights fit(Recipe recipe) {
        return fitter(Optional.empty()).fit(recipe, Progress.NONE, Cancellation.never());
    }

    private static Recipe recipe(WeightRecipe weights) {
        return Recipe.FLOAT.withWeights(weights);
    }

    private static float[] logits(Model model, FittedWeights fitted, int[] ids) {
        // The folded model in float, whatever was quantized.
        Decoder decoder = new Decoder(model, KERNELS, fitted.floats());
        return decoder.logits(decoder.run(ids, Cancellation.never()).hidden(), 0, ids.length)
                .data();
    }

    @ParameterizedTest
    @EnumSource
    void quantizesEveryFormAndKeepsTheFloatModel(TinyFamily family) {
        open(family);
        FittedWeights fitted = fit(recipe(AWQ));
        for (Map<LinearRole, QuantizedWeight> layer : fitted.layers()) {
            assertEquals(model.config().roles().size(), layer.size());
        }
        int[] ids = ids(20, 1);
        float[] before =
                logits(
                        model,
                        new FittedWeights(model, FloatDecoders.numerics(model, KERNELS), List.of()),
                        ids);
        float[] after = logits(fitted.model(), fitted, ids);
        for (int i = 0; i < before.length; i++) {
            assertEquals(before[i], after[i], 2e-4 * (1 + Math.abs(before[i])));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LLAMA, ATTN_INPUT MLP_INPUT MLP_HIDDEN, 5",
        "OPT, ATTN_INPUT ATTN_OUTPUT MLP_INPUT MLP_HIDDEN, 4",
        "OPT_POST, ATTN_OUTPUT MLP_HIDDEN, 4",
        "OPT_BARE, ATTN_OUTPUT MLP_HIDDEN, 4",
        "BLOOM, ATTN_INPUT MLP_INPUT MLP_HIDDEN, 3",
        "BLOOM_NORMED_RESIDUAL, MLP_HIDDEN, 3"
    })
    void searchesAndClipsWhatThePapersCodeDoes(TinyFamily family, String sites, int clipped) {
        open(family);
        Decoder decoder = FloatDecoders.of(model, KERNELS);
        AwqLayer.Fit fit =
                AwqLayer.fit(
                        decoder,
                        0,
                        recipe(AWQ),
                        List.of(decoder.embed(ids(30, 2))),
                        _ -> {},
                        Cancellation.never());
        assertEquals(
                Arrays.stream(sites.split(" ")).map(Site::valueOf).toList(),
                List.copyOf(fit.searches().keySet()));
        assertEquals(clipped, fit.thresholds().size());
        assertTrue(!fit.thresholds().containsKey(LinearRole.QUERY));
        assertTrue(!fit.thresholds().containsKey(LinearRole.KEY));
    }

    /** Without its searches AWQ is its quantizer alone; what is left of them is in force. */
    @Test
    void searchesCanBeLeftOut() {
        open(TinyFamily.OPT);
        FittedWeights plain = fit(recipe(AWQ.withAwq(new AwqRecipe(false, false))));
        assertSame(model, plain.model());
        FittedWeights scaled = fit(recipe(AWQ.withAwq(new AwqRecipe(true, false))));
        FittedWeights clipped = fit(recipe(AWQ.withAwq(new AwqRecipe(false, true))));
        assertSame(model, clipped.model());
        for (FittedWeights other : List.of(scaled, clipped)) {
            assertTrue(!Arrays.equals(codes(plain, LinearRole.UP), codes(other, LinearRole.UP)));
        }
        assertArrayEquals(codes(plain, LinearRole.KEY), codes(clipped, LinearRole.KEY));
    }

    private static byte[] codes(FittedWeights fitted, LinearRole role) {
        return fitted.layers().get(1).get(role).codes();
    }

    @ParameterizedTest
    @CsvSource({"3, -1, false", "8, 32, false", "2, 5, false", "4, 12, true"})
    void bitsGroupsAndSymmetryAreTheRecipes(int bits, int group, boolean symmetric) {
        open(TinyFamily.LLAMA);
        FittedWeights fitted =
                fit(recipe(new WeightRecipe(WeightMethod.AWQ, bits, group, symmetric)));
        QuantizedWeight down = fitted.layers().get(3).get(LinearRole.DOWN);
        assertEquals(bits, down.bits());
        assertEquals(group < 0 ? 1 : Math.ceilDiv(40, group), down.groups());
        if (symmetric) {
            assertTrue(Arrays.stream(down.zeros()).allMatch(zero -> zero == 8));
        }
    }

    @Test
    void overridesHoldAtTheirPlaces() {
        open(TinyFamily.LLAMA);
        SiteOverride none = override(1, Site.MLP_HIDDEN, WeightMethod.NONE, 4);
        SiteOverride plain = override(2, Site.ATTN_INPUT, WeightMethod.RTN, 8);
        SiteOverride wide = override(3, Site.MLP_INPUT, WeightMethod.AWQ, 6);
        FittedWeights fitted = fit(recipe(AWQ).withOverrides(List.of(none, plain, wide)));
        assertNull(fitted.layers().get(1).get(LinearRole.DOWN));
        assertEquals(8, fitted.layers().get(2).get(LinearRole.KEY).bits());
        assertEquals(6, fitted.layers().get(3).get(LinearRole.GATE).bits());
        assertEquals(4, fitted.layers().get(3).get(LinearRole.DOWN).bits());
        int[] ids = ids(12, 3);
        assertEquals(
                ids.length * model.config().vocabularySize(),
                logits(fitted.model(), fitted, ids).length);
        SiteOverride gptq = override(0, Site.ATTN_INPUT, WeightMethod.GPTQ, 4);
        Recipe mixed = recipe(AWQ).withOverrides(List.of(gptq));
        String line = assertThrows(UserException.class, () -> fit(mixed)).getMessage();
        assertEquals(
                "overrides: layer 0, ATTN_INPUT: weights.method gptq inside an AWQ recipe is not"
                        + " possible: use rtn or none there",
                line);
    }

    private static SiteOverride override(int layer, Site site, WeightMethod method, int bits) {
        return new SiteOverride(
                new TreeSet<>(Set.of(layer)),
                Set.of(site),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(method),
                Optional.of(bits),
                Optional.empty(),
                Optional.empty());
    }

    /** Planted channels are a thousand times as loud: plain rounding loses the others. */
    @ParameterizedTest
    @CsvSource({"LLAMA", "OPT", "BLOOM"})
    void plantedOutliersAreNoHarm(TinyFamily family) {
        open(family);
        Planting planting =
                new Planting(
                        64,
                        new TreeSet<>(Set.of(3, 17, 30)),
                        new TreeSet<>(Set.of(0, 1, 2, 3)),
                        List.of(Site.ATTN_INPUT, Site.MLP_INPUT));
        Model planted = model.plant(planting);
        double plain = cost(planted, WeightMethod.RTN);
        double awq = cost(planted, WeightMethod.AWQ);
        assertTrue(awq < 0.5 * plain, "%s of %s is left".formatted(awq, plain));
    }

    private double cost(Model planted, WeightMethod method) {
        FloatNumerics floats = FloatDecoders.numerics(planted, KERNELS);
        var fitter = new RecipeFitter(planted, KERNELS, floats, CALIBRATION);
        int[] ids = ids(40, 5);
        Decoder tuned =
                fitter.fit(recipe(AWQ.withMethod(method)), Progress.NONE, Cancellation.never())
                        .decoder();
        float[] expected = run(new Decoder(planted, KERNELS, floats), ids);
        float[] actual = run(tuned, ids);
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.pow(expected[i] - actual[i], 2);
        }
        return sum;
    }

    private static float[] run(Decoder decoder, int[] ids) {
        return decoder.logits(decoder.run(ids, Cancellation.never()).hidden(), 0, ids.length)
                .data();
    }

    @Test
    void oneTokenIsEnough() {
        open(TinyFamily.BLOOM);
        var one = new Calibration("one", List.of(new int[] {7}));
        FittedWeights fitted =
                new AwqFitter(
                                model,
                                KERNELS,
                                FloatDecoders.numerics(model, KERNELS),
                                one,
                                Optional.empty())
                        .fit(recipe(AWQ), Progress.NONE, Cancellation.never());
        for (float value : logits(fitted.model(), fitted, ids(9, 1))) {
            assertTrue(Float.isFinite(value));
        }
    }

    @Test
    void theSameRecipeIsFittedOnce() {
        open(TinyFamily.OPT);
        AwqFitter fitter = fitter(Optional.empty());
        FittedWeights first = fitter.fit(recipe(AWQ), Progress.NONE, Cancellation.never());
        assertSame(first, fitter.fit(recipe(AWQ), Progress.NONE, Cancellation.never()));
        SiteOverride wide = override(2, Site.MLP_INPUT, WeightMethod.AWQ, 6);
        SortedSet<Long> fitted = new TreeSet<>();
        FittedWeights other =
                fitter.fit(
                        recipe(AWQ).withOverrides(List.of(wide)),
                        (_, done, _) -> fitted.add(done),
                        Cancellation.never());
        assertEquals(Set.of(2L, 4L), fitted, "only the layer that differs");
        assertSame(
                first.layers().get(1).get(LinearRole.UP), other.layers().get(1).get(LinearRole.UP));
        assertSameWeights(fit(recipe(AWQ).withOverrides(List.of(wide))), other);
    }

    /** A killed run leaves its finished layers; damaged ones are done again. */
    @ParameterizedTest
    @CsvSource({"OPT, false", "BLOOM, false", "LLAMA, true"})
    void aRunThatWasCutShortGoesOn(TinyFamily family, boolean damage) throws Exception {
        open(Files.createDirectory(folder.resolve("model")), family);
        WorkFolder work = new WorkFolder(Files.createDirectory(folder.resolve("work")));
        Cancellation cancellation = new Cancellation();
        assertThrows(
                CancellationException.class,
                () ->
                        fitter(Optional.of(work))
                                .fit(
                                        recipe(AWQ),
                                        (_, done, _) -> {
                                            if (done == 3) {
                                                cancellation.cancel();
                                            }
                                        },
                                        cancellation));
        BlockStore store = fitter(Optional.of(work)).store(recipe(AWQ));
        assertTrue(store.read(2).isPresent());
        assertTrue(store.read(3).isEmpty());
        if (damage) {
            Block block = store.read(1).orElseThrow();
            store.write(1, block.with("scales.MLP_HIDDEN", new float[] {1}));
        }
        List<Integer> written = new ArrayList<>();
        FittedWeights resumed =
                new AwqFitter(
                                model,
                                KERNELS,
                                FloatDecoders.numerics(model, KERNELS),
                                CALIBRATION,
                                Optional.of(work))
                        .fit(recipe(AWQ), Progress.NONE, Cancellation.never());
        for (int layer = 0; layer < 4; layer++) {
            if (store.read(layer).isPresent()) {
                written.add(layer);
            }
        }
        assertEquals(List.of(0, 1, 2, 3), written);
        assertSameWeights(fit(recipe(AWQ)), resumed);
        int[] ids = ids(15, 4);
        FittedWeights whole = fit(recipe(AWQ));
        assertArrayEquals(logits(whole.model(), whole, ids), logits(resumed.model(), resumed, ids));
        // Another recipe is another work.
        assertNotEquals(
                List.of(true),
                List.of(
                        fitter(Optional.of(work))
                                .store(recipe(AWQ.withBits(3)))
                                .read(0)
                                .isPresent()));
    }

    /** A full or read-only cache costs the way back after a kill, not the result. */
    @Test
    void layersThatCannotBeKeptAreUsedAllTheSame() throws Exception {
        open(Files.createDirectory(folder.resolve("model")), TinyFamily.OPT);
        Path place = Files.createDirectory(folder.resolve("work"));
        Files.createFile(place.resolve(WorkFolder.key(model, KERNELS, recipe(AWQ), CALIBRATION)));
        List<String> said = new ArrayList<>();
        FittedWeights fitted =
                fitter(Optional.of(new WorkFolder(place)))
                        .fit(recipe(AWQ), (step, _, _) -> said.add(step), Cancellation.never());
        assertSameWeights(fit(recipe(AWQ)), fitted);
        assertEquals(
                model.config().layers(),
                said.stream().filter(step -> step.contains("cannot be kept")).count());
    }

    private void open(Path place, TinyFamily family) {
        model = Model.open(Checkpoints.open(family.write(place)));
    }

    private static void assertSameWeights(FittedWeights expected, FittedWeights actual) {
        for (int layer = 0; layer < expected.layers().size(); layer++) {
            var weights = actual.layers().get(layer);
            expected.layers()
                    .get(layer)
                    .forEach(
                            (role, weight) -> {
                                assertArrayEquals(weight.codes(), weights.get(role).codes());
                                assertArrayEquals(weight.scales(), weights.get(role).scales());
                                assertArrayEquals(weight.zeros(), weights.get(role).zeros());
                            });
        }
    }
}
