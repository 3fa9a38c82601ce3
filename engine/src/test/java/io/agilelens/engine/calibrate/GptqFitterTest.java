package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Activation;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.quant.Gptq;
import io.agilelens.engine.quant.Hessian;
import io.agilelens.engine.quant.InverseHessian;
import io.agilelens.engine.quant.QuantizationPlan;
import io.agilelens.engine.quant.QuantizedNumerics;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** GPTQ of whole models, on every form of decoder. */
@ParameterizedClass
@EnumSource(TinyFamily.class)
class GptqFitterTest {
    /** Scalar, so that the same numbers come out bit by bit however warm the JVM is. */
    private static final Kernels KERNELS = KernelProvider.of(0);

    private static final String GPTQ =
            "{\"weights\":{\"method\":\"gptq\",\"bits\":4,\"group\":12,\"gptq\":{\"block\":8,\"act_order\":true}}}";
    private static final String AT_ONCE =
            "{\"weights\":{\"method\":\"gptq\",\"bits\":3,\"group\":-1,\"gptq\":{\"sequential\":false}}}";

    private final TinyFamily family;

    @TempDir private Path folder;
    @TempDir private Path work;
    private Model model;
    private FloatNumerics floats;
    private final Calibration calibration =
            new Calibration("random ids", List.of(ids(50, 1), ids(31, 2), ids(1, 3)));

    GptqFitterTest(TinyFamily family) {
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

    /** The definition, without sets, early ends of passes or kept streams. */
    @Test
    void eachSetSeesWhatItsLayerReadsBehindTheQuantizedOnesBeforeIt() {
        Recipe recipe = RecipeJson.parse(GPTQ, "test");
        List<Map<LinearRole, QuantizedWeight>> layers = layers(fit(recipe));
        List<Site> order =
                List.of(Site.ATTN_INPUT, Site.ATTN_OUTPUT, Site.MLP_INPUT, Site.MLP_HIDDEN);
        for (int layer : new int[] {0, 2}) {
            for (Site site : order) {
                Set<Site> before = Set.copyOf(order.subList(0, order.indexOf(site)));
                requireFittedOn(decoder(layers, layer, before), layer, site, recipe, layers);
            }
        }
    }

    @Test
    void withoutSequenceAllLinearsSeeTheLayersFloatInputs() {
        Recipe recipe = RecipeJson.parse(AT_ONCE, "test");
        List<Map<LinearRole, QuantizedWeight>> layers = layers(fit(recipe));
        for (int layer : new int[] {0, 2}) {
            for (Site site :
                    List.of(Site.ATTN_INPUT, Site.ATTN_OUTPUT, Site.MLP_INPUT, Site.MLP_HIDDEN)) {
                requireFittedOn(decoder(layers, layer, Set.of()), layer, site, recipe, layers);
            }
        }
    }

    private void requireFittedOn(
            Decoder decoder,
            int layer,
            Site site,
            Recipe recipe,
            List<Map<LinearRole, QuantizedWeight>> layers) {
        Hessian hessian = new Hessian(KERNELS, model.config().channels(site));
        for (int[] window : calibration.windows()) {
            List<Matrix> seen = new ArrayList<>();
            Probe probe =
                    new Probe() {
                        @Override
                        public void activation(
                                int at, Site where, Matrix before, Activation after) {
                            if (at == layer && where == site) {
                                seen.add(before.copy());
                            }
                        }
                    };
            decoder.run(window, null, TokenPruner.NONE, probe, Cancellation.never());
            hessian.add(seen.getFirst());
        }
        var weights = recipe.weightsAt(layer, site);
        var inverse =
                InverseHessian.of(
                        KERNELS,
                        hessian,
                        weights.gptq().damping(),
                        weights.gptq().activationOrder());
        var settings =
                new Gptq.Settings(
                        weights.bits(),
                        weights.group(),
                        weights.symmetric(),
                        weights.gptq().staticGroups(),
                        weights.gptq().block());
        for (LinearRole role : model.config().roles()) {
            if (role.input() == site) {
                var weight = model.weights().linear(layer, role);
                var expected =
                        new Gptq(KERNELS, settings)
                                .quantize(weight.values(), weight.outputs(), inverse)
                                .weight();
                requireSame(expected, layers.get(layer).get(role));
            }
        }
    }

    /** The model with all earlier layers quantized, and this one where linears read these sites. */
    private Decoder decoder(
            List<Map<LinearRole, QuantizedWeight>> layers, int layer, Set<Site> sites) {
        List<QuantizationPlan.Layer> plan = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            Map<LinearRole, QuantizedWeight> weights = new EnumMap<>(LinearRole.class);
            for (var linear : layers.get(l).entrySet()) {
                if (l < layer || l == layer && sites.contains(linear.getKey().input())) {
                    weights.put(linear.getKey(), linear.getValue());
                }
            }
            plan.add(new QuantizationPlan.Layer(weights, Map.of(), Optional.empty()));
        }
        return new Decoder(
                model,
                KERNELS,
                new QuantizedNumerics(
                        model,
                        KERNELS,
                        floats,
                        new QuantizationPlan(plan),
                        Execution.SIMULATED,
                        Progress.NONE,
                        Cancellation.never()));
    }

