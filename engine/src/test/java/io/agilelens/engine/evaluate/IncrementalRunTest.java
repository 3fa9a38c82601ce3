package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.KeptPasses;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.PassState;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is kept from one recipe to the next changes no bit of the result: random sequences of
 * changes, some of them cut short, against fitting and running everything anew.
 */
class IncrementalRunTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();
    private static final int CHANGES = 24;
    private static final int TOKENS = 40;

    @TempDir private Path folder;

    /** Memory for every layer, for some and for none. */
    @ParameterizedTest
    @CsvSource({
        "LLAMA, 10000000, 1",
        "LLAMA, 40000, 2",
        "LLAMA, 0, 3",
        "OPT, 10000000, 4",
        "OPT, 40000, 5",
        "BLOOM, 10000000, 6",
        "BLOOM, 40000, 7"
    })
    void startingAtTheFirstChangedLayerIsStartingAnew(TinyFamily family, long bytes, long seed) {
        try (Model model = Model.open(Checkpoints.open(family.write(folder)))) {
            new Story(model, bytes, new Random(seed)).run();
        }
    }

    @Test
    void aChangeOfTheSoftmaxLeavesWeightsAndRangesAlone() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            Story story = new Story(model, 1 << 20, new Random(1));
            TunedModel before =
                    story.fit(
                            story.kept,
                            recipe(WEIGHTS, ",\"softmax\":{\"method\":\"log2\",\"bits\":4}"));
            TunedModel after =
                    story.fit(
                            story.kept,
                            recipe(WEIGHTS, ",\"softmax\":{\"method\":\"log2\",\"bits\":3}"));
            for (int layer = 0; layer < TinyFamily.LAYERS; layer++) {
                assertEquals(
                        before.plan().layers().get(layer).activations(),
                        after.plan().layers().get(layer).activations());
                for (var role : model.config().roles()) {
                    assertTrue(
                            before.decoder().numerics().linear(layer, role)
                                    == after.decoder().numerics().linear(layer, role),
                            "packed once");
                }
            }
            assertEquals(0, before.arithmetic().firstDifference(after.arithmetic()));
        }
    }

    @Test
    void theFirstChangedLayerIsFoundInThePlans() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            Story story = new Story(model, 1 << 20, new Random(1));
            assertEquals(2, difference(story, override(2, "\"weights\":{\"bits\":3}")));
            assertEquals(1, difference(story, override(1, "\"activations\":{\"bits\":5}")));
            assertEquals(3, difference(story, ",\"pruning\":{\"beta\":0.4,\"layers\":[3]}"));
            assertEquals(TinyFamily.LAYERS, difference(story, ",\"head\":{\"method\":\"rtn\"}"));
            assertEquals(
                    TinyFamily.LAYERS + 1,
                    difference(story, override(1, "\"weights\":{\"bits\":4}")),
                    "another text, the same plan");
        }
    }

    private static final String WEIGHTS =
            "\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":12},\"activations\":{\"method\":\"trip\",\"bits\":8}";

    private static int difference(Story story, String change) {
        TunedModel base = story.fit(story.kept, recipe(WEIGHTS, ""));
        TunedModel changed = story.fit(story.kept, recipe(WEIGHTS, change));
        return base.arithmetic().firstDifference(changed.arithmetic());
    }

    private static String override(int layer, String change) {
        return ",\"overrides\":[{\"layers\":[%d],\"sites\":[\"MLP_INPUT\"],%s}]"
                .formatted(layer, change);
    }

    private static Recipe recipe(String first, String rest) {
        return RecipeJson.parse("{" + first + rest + "}", "test");
    }

    /** A person at the controls. */
    private static final class Story {
        private final Model model;
        private final Random random;
        private final FloatNumerics floats;
        private final Calibration calibration;
        private final RecipeFitter kept;
        private final int[] window;
        private final KeptPasses passes;
        private final RepeatedAnalysis pictures;

        private TunedModel.Arithmetic before;

        Story(Model model, long bytes, Random random) {
            this.model = model;
            this.random = random;
            this.floats = FloatDecoders.numerics(model, KERNELS);
            this.calibration =
                    new Calibration("test", List.of(ids(TOKENS), ids(TOKENS), ids(TOKENS / 2)));
            this.kept = RecipeFitter.remembering(model, KERNELS, floats, calibration, bytes);
            this.window = ids(TOKENS);
            this.passes = new KeptPasses(model.config(), 1, TOKENS, bytes);
            this.pictures = new RepeatedAnalysis(model.config(), window, bytes);
        }

        private int[] ids(int count) {
            return random.ints(count, 0, 256).toArray();
        }

        TunedModel fit(RecipeFitter fitter, Recipe recipe) {
            return fitter.fit(recipe, Progress.NONE, Cancellation.never());
        }

        void run() {
            for (int change = 0; change < CHANGES; change++) {
                if (random.nextInt(4) == 0) {
                    beginAndCancel(randomRecipe());
                }
                Recipe recipe = randomRecipe();
                TunedModel tuned = fit(kept, recipe);
                become(tuned);
                int detail = random.nextInt(TinyFamily.LAYERS);
                WindowAnalysis analysis = analysis(tuned, detail);
                Decoder.Pass pass = pass(tuned);

                TunedModel anew =
                        fit(new RecipeFitter(model, KERNELS, floats, calibration), recipe);
                TokenPruner pruner = recipe.pruning().pruner();
                String what = "change " + change + ": " + recipe.summary();
                Decoder.Pass expected =
                        anew.decoder().run(window, null, pruner, Probe.NONE, Cancellation.never());
                assertArrayEquals(expected.survivors(), pass.survivors(), what);
                assertSame(expected.hidden(), pass.hidden(), what);
                assertSame(
                        WindowAnalyzer.analyze(
                                anew.decoder(), pruner, window, detail, Cancellation.never()),
                        analysis,
                        what);
            }
        }

        private void become(TunedModel tuned) {
            int first = before == null ? 0 : before.firstDifference(tuned.arithmetic());
            before = tuned.arithmetic();
            passes.changed(first);
            pictures.changed(first);
        }

        /** What was done before a newer wish came must do no harm. */
        private void beginAndCancel(Recipe recipe) {
            Cancellation cancellation = new Cancellation();
            int steps = random.nextInt(12);
            int[] reported = {0};
            try {
                TunedModel tuned =
                        kept.fit(
                                recipe,
                                (step, done, total) -> {
                                    if (reported[0]++ == steps) {
                                        cancellation.cancel();
                                    }
                                },
                                cancellation);
                become(tuned);
                analyze(tuned, 1, cancellation);
            } catch (CancellationException expected) {
                // The next recipe follows.
            }
        }

        private WindowAnalysis analysis(TunedModel tuned, int detail) {
            return analyze(tuned, detail, Cancellation.never());
        }

        private WindowAnalysis analyze(TunedModel tuned, int detail, Cancellation cancellation) {
            TokenPruner pruner = tuned.recipe().pruning().pruner();
            return pictures.analyze(
                    tuned.decoder(),
                    pruner,
                    detail,
                    pass ->
                            PerplexityEvaluator.of(tuned.decoder(), pruner)
                                    .score(window, 0, pass, cancellation),
                    cancellation);
        }

        private Decoder.Pass pass(TunedModel tuned) {
            PassState start = passes.start(tuned.decoder(), 0, window, TinyFamily.LAYERS);
            return tuned.decoder()
                    .end(
                            passes.advance(
                                    tuned.decoder(),
                                    0,
                                    start,
                                    TinyFamily.LAYERS,
                                    tuned.recipe().pruning().pruner(),
                                    Probe.NONE,
                                    Cancellation.never()));
        }

        /** Mostly one of a few settings of each control, so that neighbours share much. */
        private Recipe randomRecipe() {
            String weights =
                    "\"weights\":{\"method\":\"%s\",\"bits\":%d,\"group\":12}"
                            .formatted(pick("rtn", "rtn", "rtn", "gptq"), 3 + random.nextInt(2));
            String activations =
                    pick(
                            "",
                            ",\"activations\":{\"method\":\"trip\",\"bits\":8}",
                            ",\"activations\":{\"method\":\"trip\",\"bits\":6,\"granularity\":\"token\"}",
                            ",\"activations\":{\"method\":\"uniform\",\"bits\":8}");
            boolean quantized = !activations.isEmpty();
            String softmax =
                    pick(
                            "",
                            ",\"softmax\":{\"method\":\"log2\",\"bits\":4}",
                            ",\"softmax\":{\"method\":\"uniform\",\"bits\":5}");
            String head =
                    pick(
                            "",
                            "",
                            ",\"head\":{\"method\":\"rtn\",\"bits\":8,\"group\":12}",
                            ",\"head\":{\"method\":\"rtn\",\"bits\":3,\"group\":-1}");
            String cache = pick("", "", "", ",\"cache\":{\"method\":\"uniform\",\"bits\":6}");
            String pruning =
                    pick(
                            "",
                            "",
                            ",\"pruning\":{\"beta\":0.4,\"layers\":[1,3]}",
                            ",\"pruning\":{\"beta\":0.4,\"layers\":[3]}",
                            ",\"pruning\":{\"beta\":0.5,\"layers\":[2],\"positions\":\"original\"}",
                            quantized
                                    ? ",\"pruning\":{\"beta\":0.5,\"layers\":[1],\"action\":\"lower-bits\",\"bits\":3}"
                                    : "");
            String overrides =
                    random.nextBoolean()
                            ? ""
                            : override(
                                    random.nextInt(TinyFamily.LAYERS),
                                    quantized && random.nextBoolean()
                                            ? "\"activations\":{\"bits\":5}"
                                            : "\"weights\":{\"bits\":5}");
            String executed =
                    quantized && softmax.isEmpty() && cache.isEmpty() && random.nextInt(4) == 0
                            ? ",\"execution\":\"executed\""
                            : "";
            return recipe(
                    weights, head + activations + softmax + cache + pruning + overrides + executed);
        }

        private String pick(String... options) {
            return options[random.nextInt(options.length)];
        }
    }

    private static void assertSame(Matrix expected, Matrix actual, String what) {
        assertEquals(expected.rows(), actual.rows(), what);
        assertArrayEquals(expected.data(), actual.data(), what);
    }

    private static void assertSame(WindowAnalysis expected, WindowAnalysis actual, String what) {
        for (int layer = 0; layer < TinyFamily.LAYERS; layer++) {
            String where = what + ", layer " + layer;
            for (Site site : Site.values()) {
                SiteStatistics a = expected.sites().get(layer).get(site);
                SiteStatistics b = actual.sites().get(layer).get(site);
                assertEquals(numbers(a), numbers(b), where + ", " + site);
            }
            for (int head = 0; head < expected.heads().get(layer).size(); head++) {
                HeadStatistics a = expected.heads().get(layer).get(head);
                HeadStatistics b = actual.heads().get(layer).get(head);
                assertEquals(a.entropy(), b.entropy(), where);
                assertEquals(a.startAttention(), b.startAttention(), where);
                assertArrayEquals(a.ladder(), b.ladder(), where);
            }
        }
        assertEquals(numbers(expected.pruning()), numbers(actual.pruning()), what);
        assertArrayEquals(expected.loss().kept(), actual.loss().kept(), what);
        assertArrayEquals(expected.loss().carried(), actual.loss().carried(), what);
        LayerDetail a = expected.detail().orElseThrow();
        LayerDetail b = actual.detail().orElseThrow();
        assertEquals(a.layer(), b.layer(), what);
        assertArrayEquals(a.positions(), b.positions(), what);
        for (Site site : a.before().keySet()) {
            assertSame(a.before().get(site), b.before().get(site), what);
            assertSame(a.after().get(site), b.after().get(site), what);
        }
        for (int head = 0; head < a.attention().size(); head++) {
            assertSame(a.attention().get(head), b.attention().get(head), what);
            assertSame(a.quantizedAttention().get(head), b.quantizedAttention().get(head), what);
        }
    }

    private static String numbers(SiteStatistics site) {
        return site == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%d %s %s %s %s %s %s %s %s %s",
                        site.tokens(),
                        Arrays.toString(site.minimum()),
                        Arrays.toString(site.maximum()),
                        Arrays.toString(site.largeShare()),
                        Arrays.toString(site.error()),
                        site.signalToNoise(),
                        site.kurtosis(),
                        site.rootMeanSquare(),
                        site.firstTokenMagnitude(),
                        site.otherMagnitude());
    }

    private static String numbers(PruningTrace trace) {
        StringBuilder text = new StringBuilder();
        for (PruningTrace.Step step : trace.steps()) {
            text.append(step.layer())
                    .append(Arrays.toString(step.positions()))
                    .append(Arrays.toString(step.scores()))
                    .append(step.removed())
                    .append('/')
                    .append(step.marked());
        }
        return text.toString();
    }
}
