package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Probe;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every preset, simulated and executed, on every form of decoder. */
@ParameterizedClass
@EnumSource(TinyFamily.class)
class PresetFamiliesTest {
    private static final Kernels KERNELS = KernelProvider.of(0);

    private final TinyFamily family;

    @TempDir private Path folder;
    private Model model;
    private FloatNumerics floats;
    private RecipeFitter fitter;

    PresetFamiliesTest(TinyFamily family) {
        this.family = family;
    }

    @BeforeEach
    void open() {
        model = Model.open(Checkpoints.open(family.write(folder)));
        floats = FloatDecoders.numerics(model, KERNELS);
        var calibration = new Calibration("random ids", List.of(ids(60, 8), ids(60, 9)));
        fitter = new RecipeFitter(model, KERNELS, floats, calibration);
    }

    @AfterEach
    void close() {
        model.close();
    }

    /**
     * Simulated, the logits are near the float model's but not on them; executed, they are the
     * simulated ones but for codes that flip at a rounding boundary. Presets that prune are
     * compared without pruning, for a flip there may let another token stay.
     */
    @Test
    void everyPresetRuns() {
        int[] ids = ids(40, 2);
        float[] plain = logits(new Decoder(model, KERNELS, floats), Recipe.FLOAT, ids);
        double size = squaredDifference(plain, new float[plain.length]);
        for (Preset preset : Preset.forLayers(model.config().layers())) {
            Recipe recipe = preset.recipe();
            TunedModel tuned = fit(recipe);
            float[] simulated = logits(tuned.decoder(), recipe, ids);
            Recipe unpruned = recipe.withPruning(Recipe.FLOAT.pruning());
            if (recipe.pruning().isActive()) {
                assertTrue(simulated.length < plain.length, preset.name());
                simulated = logits(fit(unpruned).decoder(), unpruned, ids);
            }
            double quantization = squaredDifference(plain, simulated);
            assertEquals(recipe.isFloat(), quantization == 0, preset.name());
            assertTrue(
                    quantization < size,
                    "%s is %.2g of the logits away".formatted(preset.name(), quantization / size));
            Recipe executed = unpruned.withExecution(Execution.EXECUTED);
            if (recipe.activations().granularity() == Granularity.CHANNEL) {
                UserException refused =
                        assertThrows(UserException.class, () -> fit(executed), preset.name());
                assertTrue(
                        refused.getMessage().contains("activations.granularity channel"),
                        refused.getMessage());
                continue;
            }
            double flips =
                    squaredDifference(simulated, logits(fit(executed).decoder(), executed, ids));
            assertTrue(
                    flips <= 0.1 * quantization,
                    "%s: execution differs by %.2g of what quantization costs"
                            .formatted(preset.name(), flips / quantization));
        }
    }

    private TunedModel fit(Recipe recipe) {
        return fitter.fit(recipe, Progress.NONE, Cancellation.never());
    }

    private static float[] logits(Decoder decoder, Recipe recipe, int[] ids) {
        Decoder.Pass pass =
                decoder.run(ids, null, recipe.pruning().pruner(), Probe.NONE, Cancellation.never());
        return decoder.logits(pass.hidden(), 0, pass.hidden().rows()).data();
    }

    private static double squaredDifference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    private static int[] ids(int count, long seed) {
        return new Random(seed).ints(count, 0, 250).toArray();
    }
}
