package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.prune.PruningSchedule;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Perplexity of a random model, added up by hand. */
class PerplexityEvaluatorTest {
    private static final int[] FIRST = {TinyModels.START, 5, 9, 200, 31, 7, 7, 90, 14, 3};
    private static final int[] SECOND = {44, 5, 260, 1, 99, 250, 17, 8};

    @TempDir private Path folder;

    @Test
    void addsUpWindowsAsItGoes() {
        try (Model model = Model.open(Checkpoints.open(write()))) {
            Decoder decoder = decoder(model);
            List<Perplexity> heard = new ArrayList<>();
            Perplexity all =
                    PerplexityEvaluator.of(decoder, TokenPruner.NONE)
                            .evaluate(text(), heard::add, Progress.NONE, Cancellation.never());
            double first = loss(decoder, FIRST);
            double second = loss(decoder, SECOND);
            assertEquals(2, heard.size());
            assertEquals(Math.exp(first / 9), heard.getFirst().perplexity(), 1e-3);
            assertEquals(all, heard.getLast());
            assertEquals(first, all.windowNll().get(0), 1e-4);
            assertEquals(second, all.windowNll().get(1), 1e-4);
            assertEquals(List.of(9, 7), all.windowTokens());
            assertEquals(16, all.tokens());
            assertEquals(Math.exp((first / 9 + second / 7) / 2), all.perplexity(), 1e-3);
            assertEquals(Math.exp((first + second) / 16), all.perToken(), 1e-3);
            assertEquals(all.perToken(), all.allPositions(), 1e-6);
            assertEquals(1, all.coverage());
            assertTrue(all.isComplete());
        }
    }

    @Test
    void coversOnlyWhatSurvived() {
        try (Model model = Model.open(Checkpoints.open(write()))) {
            var schedule =
                    new PruningSchedule(0.4, new TreeSet<>(List.of(0)), TokenScore.START, false);
            Perplexity pruned =
                    PerplexityEvaluator.of(decoder(model), schedule)
                            .evaluate(text(), value -> {}, Progress.NONE, Cancellation.never());
            assertTrue(pruned.tokens() <= 16 - (4 - 1) - (3 - 1), pruned.tokens() + " tokens");
            assertEquals(pruned.tokens() / 16.0, pruned.coverage(), 1e-12);
            assertTrue(Double.isFinite(pruned.allPositions()));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 3e38f})
    void refusesPredictionsThatAreNoNumbers(float broken) throws IOException {
        Path intact = write();
        Path damaged = Files.createDirectory(folder.resolve("damaged"));
        Files.copy(intact.resolve("config.json"), damaged.resolve("config.json"));
        SafetensorsWriter writer = new SafetensorsWriter();
        try (var checkpoint = Checkpoints.open(intact)) {
            for (Tensor tensor : checkpoint.tensors()) {
                float[] values = tensor.toFloats();
                if (tensor.name().equals("model.norm.weight")) {
                    values[2] = broken;
                }
                writer.add(tensor.name(), DType.F32, tensor.shape(), values);
            }
            writer.write(damaged.resolve("model.safetensors"));
        }
        try (Model model = Model.open(Checkpoints.open(damaged))) {
            var evaluator = PerplexityEvaluator.of(decoder(model), TokenPruner.NONE);
            UserException refused =
                    assertThrows(
                            UserException.class,
                            () ->
                                    evaluator.evaluate(
                                            text(),
                                            value -> {},
                                            Progress.NONE,
                                            Cancellation.never()));
            String cause =
                    Float.isFinite(broken)
                            ? "all weights are finite"
                            : "1 weights of model.norm.weight are NaN or infinite";
            assertTrue(
                    refused.getMessage().contains(" are not finite: " + cause),
                    refused.getMessage());
        }
    }

    @Test
    void stopsWhenCancelled() {
        try (Model model = Model.open(Checkpoints.open(write()))) {
            Cancellation cancellation = new Cancellation();
            List<Perplexity> heard = new ArrayList<>();
            var evaluator = PerplexityEvaluator.of(decoder(model), TokenPruner.NONE);
            assertThrows(
                    CancellationException.class,
                    () ->
                            evaluator.evaluate(
                                    text(),
                                    value -> {
                                        heard.add(value);
                                        cancellation.cancel();
                                    },
                                    Progress.NONE,
                                    cancellation));
            assertEquals(1, heard.size());
        }
    }

    private Path write() {
        return TinyModels.write(folder, TinyModels.Dimensions.small());
    }

    private static TokenWindows text() {
        return new TokenWindows("ids", Protocol.GPTQ, List.of(FIRST, SECOND), 10);
    }

    private static Decoder decoder(Model model) {
        var kernels = KernelProvider.of(0);
        return new Decoder(
                model,
                kernels,
                new FloatNumerics(
                        model, kernels, WeightPrecision.FP32, Progress.NONE, Cancellation.never()));
    }

    private static double loss(Decoder decoder, int[] ids) {
        Decoder.Pass pass = decoder.run(ids, Cancellation.never());
        Matrix logits = decoder.logits(pass.hidden(), 0, ids.length);
        double total = 0;
        for (int t = 0; t + 1 < ids.length; t++) {
            double sum = 0;
            for (int v = 0; v < logits.columns(); v++) {
                sum += Math.exp(logits.get(t, v));
            }
            total += Math.log(sum) - logits.get(t, ids[t + 1]);
        }
        return total;
    }
}
