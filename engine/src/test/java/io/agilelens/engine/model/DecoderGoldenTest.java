package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.Golden;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass against the published modelling code, on scalar and vector kernels. */
class DecoderGoldenTest {

    @ParameterizedTest
    @CsvSource({
        "stories260k, 0, 0",
        "stories260k, 1, 0",
        "tiny-llama3, 0, 0",
        "tiny-llama3, 1, 0",
        "stories260k, 0, -1",
        "stories260k, 1, -1",
        "tiny-llama3, 0, -1",
        "tiny-llama3, 1, -1",
        "tiny-opt-pre, 0, 0",
        "tiny-opt-pre, 1, -1",
        "tiny-opt-post, 0, 0",
        "tiny-opt-post, 1, -1",
        "tiny-bloom, 0, 0",
        "tiny-bloom, 1, -1"
    })
    void matchesHiddenStatesAttentionAndLogits(String name, int sequence, int bits) {
        Golden golden = Golden.open("goldens", name);
        try (Model model = Model.open(Checkpoints.open(Golden.model(name)))) {
            Kernels kernels = bits == 0 ? KernelProvider.of(0) : KernelProvider.current().kernels();
            Decoder decoder = FloatDecoders.of(model, kernels);
            int[] ids = golden.ints("ids_s" + sequence);
            var seen = new Recorder(model.config(), ids.length);
            Decoder.Pass pass =
                    decoder.run(ids, null, TokenPruner.NONE, seen, Cancellation.never());
            Matrix logits = decoder.logits(pass.hidden(), 0, ids.length);
            var tolerance = golden.manifest().path("tolerance");
            float hidden = tolerance.path("hidden_abs").floatValue();
            float attention = tolerance.path("attention_abs").floatValue();
            String suffix = "_s" + sequence;
            assertArrayEquals(golden.floats("embed" + suffix), seen.embedded, hidden);
            assertArrayEquals(golden.floats("layers" + suffix), seen.layers, hidden);
            assertArrayEquals(golden.floats("final" + suffix), pass.hidden().data(), hidden);
            assertArrayEquals(golden.floats("attn_first" + suffix), seen.first, attention);
            assertArrayEquals(golden.floats("attn_last" + suffix), seen.last, attention);
            assertArrayEquals(
                    golden.floats("logits" + suffix),
                    logits.data(),
                    tolerance.path("logits_abs").floatValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void generatesTheSameGreedyTokensThroughTheCache(String name) {
        Golden golden = Golden.open("goldens", name);
        try (Model model = Model.open(Checkpoints.open(Golden.model(name)))) {
            Decoder decoder = FloatDecoders.of(model);
            int[] expected = golden.ints("greedy_ids");
            int prompt = golden.manifest().path("greedy_prompt_len").intValue();
            KeyValueCache cache = decoder.cache();
            int[] next = Arrays.copyOf(expected, prompt);
            for (int t = prompt; t < expected.length; t++) {
                Decoder.Pass pass =
                        decoder.run(
                                next, cache, TokenPruner.NONE, Probe.NONE, Cancellation.never());
                Matrix logits = decoder.logits(pass.hidden(), next.length - 1, 1);
                int best =
                        IntStream.range(0, logits.columns())
                                .reduce(0, (a, b) -> logits.get(0, b) > logits.get(0, a) ? b : a);
                assertEquals(expected[t], best, "token " + t);
                next = new int[] {best};
            }
            assertTrue(expected.length > prompt);
        }
    }

    @ParameterizedTest
    @CsvSource({"stories260k", "tiny-llama3", "tiny-opt-pre", "tiny-opt-post", "tiny-bloom"})
    void replaysASequenceTokenByToken(String name) {
        Golden golden = Golden.open("goldens", name);
        try (Model model = Model.open(Checkpoints.open(Golden.model(name)))) {
            Decoder decoder = FloatDecoders.of(model);
            int[] ids = golden.ints("ids_s1");
            Matrix expected = golden.matrix("logits_s1");
            KeyValueCache cache = decoder.cache();
            for (int t = 0; t < ids.length; t++) {
                Decoder.Pass pass =
                        decoder.run(
                                new int[] {ids[t]},
                                cache,
                                TokenPruner.NONE,
                                Probe.NONE,
                                Cancellation.never());
                Matrix logits = decoder.logits(pass.hidden(), 0, 1);
                float[] row =
                        Arrays.copyOfRange(
                                expected.data(), expected.offset(t), expected.offset(t + 1));
                assertArrayEquals(row, logits.data(), 2e-4f, "token " + t);
            }
        }
    }

    /** Keeps what the reference data has. */
    private static final class Recorder implements Probe {
        private final int lastLayer;
        private final int tokens;
        private final float[] layers;
        private final float[] first;
        private final float[] last;
        private float[] embedded;

        Recorder(ModelConfig config, int tokens) {
            this.lastLayer = config.layers() - 1;
            this.tokens = tokens;
            layers = new float[config.layers() * tokens * config.hiddenSize()];
            first = new float[config.heads() * tokens * tokens];
            last = new float[config.heads() * tokens * tokens];
        }

        @Override
        public void embedded(Matrix residual) {
            embedded = residual.data().clone();
        }

        @Override
        public void layerOutput(int layer, Matrix residual) {
            int size = residual.rows() * residual.columns();
            System.arraycopy(residual.data(), 0, layers, layer * size, size);
        }

        @Override
        public void probabilities(ProbabilityBlock block) {
            float[] target = block.layer() == 0 ? first : block.layer() == lastLayer ? last : null;
            if (target == null) {
                return;
            }
            for (int i = 0; i < block.queries(); i++) {
                int row = (block.head() * tokens + block.firstQuery() + i) * tokens;
                System.arraycopy(block.values(), i * block.stride(), target, row, block.visible(i));
            }
        }
    }
}