    @Test
    void overridesChooseMethodBitsAndGroupOfALinear() {
        Recipe recipe =
                RecipeJson.parse(
                        "{\"weights\":{\"method\":\"gptq\",\"bits\":4},\"overrides\":[{\"layers\":[1],\"sites\":[\"MLP_HIDDEN\"],\"weights\":{\"method\":\"rtn\",\"bits\":8,\"group\":-1}},{\"layers\":[2],\"sites\":[\"ATTN_INPUT\"],\"weights\":{\"method\":\"none\"}}]}",
                        "test");
        List<Map<LinearRole, QuantizedWeight>> layers = layers(fit(recipe));
        var down = model.weights().linear(1, LinearRole.DOWN);
        requireSame(
                RoundToNearest.quantize(down.values(), down.outputs(), down.inputs(), 8, -1, false),
                layers.get(1).get(LinearRole.DOWN));
        assertFalse(layers.get(2).containsKey(LinearRole.QUERY));
        assertNotNull(layers.get(2).get(LinearRole.DOWN));
        Recipe one =
                RecipeJson.parse(
                        "{\"weights\":{\"method\":\"rtn\",\"bits\":4},\"overrides\":[{\"layers\":[3],\"sites\":[\"ATTN_INPUT\",\"MLP_HIDDEN\"],\"weights\":{\"method\":\"gptq\"}}]}",
                        "test");
        List<Map<LinearRole, QuantizedWeight>> mixed = layers(fit(one));
        var up = model.weights().linear(0, LinearRole.UP);
        requireSame(
                RoundToNearest.quantize(up.values(), up.outputs(), up.inputs(), 4, 32, false),
                mixed.get(0).get(LinearRole.UP));
        assertEquals(model.config().roles().size(), mixed.get(3).size());
    }

    @Test
    void whatTheNextRecipeSharesIsNotDoneAgain() {
        RecipeFitter fitter = fitter(Optional.empty());
        Recipe recipe = RecipeJson.parse(GPTQ, "test");
        TunedModel first = fit(fitter, recipe, Cancellation.never());
        TunedModel softmax =
                fit(
                        fitter,
                        recipe.withSoftmax(
                                RecipeJson.parse("{\"softmax\":{\"method\":\"log2\"}}", "test")
                                        .softmax()),
                        Cancellation.never());
        assertSame(weight(first, 3, LinearRole.DOWN), weight(softmax, 3, LinearRole.DOWN));
        Recipe lastLayer =
                RecipeJson.parse(
                        GPTQ.substring(0, GPTQ.length() - 1)
                                + ",\"overrides\":[{\"layers\":[3],\"sites\":[\"MLP_HIDDEN\"],\"weights\":{\"bits\":3}}]}",
                        "test");
        TunedModel changed = fit(fitter, lastLayer, Cancellation.never());
        assertSame(weight(first, 2, LinearRole.DOWN), weight(changed, 2, LinearRole.DOWN));
        assertEquals(3, weight(changed, 3, LinearRole.DOWN).bits());
        requireSame(layers(fit(lastLayer)), layers(changed));
    }

    @Test
    void goesOnWhereItWasCancelled() {
        Recipe recipe = RecipeJson.parse(GPTQ, "test");
        List<Map<LinearRole, QuantizedWeight>> whole = layers(fit(recipe));
        for (int stopAt = 1; stopAt < TinyFamily.LAYERS; stopAt++) {
            int last = stopAt;
            Cancellation cancellation = new Cancellation();
            Progress stop =
                    (step, done, total) -> {
                        if (step.startsWith("quantizing layer " + last + ",")) {
                            cancellation.cancel();
                        }
                    };
            assertThrows(
                    CancellationException.class,
                    () -> fitter(Optional.of(work)).fit(recipe, stop, cancellation));
            List<String> steps = new ArrayList<>();
            RecipeFitter next = fitter(Optional.of(work));
            requireSame(
                    whole,
                    layers(
                            next.fit(
                                    recipe,
                                    (step, done, total) -> steps.add(step),
                                    Cancellation.never())));
            assertTrue(steps.contains("running quantized layer " + (last - 1)), steps.toString());
            assertTrue(
                    steps.stream()
                            .noneMatch(step -> step.startsWith("quantizing layer " + (last - 1))),
                    steps.toString());
            next.forgetWork(recipe);
            assertEquals(List.of(), list(work));
        }
    }

