package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.TinyModels.Dimensions;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Architecture;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * The same file opened here and by llama.cpp: the same ids, and the same logits as far as the two
 * compute alike. llama.cpp rounds the activations of a product to the kind of its weights (F16, or
 * 8-bit blocks), which no reader can undo; only with F32 weights do both do the same arithmetic.
 */
class AgainstLlamaCppTest {
    private static final List<String> TEXTS =
            List.of(
                    "",
                    " ",
                    "Hello, world!",
                    "  two leading spaces",
                    "trailing spaces  ",
                    "a\nb\n\nc\r\n\td   e",
                    "It's the cat's, isn't it? They'LL say WE'RE done.",
                    "1 22 333 4444 55555 3.14159 x86_64",
                    "naïve café Ünïcödé ß ﬁ",
                    "日本語のテキスト。中文，标点、符号",
                    "🙂👩‍👩‍👧 emoji \u0301 combining",
                    "<s> is text, </s> too, <unk> as well",
                    "def f(x):\n    return x**2 != 3 and [i for i in range(10)]\n",
                    "Once upon a time, there was a little girl named Lily.");

    @TempDir Path folder;

    private TestReporter reporter;

    @BeforeEach
    void needsLlamaCpp(TestReporter testReporter) {
        reporter = testReporter;
        LlamaCpp.assumeAvailable();
    }

