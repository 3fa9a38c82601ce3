package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.model.TokenScore;
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
import java.util.Arrays;
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
    void sharesTheLossAmongWords() {
        String text = "the thing in the inn, then in\nthe end  nothing";
        try (Model model = Model.open(Checkpoints.open(write()))) {
            Decoder decoder = decoder(model);
            TokenWindows windows =
                    TokenWindows.of("text", text, model.tokenizer(), Protocol.WORD, 12, 1000);
            Perplexity result = evaluate(decoder, windows);
            int[] ids = model.tokenizer().encode(text, true);
            // Written down again: a window ends every 11 predictions, the last one is the last 12
            // tokens.
            double summed = 0;
            for (int target = 1; target < ids.length; target++) {
                int start = (target - 1) / 11 * 11;
                if (start + 12 > ids.length) {
                    start = ids.length - 12;
                }
                int[] window = Arrays.copyOfRange(ids, start, start + 12);
                summed += lossAt(decoder, window, target - start - 1);
            }
            assertEquals(ids.length - 1, result.tokens());
            assertEquals(10, result.measure().orElseThrow().words());
            assertEquals(1, Math.exp(summed / 10) / result.perplexity(), 1e-5);
            assertEquals(1, Math.exp(summed / 10) / result.allPositions(), 1e-5);
            assertEquals(summed / (ids.length - 1), result.nll(), 1e-5);
        }
    }

    @Test
    void llamaCppScoresTheSecondHalf() {
        try (Model model = Model.open(Checkpoints.open(write()))) {
            Decoder decoder = decoder(model);
            for (int length : new int[] {9, 10}) {
                int[] text = new int[length];
                Arrays.setAll(text, i -> (i * 37 + 11) % 256);
                text[0] = TinyModels.START;
                Perplexity result =
                        evaluate(
                                decoder,
                                new TokenWindows("ids", Protocol.LLAMA_CPP, List.of(text), length));
                assertEquals(length - length / 2 - 1, result.tokens());
                double sum = 0;
                for (int t = length / 2; t <= length - 2; t++) {
                    sum += lossAt(decoder, text, t);
                }
                assertEquals(sum, result.windowNll().getFirst(), 1e-4);
            }
        }
    }

    @Test
    void summarisesDivergences() {
        try (Model model = Model.open(Checkpoints.open(write()))) {
            Decoder decoder = decoder(model);
            PerplexityTally tally = new PerplexityTally(text());
            float[] nothing = new float[300];
            Arrays.fill(nothing, Float.NaN);
            float[] divergence = new float[300];
            boolean[] agreed = new boolean[300];
            // 0.00, 0.01 … 2.98 in a scrambled order, and one position without a value.
            for (int t = 0; t < 299; t++) {
                divergence[t] = (t * 100 % 299) / 100f;
                agreed[t] = t < 200;
            }
            divergence[299] = Float.NaN;
            tally.add(new WindowLoss(nothing, nothing, nothing, new boolean[300]));
            tally.add(new WindowLoss(nothing, nothing, divergence, agreed));
            Divergence result = tally.result().fromFloat().orElseThrow();
            assertEquals(299, result.positions());
            assertEquals(1.49, result.mean(), 1e-6);
            assertEquals(1.49, result.median(), 1e-6);
            assertEquals(2.69, result.ninetieth(), 1e-6);
            assertEquals(2.96, result.ninetyNinth(), 1e-6);
            assertEquals(2.98, result.largest(), 1e-6);
            assertEquals(1, result.largestWindow());
            assertEquals(divergence[result.largestPosition()], result.largest(), 1e-6);
            double share = 200.0 / 299;
            assertEquals(share, result.agreement(), 1e-12);
            assertEquals(Math.sqrt(share * (1 - share) / 299), result.agreementError(), 1e-12);
            assertTrue(evaluate(decoder, text()).fromFloat().isEmpty());
        }
    }

    private static Perplexity evaluate(Decoder decoder, TokenWindows text) {
        return PerplexityEvaluator.of(decoder, TokenPruner.NONE)
                .evaluate(text, value -> {}, Progress.NONE, Cancellation.never());
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
        return FloatDecoders.of(model, kernels);
    }

    private static double loss(Decoder decoder, int[] ids) {
        double total = 0;
        for (int t = 0; t + 1 < ids.length; t++) {
            total += lossAt(decoder, ids, t);
        }
        return total;
    }

    private static double lossAt(Decoder decoder, int[] ids, int position) {
        Decoder.Pass pass = decoder.run(ids, Cancellation.never());
        Matrix logits = decoder.logits(pass.hidden(), position, 1);
        double sum = 0;
        for (int v = 0; v < logits.columns(); v++) {
            sum += Math.exp(logits.get(0, v));
        }
        return Math.log(sum) - logits.get(0, ids[position + 1]);
    }
}
