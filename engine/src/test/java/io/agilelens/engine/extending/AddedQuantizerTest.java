package io.agilelens.engine.extending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.evaluate.PerplexityEvaluator;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatLinear;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.LinearOperator;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.LinearWeight;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quantizer of weights added as docs/extending.md says: as arithmetic for the decoder. */
class AddedQuantizerTest {
    @TempDir Path folder;

    /**
     * Keeps of each weight its sign and the nearest power of two; everything else is the float
     * model's.
     */
    private record PowersOfTwo(Model model, Kernels kernels, Numerics floats) implements Numerics {
        @Override
        public LinearOperator linear(int layer, LinearRole role) {
            LinearWeight weight = model.weights().linear(layer, role);
            float[] values = weight.values();
            for (int i = 0; i < values.length; i++) {
                values[i] = nearest(values[i]);
            }
            return new FloatLinear(
                    kernels,
                    WeightPrecision.FP32,
                    values,
                    weight.outputs(),
                    weight.inputs(),
                    weight.biasValues());
        }

        /** Nearest on the linear scale: the border between two powers is half-way. */
        static float nearest(float value) {
            if (value == 0) {
                return 0;
            }
            float below = Math.scalb(1f, Math.getExponent(value));
            float magnitude = Math.abs(value) < 1.5f * below ? below : 2 * below;
            return Math.copySign(magnitude, value);
        }

        @Override
        public Optional<LinearOperator> inputProjection() {
            return floats.inputProjection();
        }

        @Override
        public Optional<LinearOperator> outputProjection() {
            return floats.outputProjection();
        }

        @Override
        public LinearOperator head() {
            return floats.head();
        }
    }

    @Test
    void roundsToTheNearestPower() {
        assertEquals(0.5f, PowersOfTwo.nearest(0.7f));
        assertEquals(-1f, PowersOfTwo.nearest(-0.8f));
        assertEquals(4f, PowersOfTwo.nearest(3f));
        assertEquals(0f, PowersOfTwo.nearest(0f));
    }

    @Test
    void everyMeasureOfTheEngineTakesIt() {
        Path path = TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            Model model = Model.open(checkpoint);
            Kernels kernels = KernelProvider.current().kernels();
            Numerics floats =
                    FloatNumerics.whenAsked(
                            model, kernels, WeightPlacement.inMemory(WeightPrecision.FP32));
            Decoder reference = new Decoder(model, kernels, floats);
            Decoder tuned = new Decoder(model, kernels, new PowersOfTwo(model, kernels, floats));
            TokenWindows text =
                    new TokenWindows(
                            "numbers",
                            Protocol.GPTQ,
                            List.of(new int[] {1, 20, 33, 47, 5, 90, 61, 12}),
                            8);
            Perplexity perplexity =
                    PerplexityEvaluator.against(reference, tuned, TokenPruner.NONE)
                            .evaluate(text, _ -> {}, Progress.NONE, Cancellation.never());
            assertTrue(perplexity.perplexity() > 1);
            assertTrue(perplexity.divergence() > 0, "another arithmetic predicts otherwise");
        }
    }
}