    @ParameterizedTest
    @CsvSource({
        "stories260k, ''",
        "tiny-llama3, llama-bpe",
        "tiny-llama3, qwen2",
        "tiny-llama3, gpt-2",
        "tiny-llama3, default",
        "tiny-llama3, smollm",
        "tiny-llama3, falcon",
        "tiny-llama3, bloom",
        "tiny-llama3, viking",
        "tiny-llama3, dbrx"
    })
    void givesTheSameIds(String name, String pre) throws IOException {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            GgufExport.llama(original, Encoding.F32, pre).write(file);
        }
        assertSameIds(file);
    }

    @Test
    void givesTheSameIdsForBloom() throws IOException {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model("tiny-bloom"))) {
            GgufExport.bloom(original, Encoding.F32).write(file);
        }
        assertSameIds(file);
    }

    private static void assertSameIds(Path file) throws IOException {
        String wikitext =
                Files.readString(Golden.root().resolve("ppl").resolve("wikitext2_test_slice.txt"));
        try (Checkpoint checkpoint = Checkpoints.open(file);
                var tokenizer = io.agilelens.engine.tokenizer.Tokenizers.forCheckpoint(checkpoint);
                LlamaCpp reference = LlamaCpp.open(file)) {
            for (String text : TEXTS) {
                assertArrayEquals(
                        reference.tokenize(text, true, true), tokenizer.encode(text, true), text);
                assertArrayEquals(
                        reference.tokenize(text, false, false),
                        tokenizer.encodeLiterally(text),
                        text);
            }
            assertArrayEquals(
                    reference.tokenize(wikitext, true, true), tokenizer.encode(wikitext, true));
        }
    }

    /** The switches of a SentencePiece tokenizer, and a token that is recognised in any text. */
    @ParameterizedTest
    @ValueSource(strings = {"add_space_prefix", "add_eos_token", "add_bos_token", "user"})
    void givesTheSameIdsHoweverItIsSwitched(String what) throws IOException {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model("stories260k"))) {
            GgufWriter writer = GgufExport.llama(original, Encoding.F32, "");
            writer.write(file);
            switch (what) {
                case "add_eos_token" -> writer.flag("tokenizer.ggml.add_eos_token", true);
                case "user" -> {
                    try (GgufFile plain = GgufFile.open(file)) {
                        int[] types = plain.metadata().wholes("tokenizer.ggml.token_type");
                        // "the" and "ed", in the middle of words too.
                        types[265] = 4;
                        types[266] = 4;
                        writer.wholes("tokenizer.ggml.token_type", types);
                    }
                }
                default -> writer.flag("tokenizer.ggml." + what, false);
            }
            Files.delete(file);
            writer.write(file);
        }
        assertSameIds(file);
    }

    /** Random code points of many scripts, in which nothing was foreseen. */
    @ParameterizedTest
    @CsvSource({"stories260k, ''", "tiny-llama3, llama-bpe", "tiny-llama3, gpt-2"})
    void givesTheSameIdsForRandomTexts(String name, String pre) {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            GgufExport.llama(original, Encoding.F32, pre).write(file);
        }
        Random random = new Random(5);
        try (Checkpoint checkpoint = Checkpoints.open(file);
                var tokenizer = io.agilelens.engine.tokenizer.Tokenizers.forCheckpoint(checkpoint);
                LlamaCpp reference = LlamaCpp.open(file)) {
            for (int i = 0; i < 500; i++) {
                String text = randomText(random);
                assertArrayEquals(
                        reference.tokenize(text, true, false),
                        withStart(
                                tokenizer.startToken().orElseThrow(),
                                tokenizer.encodeLiterally(text)),
                        text);
            }
        }
    }

    private static int[] withStart(int start, int[] ids) {
        int[] all = new int[ids.length + 1];
        all[0] = start;
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }

    private static String randomText(Random random) {
        String letters = "abcdethe  \n'sTHE,.!?()0123456789-_<>éßñ中文字あいДжא\u3000…";
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(40);
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"stories260k, ''", "tiny-llama3, llama-bpe"})
    void givesTheSameLogitsInF32(String name, String pre) {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            GgufExport.llama(original, Encoding.F32, pre).write(file);
        }
        Golden golden = Golden.open("goldens", name);
        int[] ids = golden.ints("ids_s0");
        Matrix ours = ours(file, ids);
        Matrix theirs = theirs(file, ids);
        Difference difference = Difference.of(ours, theirs, ids);
        report(name + " F32", difference);
        assertTrue(difference.largest() < 1e-3, difference.toString());
        assertArrayEquals(golden.floats("logits_s0"), ours.data(), 1e-3f);
    }

    /**
     * A model 256 wide, as the K types need. What llama.cpp makes of an F32 file with the same
     * values must come out to the last digits; what it makes of the file itself, only as far as
     * rounded activations let it.
     */
    @ParameterizedTest
    @EnumSource(Encoding.class)
    void agreesOnLogitsAndLossInEveryType(Encoding encoding) {
        Path source = folder.resolve("source");
        Dimensions dimensions = new Dimensions(320, 256, 3, 8, 2, 512, 256, false, DType.F32, 17);
        Path file = folder.resolve("model.gguf");
        Path twin = folder.resolve("twin.gguf");
        try (Checkpoint original = Checkpoints.open(write(source, dimensions))) {
            GgufExport.llama(original, encoding, "gpt-2").write(file);
            GgufExport.llamaTwin(original, encoding, "gpt-2").write(twin);
        }
        int[] ids = new Random(3).ints(96, 0, 320).toArray();
        Matrix ours = ours(file, ids);
        Difference exact = Difference.of(ours, theirs(twin, ids), ids);
        Difference rounded = Difference.of(ours, theirs(file, ids), ids);
        report("random 256 wide, %s, activations in F32".formatted(encoding), exact);
        report("random 256 wide, %s".formatted(encoding), rounded);
        assertTrue(exact.largest() < 1e-3, exact.toString());
        assertTrue(rounded.rootMeanSquare() < tolerance(encoding), rounded.toString());
        assertEquals(rounded.theirLoss(), rounded.ourLoss(), tolerance(encoding) / 4);
    }

    /** A trained model: the loss per token on a text, in every type its 64 channels allow. */
    @ParameterizedTest
    @EnumSource(
            value = Encoding.class,
            names = {"F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void agreesOnTheLossOfATrainedModel(Encoding encoding) {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model("stories260k"))) {
            GgufExport.llama(original, encoding, "").write(file);
        }
        int[] ids = Golden.open("goldens", "stories260k").ints("ids_s0");
        Difference difference = Difference.of(ours(file, ids), theirs(file, ids), ids);
        report("stories260k, " + encoding, difference);
        assertEquals(difference.theirLoss(), difference.ourLoss(), tolerance(encoding) / 4);
        assertTrue(difference.agreement() > 0.9, difference.toString());
    }

    /** What some LLaMA files have and others have not: a stretch, biases, rows in another order. */
    @ParameterizedTest
    @ValueSource(strings = {"linear", "biases", "qwen2"})
    void agreesOnWhatOnlySomeFilesHave(String what) {
        Path source = folder.resolve("source");
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(write(source, Dimensions.small()))) {
            GgufWriter writer = GgufExport.llama(original, Encoding.F32, "gpt-2");
            switch (what) {
                case "linear" ->
                        writer.text("llama.rope.scaling.type", "linear")
                                .real("llama.rope.scaling.factor", 4);
                case "biases" -> addBiases(writer, List.of("q", "k", "v", "output"));
                default -> {
                    addBiases(writer, List.of("q", "k", "v"));
                    writer.rename("llama.", "qwen2.").text("general.architecture", "qwen2");
                }
            }
            writer.write(file);
        }
        int[] ids = new Random(3).ints(64, 0, TinyModels.SMALLEST_VOCABULARY).toArray();
        Difference difference = Difference.of(ours(file, ids), theirs(file, ids), ids);
        report("random 32 wide, " + what, difference);
        assertTrue(difference.largest() < 1e-3, difference.toString());
    }

    private static void addBiases(GgufWriter writer, List<String> projections) {
        Random random = new Random(8);
        for (int layer = 0; layer < Dimensions.small().layers(); layer++) {
            for (String projection : projections) {
                int size = projection.equals("k") || projection.equals("v") ? 16 : 32;
                float[] bias = new float[size];
                for (int i = 0; i < size; i++) {
                    bias[i] = (float) random.nextGaussian();
                }
                writer.add(
                        "blk.%d.attn_%s.bias".formatted(layer, projection),
                        Encoding.F32.code(),
                        new long[] {size},
                        Encoding.F32.encode(bias, size));
            }
        }
    }

    /** How far rounded activations move the logits of a random model, relative to their spread. */
    private static double tolerance(Encoding encoding) {
        return switch (encoding) {
            case F32 -> 1e-4;
            case F16 -> 5e-3;
            case BF16 -> 4e-2;
            default -> 0.1;
        };
    }

    @Test
    void agreesOnBloom() {
        assumeTrue(
                Architecture.ofModelType("bloom").isPresent(),
                "this version of the engine does not run BLOOM");
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model("tiny-bloom"))) {
            GgufExport.bloom(original, Encoding.F32).write(file);
        }
        Golden golden = Golden.open("goldens", "tiny-bloom");
        int[] ids = golden.ints("ids_s0");
        Matrix ours = ours(file, ids);
        Difference difference = Difference.of(ours, theirs(file, ids), ids);
        report("tiny-bloom F32", difference);
        assertTrue(difference.largest() < 5e-3, difference.toString());
        assertArrayEquals(golden.floats("logits_s0"), ours.data(), 1e-3f);
    }

    /**
     * llama.cpp against the reference kit: the exported file is right even if BLOOM does not run.
     */
    @Test
    void llamaCppRunsTheExportedBloom() {
        Path file = folder.resolve("model.gguf");
        try (Checkpoint original = Checkpoints.open(Golden.model("tiny-bloom"))) {
            GgufExport.bloom(original, Encoding.F32).write(file);
        }
        Golden golden = Golden.open("goldens", "tiny-bloom");
        int[] ids = golden.ints("ids_s0");
        Difference difference = Difference.of(golden.matrix("logits_s0"), theirs(file, ids), ids);
        report("tiny-bloom F32, reference kit", difference);
        assertTrue(difference.rootMeanSquare() < 1e-2, difference.toString());
    }

    private static Path write(Path source, Dimensions dimensions) {
        try {
            return TinyModels.write(Files.createDirectories(source), dimensions);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Matrix ours(Path file, int[] ids) {
        return Forward.logits(file, ids);
    }

    private static Matrix theirs(Path file, int[] ids) {
        try (LlamaCpp reference = LlamaCpp.open(file)) {
            return reference.logits(ids);
        }
    }

    /** For tools that show what tests publish. */
    private void report(String what, Difference difference) {
        reporter.publishEntry(what, difference.toString());
    }

    /**
     * How two sets of logits differ.
     *
     * @param largest difference
     * @param rootMeanSquare of the differences, divided by the spread of the logits
     * @param ourLoss mean negative log-likelihood of the next id, in nats
     * @param agreement positions at which both hold the same id for the likeliest, of all
     */
    record Difference(
            double largest,
            double rootMeanSquare,
            double ourLoss,
            double theirLoss,
            double agreement) {

        static Difference of(Matrix ours, Matrix theirs, int[] ids) {
            double largest = 0;
            double squares = 0;
            double spread = 0;
            int count = ours.rows() * ours.columns();
            for (int i = 0; i < count; i++) {
                double difference = ours.data()[i] - theirs.data()[i];
                largest = Math.max(largest, Math.abs(difference));
                squares += difference * difference;
                spread += theirs.data()[i] * theirs.data()[i];
            }
            int same = 0;
            for (int row = 0; row < ours.rows(); row++) {
                same += likeliest(ours, row) == likeliest(theirs, row) ? 1 : 0;
            }
            return new Difference(
                    largest,
                    Math.sqrt(squares / spread),
                    loss(ours, ids),
                    loss(theirs, ids),
                    (double) same / ours.rows());
        }

        private static int likeliest(Matrix logits, int row) {
            int best = 0;
            for (int i = 1; i < logits.columns(); i++) {
                best = logits.get(row, i) > logits.get(row, best) ? i : best;
            }
            return best;
        }

        private static double loss(Matrix logits, int[] ids) {
            double loss = 0;
            for (int row = 0; row + 1 < ids.length; row++) {
                double sum = 0;
                for (int i = 0; i < logits.columns(); i++) {
                    sum += Math.exp(logits.get(row, i));
                }
                loss += Math.log(sum) - logits.get(row, ids[row + 1]);
            }
            return loss / (ids.length - 1);
        }
    }
}
