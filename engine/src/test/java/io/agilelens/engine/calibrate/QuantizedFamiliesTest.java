package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.KeyValueCache;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenMarks;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.ActivationQuantizer;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantization, simulated and executed, on every form of decoder. */
@ParameterizedClass
@EnumSource(TinyFamily.class)
class QuantizedFamiliesTest {
    /** Scalar, so that the same numbers come out bit by bit however warm the JVM is. */
    private static final Kernels KERNELS = KernelProvider.of(0);

    private final TinyFamily family;

    @TempDir private Path folder;
    private Model model;
    private FloatNumerics floats;

    QuantizedFamiliesTest(TinyFamily family) {
        this.family = family;
    }

    @BeforeEach
    void open() {
        model = Model.open(Checkpoints.open(family.write(folder)));
        floats = FloatDecoders.numerics(model, KERNELS);
    }

    @AfterEach
    void close() {
        model.close();
    }

    /** Codes at a rounding boundary flip now and then; that must cost far less than the codes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":12},\"activations\":{\"method\":\"trip\",\"bits\":8},\"softmax\":{\"method\":\"log2\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":-1},\"activations\":{\"method\":\"trip\",\"bits\":4},\"softmax\":{\"method\":\"log2\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":8,\"group\":12},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"token\"}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":12},\"activations\":{\"method\":\"trip\",\"bits\":8,\"exponents\":[0,1,2,6]}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":12},\"activations\":{\"method\":\"trip\",\"bits\":4,\"granularity\":\"token\"},\"softmax\":{\"method\":\"log2\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":8},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"symmetric\":false}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"uniform\",\"bits\":4,\"granularity\":\"token\",\"symmetric\":false}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"trip\",\"bits\":8},\"cache\":{\"method\":\"uniform\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"trip\",\"bits\":8},\"softmax\":{\"method\":\"log2\",\"bits\":4},\"pruning\":{\"beta\":0.6,\"layers\":[0,2],\"action\":\"lower-bits\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"token\"},\"pruning\":{\"beta\":0.6,\"layers\":[0,2],\"action\":\"lower-bits\",\"bits\":3}}",
                "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":12,\"gptq\":{\"act_order\":true}},\"activations\":{\"method\":\"trip\",\"bits\":4}}",
                "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":8,\"gptq\":{\"act_order\":true}},\"activations\":{\"method\":\"trip\",\"bits\":8}}",
                "{\"weights\":{\"method\":\"gptq\",\"bits\":8,\"group\":12,\"gptq\":{\"act_order\":true}},\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"token\"}}"
            })
    void executionIsSimulation(String json) {
        Recipe recipe = RecipeJson.parse(json, "test");
        Decoder simulated = fit(recipe).decoder();
        Decoder executed = fit(recipe.withExecution(Execution.EXECUTED)).decoder();
        Decoder reference = new Decoder(model, KERNELS, floats);
        double flips = 0;
        double quantization = 0;
        for (int sequence = 0; sequence < 4; sequence++) {
            int[] ids = ids(40, sequence);
            float[] expected = logits(simulated, ids);
            flips += squaredDifference(expected, logits(executed, ids));
            quantization += squaredDifference(expected, logits(reference, ids));
        }
        assertTrue(quantization > 0);
        assertTrue(
                flips <= 0.1 * quantization,
                "execution differs by %.2g of what quantization costs"
                        .formatted(flips / quantization));
    }

    @Test
    void everyLinearAndSiteIsQuantized() {
        Recipe recipe =
                RecipeJson.parse(
                        "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"activations\":{\"method\":\"trip\",\"bits\":8},\"pruning\":{\"beta\":0.4,\"layers\":[1,2],\"positions\":\"original\"}}",
                        "test");
        TunedModel tuned = fit(recipe);
        for (var layer : tuned.plan().layers()) {
            assertEquals(
                    model.config().roles(), layer.weights().keySet().stream().sorted().toList());
            assertEquals(Site.values().length - 1, layer.activations().size());
        }
        List<Integer> alive = new ArrayList<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void pruned(int layer, float[] scores, int[] kept) {
                        alive.add(kept.length);
                    }
                };
        Decoder.Pass pass =
                tuned.decoder()
                        .run(
                                ids(50, 1),
                                null,
                                recipe.pruning().pruner(),
                                probe,
                                Cancellation.never());
        assertEquals(2, alive.size());
        assertEquals(alive.getLast(), pass.survivors().length);
    }

    /**
     * The published code's second mode: marks are ranked by each layer and inherited by the rest.
     */
    @Test
    void unimportantTokensStayWithFewerBits() {
        Recipe plain =
                RecipeJson.parse(
                        "{\"activations\":{\"method\":\"uniform\",\"bits\":8,\"granularity\":\"channel\"}}",
                        "test");
        Recipe recipe =
                plain.withPruning(
                        new PruningRecipe(
                                0.5,
                                new TreeSet<>(List.of(1, 2)),
                                TokenScore.START,
                                false,
                                PruningAction.LOWER_BITS,
                                4));
        TunedModel tuned = fit(recipe);
        int[] ids = ids(41, 3);
        Marked seen = new Marked(tuned);
        Decoder.Pass pass =
                tuned.decoder()
                        .run(ids, null, recipe.pruning().pruner(), seen, Cancellation.never());
        assertEquals(ids.length, pass.survivors().length, "nobody leaves");
        int share = recipe.pruning().schedule().removals(1, ids.length);
        assertEquals((int) (41 * (1 - Math.sqrt(0.5))), share);
        assertEquals(share, seen.marks.get(1).count());
        for (int t = 0; t < ids.length; t++) {
            if (seen.marks.get(1).isMarked(t)) {
                assertTrue(seen.marks.get(2).isMarked(t), "a mark is inherited");
            }
        }
        assertEquals(3 * (TinyFamily.LAYERS - 1), seen.compared);
        float[] unmarked =
                logits(new Decoder(model, KERNELS, fit(plain).decoder().numerics()), ids);
        assertTrue(squaredDifference(unmarked, logits(tuned.decoder(), ids)) == 0);
    }

