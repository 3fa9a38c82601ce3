package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyFamily;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.export.TunedModels;
import io.agilelens.engine.export.gguf.BlockEncoder;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.gguf.AgainstLlamaCppTest.Difference;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that this program exports, loaded by the real llama.cpp: the same ids and the same loss.
 * llama.cpp rounds activations to the kind of the weights, which moves its loss a little.
 */
class ExportsInLlamaCppTest {
    private static final String TEXT =
            "Once upon a time, there was a little dog. It's 12 o'clock, they said.\n\n  He liked"
                    + " to play in the park with 3 friends, didn't he? Ünï 日本 🙂";

    @TempDir Path folder;

    private TestReporter reporter;

    @BeforeEach
    void needsLlamaCpp(TestReporter testReporter) {
        reporter = testReporter;
        LlamaCpp.assumeAvailable();
    }

    /** A sample where it stands in the sources; the engine's own class path has none. */
    private static Path sample(String name) {
        return Path.of("..", "sample-models", "src", "main", "resources")
                .resolve(Path.of("io", "agilelens", "samples", name));
    }

    private static ExportFormat gguf(GgufType type) {
        return new ExportFormat.Gguf(Optional.ofNullable(type));
    }

    private Difference compare(Path file, int[] ids) {
        Matrix ours = Forward.logits(file, ids);
        try (LlamaCpp reference = LlamaCpp.open(file)) {
            return Difference.of(ours, reference.logits(ids), ids);
        }
    }

    /** What a sample became, and how far llama.cpp is from it. */
    private record Exported(ExportReport report, Difference difference) {}

    private Exported export(String sample, String recipe, GgufType type) {
        Path file = folder.resolve("model.gguf");
        try (Model model = Model.open(Checkpoints.open(sample(sample)))) {
            ExportReport report =
                    TunedModels.write(TunedModels.tune(model, recipe), gguf(type), file);
            return new Exported(report, compare(file, model.tokenizer().encode(TEXT, true)));
        }
    }

    private void requireTheSameLoss(String name, Exported exported) {
        Difference difference = exported.difference();
        reporter.publishEntry(name, difference.toString());
        assertEquals(difference.theirLoss(), difference.ourLoss(), 0.03);
    }

    /** How far its rounded activations may move the loss, in nats a token. */
    private static double tolerance(GgufType type) {
        return switch (type) {
            case F32 -> 1e-4;
            case F16 -> 5e-3;
            default -> 0.03;
        };
    }

    /** The bundled samples, trained and 128 wide: K types fall back where rows are too short. */
    @ParameterizedTest
    @CsvSource({
        "llama-tiny, F16", "llama-tiny, Q8_0", "llama-tiny, Q4_0", "llama-tiny, Q4_1",
        "llama-tiny, Q4_K", "llama-tiny, Q6_K", "bloom-tiny, F16", "bloom-tiny, Q8_0",
        "bloom-tiny, Q4_0", "bloom-tiny, Q4_1", "bloom-tiny, Q4_K", "bloom-tiny, Q6_K"
    })
    void samplesGiveTheSameLossAndIds(String sample, GgufType type) {
        Path file = folder.resolve("model.gguf");
        int[] ids;
        try (Model model = Model.open(Checkpoints.open(sample(sample)))) {
            TunedModel tuned = TunedModels.tune(model, "{}");
            TunedModels.write(tuned, gguf(type), file);
            ids = model.tokenizer().encode(TEXT, true);
        }
        try (LlamaCpp reference = LlamaCpp.open(file)) {
            assertArrayEquals(ids, reference.tokenize(TEXT, true, true));
        }
        Difference difference = compare(file, ids);
        reporter.publishEntry(sample + " " + type, difference.toString());
        assertEquals(difference.theirLoss(), difference.ourLoss(), tolerance(type));
    }

    /** The recipe's own codes, and weights tuned in other ways. */
    @ParameterizedTest
    @CsvSource({
        "llama-tiny, 4, 32, true, ",
        "llama-tiny, 4, 32, false, ",
        "llama-tiny, 3, 64, false, Q4_1",
        "llama-tiny, 8, 32, true, ",
        "llama-tiny, 3, 32, true, F16",
        "bloom-tiny, 4, 32, true, ",
        "bloom-tiny, 4, 32, false, ",
        "bloom-tiny, 8, 32, true, "
    })
    void tunedModelsGiveTheSameLoss(
            String sample, int bits, int group, boolean symmetric, GgufType type) {
        Exported exported = export(sample, TunedModels.weights(bits, group, symmetric), type);
        assertTrue(exported.report().logits().relative() < 1e-2, exported.toString());
        requireTheSameLoss(sample + " W" + bits, exported);
    }

