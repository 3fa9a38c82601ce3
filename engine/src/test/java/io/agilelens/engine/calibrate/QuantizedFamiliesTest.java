package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
        floats =
                new FloatNumerics(
                        model, KERNELS, WeightPrecision.FP32, Progress.NONE, Cancellation.never());
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