    /** Compares each marked token with its own quantizer, every other with the site's. */
    private static final class Marked implements Probe {
        private final TunedModel tuned;
        private final Map<Integer, TokenMarks> marks = new HashMap<>();
        private TokenMarks now = TokenMarks.NONE;
        private int compared;

        Marked(TunedModel tuned) {
            this.tuned = tuned;
        }

        @Override
        public void pruned(int layer, float[] scores, int[] kept) {
            throw new AssertionError("tokens left");
        }

        @Override
        public void marked(int layer, float[] scores, int[] unmarked, TokenMarks marked) {
            now = marked;
            marks.put(layer, marked);
            float largestMarked = Float.NEGATIVE_INFINITY;
            float smallestUnmarked = Float.POSITIVE_INFINITY;
            boolean[] isUnmarked = new boolean[scores.length];
            for (int token : unmarked) {
                isUnmarked[token] = true;
                smallestUnmarked = Math.min(smallestUnmarked, scores[token]);
            }
            for (int t = 0; t < scores.length; t++) {
                if (!isUnmarked[t]) {
                    largestMarked = Math.max(largestMarked, scores[t]);
                }
            }
            assertTrue(largestMarked <= smallestUnmarked);
        }

        @Override
        public void activation(int layer, Site site, Matrix before, Activation after) {
            var plan = tuned.plan().layers().get(layer);
            ActivationQuantizer coarse = plan.markedActivations().get(site);
            assertEquals(
                    layer >= 1
                            && (site == Site.ATTN_OUTPUT
                                    || site == Site.MLP_INPUT
                                    || site == Site.MLP_HIDDEN),
                    coarse != null);
            if (coarse == null) {
                return;
            }
            compared++;
            assertEquals(4, coarse.range().bits());
            Matrix fine =
                    plan.activations()
                            .get(site)
                            .simulate(KernelProvider.current().kernels(), before);
            Matrix low = coarse.simulate(KernelProvider.current().kernels(), before);
            for (int t = 0; t < before.rows(); t++) {
                Matrix expected = now.isMarked(t) ? low : fine;
                for (int c = 0; c < before.columns(); c++) {
                    assertEquals(expected.get(t, c), after.values().get(t, c));
                }
            }
        }
    }

