package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.task.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Whole passes with stretched frequencies against passes with another base. */
class RotaryEmbeddingTest {
    private static final int CONTEXT = 20;
    private static final int LENGTH = 50;
    private static final double FACTOR = 2;

    @TempDir private Path folder;

    @Test
    void aDynamicBaseFollowsTheLengthOfThePass() throws IOException {
        ObjectNode dynamic = config();
        dynamic.putObject("rope_scaling").put("rope_type", "dynamic").put("factor", FACTOR);
        double growth = FACTOR * LENGTH / CONTEXT - (FACTOR - 1);
        double base = 10000 * Math.pow(growth, 8.0 / 6);
        float[] stretched = logits(dynamic, LENGTH);
        assertArrayEquals(logits(config().put("rope_theta", base), LENGTH), stretched, 1e-5f);
        assertFalse(Arrays.equals(logits(config(), LENGTH), stretched));
        assertArrayEquals(logits(config(), CONTEXT), logits(dynamic, CONTEXT));
    }

    /** Heads of 8 channels. */
    private static ObjectNode config() {
        return TinyFamily.MISTRAL.config().put("max_position_embeddings", CONTEXT);
    }

    private float[] logits(ObjectNode config, int tokens) throws IOException {
        Path place = TinyFamily.MISTRAL.write(Files.createTempDirectory(folder, "model"));
        Files.writeString(place.resolve("config.json"), config.toString());
        var kernels = KernelProvider.of(0);
        try (Model model = Model.open(Checkpoints.open(place))) {
            Decoder decoder = FloatDecoders.of(model, kernels);
            int[] ids = IntStream.range(0, tokens).map(t -> t * 7 % 256).toArray();
            Decoder.Pass pass = decoder.run(ids, Cancellation.never());
            return decoder.logits(pass.hidden(), 0, tokens).data();
        }
    }
}