    /** A file of several types, as a search over layers gives. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "bloom-tiny"})
    void weightsOfOtherBitsInOneFileGiveTheSameLoss(String sample) {
        Exported exported =
                export(
                        sample,
                        """
                        {"weights": {"method": "rtn", "bits": 4, "group": 32},
                         "overrides": [{"layers": [0, 2], "sites": ["MLP_HIDDEN"],
                                        "weights": {"bits": 8, "group": 32}}]}\
                        """,
                        null);
        assertEquals("GGUF Q4_1, Q8_0", exported.report().layout());
        requireTheSameLoss(sample + " of 4 and 8 bits", exported);
    }

    /** Heads that are the embedding, too, which stays as it is. */
    @ParameterizedTest
    @CsvSource({
        "llama-tiny, 8, 32, Q8_0",
        "llama-tiny, 4, 32, Q4_0",
        "llama-tiny, 6, 64, Q8_0",
        "bloom-tiny, 8, 32, Q8_0",
        "bloom-tiny, 4, 32, Q4_0"
    })
    void quantizedHeadsGiveTheSameLoss(String sample, int bits, int group, GgufType type) {
        Exported exported =
                export(
                        sample,
                        """
                        {"weights": {"method": "rtn", "bits": 4, "group": 32},
                         "head": {"method": "rtn", "bits": %d, "group": %d}}\
                        """
                                .formatted(bits, group),
                        null);
        assertTrue(
                exported.report()
                        .notes()
                        .contains("the head holds the recipe's codes as they are, in " + type),
                exported.toString());
        requireTheSameLoss("%s head of %d bits".formatted(sample, bits), exported);
    }

    /** Scales folded into norms and linears; BLOOM's behind its GELU go into columns. */
    @ParameterizedTest
    @CsvSource({"llama-tiny, Q4_1", "bloom-tiny, Q4_1", "bloom-tiny, F16"})
    void modelsTunedByAwqGiveTheSameLoss(String sample, GgufType type) {
        requireTheSameLoss(
                sample + " AWQ",
                export(sample, "{\"weights\":{\"method\":\"awq\",\"bits\":4,\"group\":32}}", type));
    }