    @Test
    void damagedAndForeignWorkIsDoneAgain() throws IOException {
        Recipe recipe = RecipeJson.parse(GPTQ, "test");
        List<Map<LinearRole, QuantizedWeight>> whole =
                layers(fit(fitter(Optional.of(work)), recipe, Cancellation.never()));
        Path kept = list(work).getFirst();
        assertEquals(TinyFamily.LAYERS, list(kept).size());
        Path second = kept.resolve("layer-1.safetensors");
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length - 1] ^= 1;
        Files.write(second, bytes);
        List<String> steps = new ArrayList<>();
        requireSame(
                whole,
                layers(
                        fitter(Optional.of(work))
                                .fit(
                                        recipe,
                                        (step, done, total) -> steps.add(step),
                                        Cancellation.never())));
        assertTrue(
                steps.contains("what was kept of layer 1 is damaged, it is done again"),
                steps.toString());
        assertFalse(steps.stream().anyMatch(step -> step.startsWith("quantizing layer 0,")));
        assertTrue(steps.stream().anyMatch(step -> step.startsWith("quantizing layer 1,")));
    }

    @Test
    void everyThingThatMattersHasItsOwnWork() {
        Recipe recipe = RecipeJson.parse(GPTQ, "test");
        String key = WorkFolder.key(model, KERNELS, recipe, calibration);
        assertEquals(
                key,
                WorkFolder.key(
                        model,
                        KERNELS,
                        recipe.withSoftmax(
                                RecipeJson.parse("{\"softmax\":{\"method\":\"log2\"}}", "test")
                                        .softmax()),
                        calibration));
        List<String> others =
                List.of(
                        WorkFolder.key(
                                model, KERNELS, RecipeJson.parse(AT_ONCE, "test"), calibration),
                        WorkFolder.key(
                                model, KERNELS, recipe, new Calibration("x", List.of(ids(50, 1)))),
                        WorkFolder.key(
                                model,
                                KERNELS,
                                RecipeJson.parse(
                                        GPTQ.substring(0, GPTQ.length() - 1)
                                                + ",\"overrides\":[{\"layers\":[3],\"sites\":[\"MLP_HIDDEN\"],\"weights\":{\"bits\":3}}]}",
                                        "test"),
                                calibration));
        assertFalse(others.contains(key));
        assertEquals(others.size(), Set.copyOf(others).size());
        assertTrue(folder.resolve("config.json").toFile().setLastModified(1_000_000_000_000L));
        assertFalse(key.equals(WorkFolder.key(model, KERNELS, recipe, calibration)));
    }

    @Test
    void aNumberThatIsNoneIsNamedByLayerAndSite() {
        LinearOperator sound = floats.linear(1, LinearRole.VALUE);
        LinearOperator unsound =
                new LinearOperator() {
                    @Override
                    public int inputs() {
                        return sound.inputs();
                    }

                    @Override
                    public int outputs() {
                        return sound.outputs();
                    }

                    @Override
                    public long bytes() {
                        return sound.bytes();
                    }

                    @Override
                    public void apply(Activation input, float[] output) {
                        sound.apply(input, output);
                        output[0] = Float.NaN;
                    }
                };
        var broken = new ReplacedLinears(floats, 1, Map.of(LinearRole.VALUE, unsound));
        Recipe recipe = RecipeJson.parse(AT_ONCE, "test");
        var fitter = new GptqFitter(model, KERNELS, broken, calibration, Optional.empty());
        UserException refusal =
                assertThrows(
                        UserException.class,
                        () -> fitter.fit(recipe, Progress.NONE, Cancellation.never()));
        assertTrue(
                refusal.getMessage().contains("layer 1, ATTN_OUTPUT: channel"),
                refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"));
    }

    private RecipeFitter fitter(Optional<Path> place) {
        return new RecipeFitter(model, KERNELS, floats, calibration, place.map(WorkFolder::new));
    }

    private TunedModel fit(Recipe recipe) {
        return fit(fitter(Optional.empty()), recipe, Cancellation.never());
    }

    private static TunedModel fit(RecipeFitter fitter, Recipe recipe, Cancellation cancellation) {
        return fitter.fit(recipe, Progress.NONE, cancellation);
    }

    private static QuantizedWeight weight(TunedModel tuned, int layer, LinearRole role) {
        return tuned.plan().layers().get(layer).weights().get(role);
    }

    private static List<Map<LinearRole, QuantizedWeight>> layers(TunedModel tuned) {
        return tuned.plan().layers().stream().map(QuantizationPlan.Layer::weights).toList();
    }

    private static void requireSame(
            List<Map<LinearRole, QuantizedWeight>> expected,
            List<Map<LinearRole, QuantizedWeight>> actual) {
        assertEquals(expected.size(), actual.size());
        for (int layer = 0; layer < expected.size(); layer++) {
            assertEquals(expected.get(layer).keySet(), actual.get(layer).keySet());
            for (LinearRole role : expected.get(layer).keySet()) {
                requireSame(expected.get(layer).get(role), actual.get(layer).get(role));
            }
        }
    }

    private static void requireSame(QuantizedWeight expected, QuantizedWeight actual) {
        assertArrayEquals(expected.codes(), actual.codes());
        assertArrayEquals(expected.scales(), actual.scales());
        assertArrayEquals(expected.zeros(), actual.zeros());
        assertArrayEquals(expected.groupOf(), actual.groupOf());
    }

    private static List<Path> list(Path place) {
        try (var files = Files.list(place)) {
            return files.sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 250).toArray();
    }
}
