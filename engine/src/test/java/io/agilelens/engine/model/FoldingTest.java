package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.FloatDecoders;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Folded scales show at their sites, and in nothing that the model computes. */
class FoldingTest {
    private static final Kernels KERNELS = KernelProvider.of(0);
    private static final int[] IDS = {0, 9, 200, 31, 7, 250, 16, 100, 3, 77};
    private static final int LAYER = 2;

    @TempDir private Path folder;

    private static Decoder decoder(Model model) {
        return FloatDecoders.of(model, KERNELS);
    }

    private static float[] logits(Model model) {
        Decoder decoder = decoder(model);
        return decoder.logits(decoder.run(IDS, Cancellation.never()).hidden(), 0, IDS.length)
                .data();
    }

    /** Random scales from 1/8 to 8 at every site of every layer that takes them in. */
    private static Folding everywhere(ModelConfig config) {
        Random random = new Random(5);
        List<Map<Site, float[]>> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            Map<Site, float[]> sites = new EnumMap<>(Site.class);
            for (Site site : Site.values()) {
                if (Folding.isPossible(config, site)) {
                    sites.put(site, scales(config, site, random));
                }
            }
            layers.add(sites);
        }
        return new Folding(layers);
    }

    private static float[] scales(ModelConfig config, Site site, Random random) {
        float[] scales = new float[config.channels(site)];
        for (int c = 0; c < scales.length; c++) {
            scales[c] = (float) Math.pow(2, 6 * random.nextDouble() - 3);
        }
        return scales;
    }

    private static void assertClose(float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-4 * (1 + Math.abs(expected[i])));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFormComputesTheSame(TinyFamily family) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            Folding folding = everywhere(plain.config());
            Model folded = plain.fold(folding);
            float[] before = logits(plain);
            float[] after = logits(folded);
            assertClose(before, after);
            assertEquals(folding.isEmpty(), Arrays.equals(before, after));
            assertClose(before, logits(folded.fold(everywhere(plain.config()))));
        }
    }

    /** Grouped-query attention has no value channels of its own for each head; full has. */
    @Test
    void theValueProjectionTakesScalesInWithoutGroupedQueries() {
        var full =
                new TinyModels.Dimensions(
                        TinyModels.SMALLEST_VOCABULARY, 32, 3, 4, 4, 48, 64, true, DType.F16, 3);
        try (Model plain = Model.open(Checkpoints.open(TinyModels.write(folder, full)))) {
            assertTrue(Folding.isPossible(plain.config(), Site.ATTN_OUTPUT));
            assertClose(logits(plain), logits(plain.fold(everywhere(plain.config()))));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LLAMA, true, false, true, true",
        "OPT, true, true, true, true",
        "OPT_POST, false, true, false, true",
        "OPT_BARE, false, true, false, true",
        "BLOOM, true, false, true, true",
        "BLOOM_NORMED_RESIDUAL, false, false, false, true"
    })
    void saysWhereScalesCanGo(
            TinyFamily family, boolean attention, boolean output, boolean mlp, boolean hidden) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            ModelConfig config = plain.config();
            assertEquals(attention, Folding.isPossible(config, Site.ATTN_INPUT));
            assertEquals(output, Folding.isPossible(config, Site.ATTN_OUTPUT));
            assertEquals(mlp, Folding.isPossible(config, Site.MLP_INPUT));
            assertEquals(hidden, Folding.isPossible(config, Site.MLP_HIDDEN));
            assertFalse(Folding.isPossible(config, Site.SOFTMAX));
        }
    }

    @ParameterizedTest
    @CsvSource({"LLAMA, MLP_HIDDEN", "OPT, ATTN_OUTPUT", "BLOOM, MLP_HIDDEN", "BLOOM, ATTN_INPUT"})
    void activationsAreDividedAtTheSiteAlone(TinyFamily family, Site site) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            float[] scales = scales(plain.config(), site, new Random(1));
            Folding folding = Folding.ofLayer(plain.config().layers(), LAYER, Map.of(site, scales));
            var before = activations(plain);
            var after = activations(plain.fold(folding));
            before.forEach(
                    (place, values) -> {
                        float[] expected = values.data().clone();
                        boolean here = place.equals(LAYER + " " + site);
                        // The value projection itself is divided, too.
                        boolean given = place.equals(LAYER + " VALUE") && site == Site.ATTN_OUTPUT;
                        for (int i = 0; i < expected.length && (here || given); i++) {
                            expected[i] /= scales[i % scales.length];
                        }
                        assertClose(expected, after.get(place).data());
                    });
        }
    }

    private static Map<String, Matrix> activations(Model model) {
        Map<String, Matrix> seen = new java.util.HashMap<>();
        Probe probe =
                new Probe() {
                    @Override
                    public void activation(int layer, Site site, Matrix before, Activation after) {
                        seen.put(layer + " " + site, before.copy());
                    }
                };
        decoder(model).run(IDS, null, TokenPruner.NONE, probe, Cancellation.never());
        return seen;
    }

    /** Quotients, not products with reciprocals, in the order of AWQ's code. */
    @Test
    void weightsAreScaledInFloat32() {
        try (Model plain = Model.open(Checkpoints.open(TinyFamily.OPT.write(folder)))) {
            ModelConfig config = plain.config();
            Folding folding = everywhere(config);
            Model folded = plain.fold(folding);
            float[] in = folding.layers().get(LAYER).get(Site.ATTN_INPUT);
            float[] out = folding.layers().get(LAYER).get(Site.ATTN_OUTPUT);
            LinearWeight value = plain.weights().linear(LAYER, LinearRole.VALUE);
            float[] expected = value.values();
            float[] bias = value.biasValues();
            for (int o = 0; o < value.outputs(); o++) {
                bias[o] /= out[o];
                for (int i = 0; i < value.inputs(); i++) {
                    expected[o * value.inputs() + i] =
                            expected[o * value.inputs() + i] * in[i] / out[o];
                }
            }
            LinearWeight seen = folded.weights().linear(LAYER, LinearRole.VALUE);
            assertArrayEquals(expected, seen.values());
            assertArrayEquals(bias, seen.biasValues());
            LinearWeight applied = folding.apply(config, LAYER, LinearRole.VALUE, value);
            assertArrayEquals(expected, applied.values());
            assertArrayEquals(bias, applied.biasValues());
            float[] part = new float[50];
            seen.weight().widen(30, part, 0, part.length);
            assertArrayEquals(Arrays.copyOfRange(expected, 30, 80), part);
        }
    }

    @Test
    void theDivisionBehindGeluIsATensorOfTheCheckpoint() throws IOException {
        Path bare = Files.createDirectory(folder.resolve("bare"));
        try (Model plain = Model.open(Checkpoints.open(TinyFamily.BLOOM.write(bare, "")))) {
            Model folded = plain.fold(everywhere(plain.config()));
            Tensor divisors = folded.checkpoint().find("h.2.mlp.gelu_impl.scales").orElseThrow();
            assertArrayEquals(new long[] {144}, divisors.shape());
            assertTrue(folded.checkpoint().format().endsWith(", scales folded"));
            // Written out and opened again it is the same model.
            Path written = Files.createDirectory(folder.resolve("written"));
            Files.writeString(
                    written.resolve("config.json"), folded.checkpoint().config().toString());
            SafetensorsWriter writer = new SafetensorsWriter();
            folded.checkpoint().tensors().forEach(writer::add);
            writer.write(written.resolve("model.safetensors"));
            try (Model again = Model.open(Checkpoints.open(written))) {
                assertArrayEquals(logits(folded), logits(again));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"OPT_POST, MLP_INPUT", "BLOOM, ATTN_OUTPUT", "LLAMA, ATTN_OUTPUT"})
    void refusesWhatWouldChangeTheModel(TinyFamily family, Site site) {
        try (Model plain = Model.open(Checkpoints.open(family.write(folder)))) {
            float[] scales = scales(plain.config(), site, new Random(1));
            Folding folding = Folding.ofLayer(plain.config().layers(), LAYER, Map.of(site, scales));
            assertEquals(
                    "%s: scales cannot be folded at %s: what gives it cannot be divided without changing the model"
                            .formatted(folder, site),
                    assertThrows(UserException.class, () -> plain.fold(folding)).getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "NaN", "Infinity"})
    void refusesScalesThatAreNotPositive(float bad) {
        try (Model plain = Model.open(Checkpoints.open(TinyFamily.LLAMA.write(folder)))) {
            float[] scales = scales(plain.config(), Site.MLP_INPUT, new Random(1));
            scales[3] = bad;
            Folding folding =
                    Folding.ofLayer(plain.config().layers(), LAYER, Map.of(Site.MLP_INPUT, scales));
            assertThrows(UserException.class, () -> plain.fold(folding));
        }
    }
}