    /** 256 wide: every block type in every linear. */
    @ParameterizedTest
    @EnumSource(
            value = GgufType.class,
            names = {"F16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K"})
    void wideModelsGiveTheSameLoss(GgufType type) throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        TinyModels.write(
                source,
                new TinyModels.Dimensions(320, 256, 3, 8, 2, 512, 256, false, DType.F32, 17));
        Path file = folder.resolve("model.gguf");
        try (Model model = Model.open(Checkpoints.open(source))) {
            TunedModels.write(TunedModels.tune(model, "{}"), gguf(type), file);
        }
        int[] ids = new Random(3).ints(96, 0, 320).toArray();
        Difference difference = compare(file, ids);
        reporter.publishEntry("256 wide " + type, difference.toString());
        assertEquals(difference.theirLoss(), difference.ourLoss(), tolerance(type));
        assertTrue(difference.rootMeanSquare() < 0.1, difference.toString());
    }

    /** Other heads, biases, names and rotary stretches. */
    @ParameterizedTest
    @EnumSource(
            value = TinyFamily.class,
            names = {"LLAMA", "MISTRAL", "QWEN2", "BLOOM"})
    void familiesGiveTheSameLoss(TinyFamily family) throws IOException {
        Path file = folder.resolve("model.gguf");
        try (Model model =
                Model.open(
                        Checkpoints.open(
                                family.write(Files.createDirectory(folder.resolve("source")))))) {
            TunedModels.write(TunedModels.tune(model, "{}"), gguf(GgufType.F16), file);
        }
        int[] ids = new Random(3).ints(64, 0, 250).toArray();
        Difference difference = compare(file, ids);
        reporter.publishEntry(family.name(), difference.toString());
        assertEquals(difference.theirLoss(), difference.ourLoss(), 5e-3);
    }

    /** SentencePiece with its own scores, and LLaMA 3's rotary divisors. */
    @ParameterizedTest
    @ValueSource(strings = {"stories260k", "tiny-llama3", "tiny-bloom"})
    void modelsOfTheKitGiveTheSameLossAndIds(String name) {
        Path file = folder.resolve("model.gguf");
        int[] ids;
        try (Model model = Model.open(Checkpoints.open(Golden.model(name)))) {
            TunedModels.write(TunedModels.tune(model, "{}"), gguf(GgufType.F16), file);
            ids = model.tokenizer().encode(TEXT, true);
        }
        try (LlamaCpp reference = LlamaCpp.open(file)) {
            String trimmed = TEXT.replaceAll(" {2,}", " ");
            if (!name.equals("stories260k")) {
                assertArrayEquals(ids, reference.tokenize(TEXT, true, true));
            } else {
                // Its own rules join blanks, which GGUF has no word for; the report says so.
                try (Model model = Model.open(Checkpoints.open(Golden.model(name)))) {
                    assertArrayEquals(
                            model.tokenizer().encode(trimmed, true),
                            reference.tokenize(trimmed, true, true));
                }
            }
        }
        Difference difference = compare(file, ids);
        reporter.publishEntry(name, difference.toString());
        assertEquals(difference.theirLoss(), difference.ourLoss(), 5e-3);
    }

    /** The encoders that are to give what ggml's reference quantizers give. */
    @ParameterizedTest
    @EnumSource(
            value = GgufType.class,
            names = {"Q8_0", "Q4_0", "Q4_1"})
    void smallBlocksAreGgmlsToTheBit(GgufType type) {
        Random random = new Random(type.ordinal());
        for (int round = 0; round < 200; round++) {
            float[] values = new float[32 * 64];
            double spread = Math.pow(10, random.nextInt(7) - 5);
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        switch (round % 4) {
                            case 0 -> (float) (random.nextGaussian() * spread);
                            case 1 -> (float) (Math.abs(random.nextGaussian()) * spread);
                            case 2 -> (random.nextInt(31) - 15) * (float) spread / 2;
                            default -> i / 32 % 3 == 0 ? 0 : (float) spread;
                        };
            }
            byte[] theirs =
                    LlamaCpp.quantize(
                            type.code(), values, 32 * 64, (int) type.bytes(values.length));
            assertArrayEquals(theirs, BlockEncoder.encode(type, values, values.length));
        }
    }

    /** Our own search beside ggml's, by what is left of the values. */
    @ParameterizedTest
    @EnumSource(
            value = GgufType.class,
            names = {"Q4_K", "Q6_K"})
    void kBlocksAreNoWorseThanGgmls(GgufType type) {
        Random random = new Random(1);
        float[] values = new float[256 * 200];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * (i / 256 % 5 == 0 ? 3 : 0.02));
        }
        String name = type.name().replace('Q', 'q');
        byte[] theirs =
                LlamaCpp.quantize(
                        type.code(), values, values.length, (int) type.bytes(values.length));
        double ggml = error(values, LlamaCpp.dequantize(name, theirs, values.length));
        byte[] ours = BlockEncoder.encode(type, values, values.length);
        double own = error(values, LlamaCpp.dequantize(name, ours, values.length));
        reporter.publishEntry(
                type + " squared error, ours over ggml's", String.valueOf(own / ggml));
        assertTrue(own < 1.02 * ggml, own + " " + ggml);
    }

    private static double error(float[] wanted, float[] got) {
        double error = 0;
        for (int i = 0; i < wanted.length; i++) {
            // Each block counts alike, whatever its size.
            double size = i / 256 % 5 == 0 ? 3 : 0.02;
            error += Math.pow((got[i] - wanted[i]) / size, 2);
        }
        return error;
    }

    /** llama.cpp has no OPT and says so. */
    @Test
    void optIsForThisProgramOnly() throws IOException {
        Path file = folder.resolve("model.gguf");
        try (Model model =
                Model.open(
                        Checkpoints.open(
                                TinyFamily.OPT.write(
                                        Files.createDirectory(folder.resolve("source")))))) {
            TunedModels.write(TunedModels.tune(model, "{}"), gguf(GgufType.F16), file);
        }
        IllegalArgumentException refusal =
                org.junit.jupiter.api.Assertions.assertThrows(
                        IllegalArgumentException.class, () -> LlamaCpp.open(file).close());
        assertTrue(
                refusal.getMessage().contains("unknown model architecture"), refusal.getMessage());
    }
}
