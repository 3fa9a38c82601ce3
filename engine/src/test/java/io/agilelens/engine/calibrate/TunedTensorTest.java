package io.agilelens.engine.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.quant.QuantizedWeight;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tensor under a recipe: what its rows are decoded from, however the checkpoint lays them out.
 */
class TunedTensorTest {
    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final Recipe W4 =
            Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 4, 12, false));

    @TempDir private Path folder;

    private static TunedModel fit(Model model, Recipe recipe) {
        FloatNumerics floats = FloatDecoders.numerics(model, KERNELS);
        Calibration calibration =
                new Calibration("random ids", List.of(new Random(8).ints(40, 0, 256).toArray()));
        return new RecipeFitter(model, KERNELS, floats, calibration)
                .fit(recipe, Progress.NONE, Cancellation.never());
    }

    @Test
    void aLinearIsDecodedAndWhatTheRecipeLeavesAloneIsTheSameTensor() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            TunedModel tuned = fit(model, W4);
            String name = "model.layers.2.mlp.down_proj.weight";
            TunedTensor weight = TunedTensor.of(tuned, name).orElseThrow();
            QuantizedWeight codes = tuned.plan().layers().get(2).weights().get(LinearRole.DOWN);
            assertTrue(weight.isQuantized());
            assertArrayEquals(codes.dequantize(), weight.tuned().toFloats());
            assertArrayEquals(
                    model.checkpoint().find(name).orElseThrow().toFloats(),
                    weight.exact().toFloats());
            // From the middle of a row to the middle of another.
            float[] some = new float[50];
            weight.tuned().widen(29, some, 0, 50);
            float[] all = codes.dequantize();
            for (int i = 0; i < some.length; i++) {
                assertEquals(all[29 + i], some[i]);
            }
            TunedTensor.Row row = weight.row(3).orElseThrow();
            assertSame(codes, row.weight());
            double[] levels = codes.levels(3, 0);
            assertEquals(16, levels.length);
            assertEquals(codes.step(3, 0), levels[9] - levels[8], 1e-6);
            for (int input = 0; input < 12; input++) {
                assertEquals(levels[codes.code(3, input)], all[3 * codes.inputs() + input], 1e-7);
            }

            TunedTensor norm = TunedTensor.of(tuned, "model.norm.weight").orElseThrow();
            assertFalse(norm.isQuantized());
            assertSame(norm.exact(), norm.tuned());
            assertTrue(norm.row(0).isEmpty());
            assertTrue(TunedTensor.of(tuned, "no.such.tensor").isEmpty());
        }
    }

    /** A token is looked up in the embedding as it is, whatever becomes of the head. */
    @Test
    void aHeadOfItsOwnIsDecodedAndOneThatIsTheEmbeddingIsNot() {
        Recipe recipe = Recipe.FLOAT.withHead(new HeadRecipe(HeadMethod.RTN, 3, 12));
        for (TinyFamily family : new TinyFamily[] {TinyFamily.LLAMA, TinyFamily.QWEN2}) {
            Path place = folder.resolve(family.name());
            assertTrue(place.toFile().mkdir());
            try (Model model = Model.open(Checkpoints.open(family.write(place)))) {
                TunedModel tuned = fit(model, recipe);
                String name = model.weights().head().storedIn();
                TunedTensor head = TunedTensor.of(tuned, name).orElseThrow();
                assertEquals(!model.config().tiedHead(), head.isQuantized());
                if (head.isQuantized()) {
                    assertArrayEquals(
                            tuned.plan().head().orElseThrow().dequantize(),
                            head.tuned().toFloats());
                }
            }
        }
    }

    @Test
    void rowsOfAFusedProjectionAreThoseOfItsLinears() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.BLOOM.write(folder)))) {
            TunedModel tuned = fit(model, W4);
            String name = model.weights().linear(1, LinearRole.KEY).storedIn();
            assertTrue(name.contains("query_key_value"), name);
            TunedTensor fused = TunedTensor.of(tuned, name).orElseThrow();
            int heads = model.config().heads();
            int width = model.config().headDimension();
            int inputs = model.config().hiddenSize();
            Tensor decoded = fused.tuned();
            LinearRole[] parts = {LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE};
            for (int output = 0; output < 3 * heads * width; output++) {
                LinearRole role = parts[output / width % 3];
                int own = output / (3 * width) * width + output % width;
                QuantizedWeight codes = tuned.plan().layers().get(1).weights().get(role);
                TunedTensor.Row row = fused.row(output).orElseThrow();
                assertSame(codes, row.weight());
                assertEquals(own, row.output());
                float[] expected = new float[inputs];
                codes.dequantize((long) own * inputs, expected, 0, inputs);
                assertArrayEquals(expected, decoded.toFloats((long) output * inputs, inputs));
            }
        }
    }

    @Test
    void theErrorIsAgainstTheWeightWithItsScalesFoldedIn() {
        try (Model model = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            TunedModel tuned =
                    fit(
                            model,
                            W4.withSmoothing(
                                    new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5)));
            String name = "model.layers.1.mlp.up_proj.weight";
            TunedTensor weight = TunedTensor.of(tuned, name).orElseThrow();
            float[] stored = model.checkpoint().find(name).orElseThrow().toFloats();
            float[] folded = weight.exact().toFloats();
            assertNotEquals(stored[0], folded[0]);
            double error = 0;
            double change = 0;
            float[] decoded = weight.tuned().toFloats();
            for (int i = 0; i < folded.length; i++) {
                error += Math.pow(decoded[i] - folded[i], 2);
                change += Math.pow(decoded[i] - stored[i], 2);
            }
            assertTrue(error < change / 4, error + " of " + change);
        }
    }
}
