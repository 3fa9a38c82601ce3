package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Angles that were found among others against those that were worked out. */
class PositionsTest {
    private static final int TOKENS = 40;
    private static final Kernels KERNELS = KernelProvider.of(0);

    @TempDir private Path folder;

    private final Random random = new Random(3);

    @Test
    void survivorsTurnAsTheirPositionsSay() throws IOException {
        ModelConfig config = config(TinyFamily.MISTRAL.config());
        for (int start : new int[] {0, 7}) {
            for (int trial = 0; trial < 50; trial++) {
                Positions all = positions(start, TOKENS);
                rotated(all, config);
                Positions some = all.of(survivors(TOKENS));
                turnsAsNewOnes(some, config);
                turnsAsNewOnes(some.of(survivors(some.values().length)), config);
                Positions numbered = some.renumbered(start);
                turnsAsNewOnes(numbered, config);
                turnsAsNewOnes(numbered.of(survivors(numbered.values().length)), config);
                turnsAsNewOnes(numbered.renumbered(start + 2), config);
                turnsAsNewOnes(numbered.renumbered(start + TOKENS), config);
                turnsAsNewOnes(all.renumbered(start + 5).renumbered(start), config);
            }
        }
    }

    @Test
    void anotherLengthMayHaveOtherFrequencies() throws IOException {
        ObjectNode dynamic = TinyFamily.MISTRAL.config().put("max_position_embeddings", TOKENS / 2);
        dynamic.putObject("rope_scaling").put("rope_type", "dynamic").put("factor", 2);
        ModelConfig config = config(dynamic);
        Positions all = positions(0, TOKENS);
        float[] whole = rotated(all, config);
        Positions fewer = all.of(IntStream.range(0, TOKENS - 5).toArray()).renumbered(0);
        turnsAsNewOnes(fewer, config);
        float[] part = rotated(fewer, config);
        assertFalse(Arrays.equals(Arrays.copyOf(whole, part.length), part));
        turnsAsNewOnes(fewer.of(IntStream.range(0, 9).toArray()).renumbered(0), config);
    }

    private ModelConfig config(ObjectNode config) throws IOException {
        Path place = TinyFamily.MISTRAL.write(Files.createTempDirectory(folder, "model"));
        Files.writeString(place.resolve("config.json"), config.toString());
        try (Model model = Model.open(Checkpoints.open(place))) {
            return model.config();
        }
    }

    private static Positions positions(int start, int count) {
        return new Positions(Positions.range(start, count), start + count);
    }

    /** At least one of so many indices, ascending. */
    private int[] survivors(int count) {
        int last = random.nextInt(count);
        return IntStream.range(0, count).filter(i -> i == last || random.nextBoolean()).toArray();
    }

    private static void turnsAsNewOnes(Positions positions, ModelConfig config) {
        Positions made = new Positions(positions.values(), positions.next());
        assertArrayEquals(rotated(made, config), rotated(positions, config));
    }

    private static float[] rotated(Positions positions, ModelConfig config) {
        float[] x = new float[positions.values().length * config.queryWidth()];
        for (int i = 0; i < x.length; i++) {
            x[i] = 1 + i % 11;
        }
        positions.rotate(x, config, config.heads(), KERNELS);
        return x;
    }
}