    /** The values of a Log2 softmax are integers of the head that they belong to. */
    @ParameterizedTest
    @EnumSource(Execution.class)
    void tokensDecodedOneByOneGiveWhatAWholePassGives(Execution execution) {
        Recipe recipe =
                RecipeJson.parse(
                                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":12},\"activations\":{\"method\":\"trip\",\"bits\":8},\"softmax\":{\"method\":\"log2\",\"bits\":4}}",
                                "test")
                        .withExecution(execution);
        Decoder decoder = fit(recipe).decoder();
        int[] ids = ids(20, 4);
        float[] whole = decoder.run(ids, Cancellation.never()).hidden().data();
        KeyValueCache cache = decoder.cache();
        float[] pieces = new float[whole.length];
        for (int from = 0; from < ids.length; ) {
            int count = from == 0 ? 13 : 1;
            int[] part = Arrays.copyOfRange(ids, from, from + count);
            Decoder.Pass pass =
                    decoder.run(part, cache, TokenPruner.NONE, Probe.NONE, Cancellation.never());
            float[] hidden = pass.hidden().data();
            System.arraycopy(hidden, 0, pieces, from * pass.hidden().columns(), hidden.length);
            from += count;
        }
        // Sums in another order flip a code at a rounding boundary now and then.
        double flips = squaredDifference(whole, pieces);
        double all = squaredDifference(whole, new float[whole.length]);
        assertTrue(flips <= 0.01 * all, "piece by piece differs by %.2g".formatted(flips / all));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void aQuantizedCacheGivesWhatAWholePassGives(int bits) {
        var config = model.config();
        long row = config.keyValueHeads() * (5L + (config.headDimension() * bits + 7) / 8);
        givesWhatAWholePassGives(new CacheRecipe(CacheMethod.UNIFORM, bits), row);
    }

    @Test
    void aCacheInHalfPrecisionGivesWhatAWholePassGives() {
        givesWhatAWholePassGives(CacheRecipe.HALF, 2L * model.config().keyValueWidth());
    }

    /** Eleven bits of mantissa are more than eight of a code in all, whatever lies in a head. */
    @Test
    void aCacheInHalfPrecisionLosesLessThanOneOfEightBits() {
        int[] ids = ids(30, 4);
        float[] exact = logits(new Decoder(model, KERNELS, floats), ids);
        double half = squaredDifference(exact, logits(kept(CacheMethod.HALF), ids));
        double eight = squaredDifference(exact, logits(kept(CacheMethod.UNIFORM), ids));
        assertTrue(half > 0);
        assertTrue(half < eight / 8, "%.2g, not much less than %.2g".formatted(half, eight));
    }

    private Decoder kept(CacheMethod method) {
        return fit(Recipe.FLOAT.withCache(new CacheRecipe(method, 8))).decoder();
    }

    /**
     * @param row bytes of one token's keys or values in a layer
     */
    private void givesWhatAWholePassGives(CacheRecipe kept, long row) {
        Recipe recipe = Recipe.FLOAT.withCache(kept);
        Decoder decoder = fit(recipe).decoder();
        Decoder reference = new Decoder(model, KERNELS, floats);
        int[] ids = ids(30, 4);
        Matrix whole = decoder.run(ids, Cancellation.never()).hidden();
        KeyValueCache cache = decoder.cache();
        KeyValueCache plain = reference.cache();
        for (int from = 0; from < ids.length; ) {
            int count = from == 0 ? 11 : 1;
            int[] part = Arrays.copyOfRange(ids, from, from + count);
            Decoder.Pass pass =
                    decoder.run(part, cache, TokenPruner.NONE, Probe.NONE, Cancellation.never());
            reference.run(part, plain, TokenPruner.NONE, Probe.NONE, Cancellation.never());
            assertArrayEquals(
                    Arrays.copyOfRange(
                            whole.data(), whole.offset(from), whole.offset(from + count)),
                    pass.hidden().data(),
                    "from token " + from);
            from += count;
        }
        assertTrue(
                squaredDifference(
                                whole.data(),
                                reference.run(ids, Cancellation.never()).hidden().data())
                        > 0);
        var config = model.config();
        assertEquals(2L * 30 * config.layers() * row, cache.bytes());
        assertEquals(2L * 30 * config.layers() * 4 * config.keyValueWidth(), plain.bytes());
    }

    @Test
    void oneTokenIsEnough() {
        for (String json :
                List.of(
                        "{\"activations\":{\"method\":\"uniform\",\"symmetric\":false,\"granularity\":\"token\"},\"cache\":{\"method\":\"uniform\",\"bits\":4},\"pruning\":{\"beta\":0.5,\"layers\":[0],\"action\":\"lower-bits\"}}",
                        "{\"activations\":{\"method\":\"trip\",\"exponents\":[2,7],\"granularity\":\"token\"}}")) {
            Recipe recipe = RecipeJson.parse(json, "test");
            var calibration = new Calibration("one token", List.of(new int[] {7}));
            TunedModel tuned =
                    new RecipeFitter(model, KERNELS, floats, calibration)
                            .fit(recipe, Progress.NONE, Cancellation.never());
            for (float logit : logits(tuned.decoder(), new int[] {7})) {
                assertTrue(Float.isFinite(logit));
            }
        }
    }

    private TunedModel fit(Recipe recipe) {
        var calibration = new Calibration("random ids", List.of(ids(60, 8), ids(60, 9)));
        return new RecipeFitter(model, KERNELS, floats, calibration)
                .fit(recipe, Progress.NONE, Cancellation.never());
    }

    private static float[] logits(Decoder decoder, int[] ids) {
        Decoder.Pass pass = decoder.run(ids, Cancellation.never());
        return decoder.logits(pass.hidden(), 0, ids.length).data();
    }

    private static double squaredDifference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return sum;
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 256).toArray();
    }
}
