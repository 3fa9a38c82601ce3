package io.agilelens.engine.evaluate.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.task.Cancellation;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassBenchmarkTest {
    private static final int PROMPT = 5;
    private static final int TOKENS = 4;

    @TempDir Path folder;

    /** Steps find 6 to 9 tokens, their own included. */
    @Test
    void aStepReadsEveryWeightAndWhatIsCached() {
        TinyModels.write(folder, TinyModels.Dimensions.small());
        try (Model model = Model.open(Checkpoints.open(folder))) {
            // Panels of none of its kernels are filled up.
            Decoder decoder = FloatDecoders.of(model, KernelProvider.of(0));
            PassBenchmark.Speeds speeds =
                    new PassBenchmark(PROMPT, TOKENS, 3)
                            .measure(
                                    new PassBenchmark.Contender(decoder, TokenPruner.NONE),
                                    Cancellation.never());
            ModelConfig config = model.config();
            long weights =
                    PassWork.tokenMacs(config)
                            + (long) config.vocabularySize() * config.embeddingSize();
            long cachedForOne = 2L * config.layers() * config.keyValueWidth();
            double cached = cachedForOne * (6 + 7 + 8 + 9) / 4.0;
            assertEquals(Float.BYTES * (weights + cached), speeds.decodedBytes(), 1);
            assertEquals(3, speeds.prefill().length);
            assertTrue(Arrays.stream(speeds.decode()).allMatch(speed -> speed > 0));
        }
    }
}
