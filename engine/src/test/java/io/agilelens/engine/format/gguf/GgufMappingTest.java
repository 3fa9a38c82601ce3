package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.Golden;
import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a GGUF file looks like after it was opened: keys, names and rows of Hugging Face. */
class GgufMappingTest {
    private static final String LLAMA = "llama.";

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("model.gguf");
    }

    @Test
    void givesBackEveryTensorAndKeyOfALlama() {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            GgufExport.llama(original, Encoding.F32, "gpt-2").write(file());
            try (Checkpoint opened = Checkpoints.open(file())) {
                assertSameTensors(original, opened, UnaryOperator.identity());
                JsonNode config = opened.config();
                for (String key :
                        List.of(
                                "model_type",
                                "hidden_size",
                                "intermediate_size",
                                "num_hidden_layers",
                                "num_attention_heads",
                                "num_key_value_heads",
                                "vocab_size",
                                "max_position_embeddings",
                                "tie_word_embeddings",
                                "rms_norm_eps",
                                "rope_theta",
                                "bos_token_id",
                                "eos_token_id")) {
                    assertEquals(original.config().path(key), config.path(key), key);
                }
                assertEquals("GGUF version 3, llama", opened.format());
                assertEquals(List.of(), opened.warnings());
                assertEquals(file(), opened.source());
            }
        }
    }

    @Test
    void aMissingHeadIsTied() {
        var tied =
                new TinyModels.Dimensions(
                        TinyModels.SMALLEST_VOCABULARY, 32, 2, 4, 2, 48, 128, true, DType.F16, 1);
        try (Checkpoint original = tinyLlama(tied)) {
            GgufExport.llama(original, Encoding.BF16, "gpt-2").version(2).write(file());
        }
        try (Model model = Model.open(Checkpoints.open(file()))) {
            assertTrue(model.config().tiedHead());
            assertEquals("GGUF version 2, llama", model.checkpoint().format());
            assertEquals("BF16", model.weights().embedding().storage());
        }
    }

    /** Some writers leave biases out where others have them; none is as good as zero. */
    @Test
    void fillsTheBiasesThatAreLeftOut() {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            float[] bias = new float[32];
            for (int i = 0; i < bias.length; i++) {
                bias[i] = i;
            }
            GgufExport.llama(original, Encoding.F32, "gpt-2")
                    .add("blk.1.attn_q.bias", 0, new long[] {32}, Encoding.F32.encode(bias, 32))
                    .write(file());
        }
        try (Model model = Model.open(Checkpoints.open(file()))) {
            Checkpoint opened = model.checkpoint();
            assertTrue(opened.config().path("attention_bias").booleanValue());
            assertFalse(opened.config().path("mlp_bias").booleanValue());
            float[] query = floats(opened, "model.layers.1.self_attn.q_proj.bias");
            // Head 0 is 8 wide: pairs 0 1, 2 3, … become halves.
            assertArrayEquals(new float[] {0, 2, 4, 6, 1, 3, 5, 7}, Arrays.copyOf(query, 8));
            assertArrayEquals(
                    new float[16], floats(opened, "model.layers.1.self_attn.k_proj.bias"));
            assertArrayEquals(
                    new float[32], floats(opened, "model.layers.0.self_attn.q_proj.bias"));
        }
    }

    @Test
    void qwen2KeepsTheOrderOfItsRows() {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            GgufWriter writer = GgufExport.llama(original, Encoding.F32, "gpt-2");
            renamed(writer, "qwen2").write(file());
            try (Checkpoint opened = Checkpoints.open(file())) {
                String query = "model.layers.0.self_attn.q_proj.weight";
                float[] adjacent = floats(opened, query);
                float[] halfSplit = floats(original, query);
                // Row 1 of the file is row 4 of a head of 8 that was converted for LLaMA.
                assertArrayEquals(row(halfSplit, 4, 32), row(adjacent, 1, 32));
                assertEquals("llama", opened.config().path("model_type").stringValue());
                assertEquals("GGUF version 3, qwen2", opened.format());
            }
        }
    }

    @Test
    void llama3StretchBecomesDivisors() {
        try (Checkpoint original = Checkpoints.open(Golden.model("tiny-llama3"))) {
            GgufExport.llama(original, Encoding.F32, "llama-bpe").write(file());
        }
        try (Checkpoint expected = Checkpoints.open(Golden.model("tiny-llama3"));
                Checkpoint opened = Checkpoints.open(file())) {
            JsonNode scaling = opened.config().path("rope_scaling");
            assertEquals("agilelens-divisors", scaling.path("rope_type").stringValue());
            // Frequencies 1, 500000^(-1/4), …: the first is kept, the last two are long waves.
            float[] divisors = new float[4];
            for (int i = 0; i < divisors.length; i++) {
                divisors[i] = scaling.path("divisors").get(i).floatValue();
            }
            assertEquals(4, scaling.path("divisors").size());
            assertEquals(1, divisors[0]);
            assertEquals(8, divisors[2]);
            assertEquals(8, divisors[3]);
            assertEquals(expected.tensors().size(), opened.tensors().size());
        }
    }

    @Test
    void linearStretchIsTakenOver() {
        write(
                writer ->
                        writer.text(LLAMA + "rope.scaling.type", "linear")
                                .real(LLAMA + "rope.scaling.factor", 4));
        assertLinear(4);
        write(writer -> writer.real(LLAMA + "rope.scale_linear", 2));
        assertLinear(2);
    }

    private void assertLinear(double factor) {
        try (Model model = Model.open(Checkpoints.open(file()))) {
            JsonNode scaling = model.checkpoint().config().path("rope_scaling");
            assertEquals("linear", scaling.path("rope_type").stringValue());
            assertEquals(factor, scaling.path("factor").doubleValue());
        }
    }

    @Test
    void givesBackEveryTensorOfABloom() {
        try (Checkpoint original = Checkpoints.open(Golden.model("tiny-bloom"))) {
            GgufExport.bloom(original, Encoding.F32).write(file());
            try (Checkpoint opened = Checkpoints.open(file())) {
                assertSameTensors(original, opened, name -> "transformer." + name);
                JsonNode config = opened.config();
                assertEquals("bloom", config.path("model_type").stringValue());
                assertEquals(3, config.path("n_layer").intValue());
                assertEquals(8, config.path("n_head").intValue());
                assertEquals(64, config.path("hidden_size").intValue());
                assertEquals(365, config.path("vocab_size").intValue());
                assertEquals(1e-5, config.path("layer_norm_epsilon").doubleValue());
                assertEquals(2048, config.path("seq_length").intValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-opt-pre", "tiny-opt-post"})
    void givesBackEveryTensorAndKeyOfAnOpt(String name) {
        try (Checkpoint original = Checkpoints.open(Golden.model(name))) {
            GgufExport.opt(original, Encoding.F32).write(file());
            try (Checkpoint opened = Checkpoints.open(file())) {
                assertSameTensors(
                        original,
                        opened,
                        found -> found.startsWith("decoder.") ? "model." + found : found);
                for (String key :
                        List.of(
                                "model_type",
                                "hidden_size",
                                "ffn_dim",
                                "num_hidden_layers",
                                "num_attention_heads",
                                "max_position_embeddings",
                                "do_layer_norm_before",
                                "word_embed_proj_dim",
                                "activation_function",
                                "_remove_final_layer_norm",
                                "vocab_size",
                                "bos_token_id")) {
                    assertEquals(original.config().path(key), opened.config().path(key), key);
                }
            }
        }
    }

    @Test
    void quantizedFilesAreAsCloseAsTheirTypeAllows() {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            for (Encoding encoding :
                    List.of(
                            Encoding.Q4_0,
                            Encoding.Q4_1,
                            Encoding.Q5_0,
                            Encoding.Q5_1,
                            Encoding.Q8_0)) {
                GgufExport.llama(original, encoding, "gpt-2").write(file());
                try (Checkpoint opened = Checkpoints.open(file())) {
                    String name = "model.layers.1.self_attn.k_proj.weight";
                    Tensor tensor = opened.find(name).orElseThrow();
                    assertEquals(encoding.name(), tensor.storage());
                    float[] expected = floats(original, name);
                    float[] found = tensor.toFloats();
                    double error = 0;
                    double power = 0;
                    for (int i = 0; i < found.length; i++) {
                        error += Math.pow(found[i] - expected[i], 2);
                        power += expected[i] * expected[i];
                    }
                    double limit = encoding == Encoding.Q8_0 ? 0.01 : 0.12;
                    assertTrue(Math.sqrt(error / power) < limit, encoding.toString());
                }
            }
        }
    }

    @Test
    void joinsTheFilesOfASplitModel() throws IOException {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            GgufWriter whole = GgufExport.llama(original, Encoding.F32, "gpt-2");
            List<GgufWriter> parts = GgufExport.split(whole, 3);
            for (int i = 0; i < 3; i++) {
                parts.get(i).write(part(i));
            }
            for (int i = 0; i < 3; i++) {
                try (Checkpoint opened = Checkpoints.open(part(i))) {
                    assertSameTensors(original, opened, UnaryOperator.identity());
                    assertEquals("GGUF version 3, llama, 3 files", opened.format());
                }
            }
            Files.copy(part(0), file());
            assertLine(file(), "is one of 3 files of a split model but is not called");
            Files.delete(file());
            Files.copy(part(1), folder.resolve("other-00001-of-00003.gguf"));
            assertLine(
                    folder.resolve("other-00001-of-00003.gguf"),
                    "'split.no' is 1: its name says 0");
            Files.delete(part(2));
            assertLine(part(0), "m-00003-of-00003.gguf does not exist");
            parts.get(1).write(part(2));
            assertLine(part(0), "'split.no' is 1: its name says 2");
            parts.get(1).whole("split.no", 2).write(part(2));
            assertLine(part(0), "is in another file of the set too");
        }
    }

    private Path part(int number) {
        return folder.resolve("m-%05d-of-00003.gguf".formatted(number + 1));
    }

    @Test
    void isKnownByItsFirstBytesAndNotByItsName() throws IOException {
        write(writer -> writer);
        Path odd = folder.resolve("weights.dat");
        Files.copy(file(), odd);
        try (Checkpoint opened = Checkpoints.open(odd)) {
            assertEquals("GGUF version 3, llama", opened.format());
        }
        Files.writeString(file(), "something else");
        assertLine(file(), "is no GGUF file: it does not start with 'GGUF'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "expert_count                | 8    | mixtures of experts",
                "logit_scale                 | 0.5  | only plain decoders",
                "attn_logit_softcapping      | 50   | only plain decoders",
                "attention.clamp_kqv         | 8    | only plain decoders",
                "attention.max_alibi_bias    | 8    | rotary embedding, not ALiBi",
                "attention.sliding_window    | 64   | windows shorter than the context of 128",
                "rope.dimension_count        | 4    | of a part of the head's 8 elements",
                "attention.value_length      | 16   | heads of 8 need values of that length",
                "rope.scaling.attn_factor    | 1.5  | scaled attention",
                "attention.head_count        | 0    | a whole number from 1 to 1048576",
                "attention.head_count        | 3    | it must be a multiple of 3 heads",
                "block_count                 | 3    | lacks the tensor 'blk.2.attn_norm.weight'",
                "block_count                 | 1    | tensor 'blk.1.attn_norm.weight' has no place",
                "block_count                 | 99999999 | a whole number from 1 to 16384",
                "attention.layer_norm_rms_epsilon | 2 | it must lie in 0…1",
            })
    void refusesKeysThatChangeTheArithmetic(String key, double value, String line) {
        write(
                writer ->
                        value == Math.rint(value)
                                ? writer.whole(LLAMA + key, (long) value)
                                : writer.real(LLAMA + key, value));
        UserException refusal = assertLine(file(), line);
        if (!line.contains("tensor") && !line.contains("multiple")) {
            assertTrue(refusal.getMessage().contains("'" + LLAMA + key + "'"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "expert_count, 0", "logit_scale, 1", "attention.sliding_window, 128",
        "attention.sliding_window, 0", "attention.key_length, 8", "rope.scaling.attn_factor, 1",
    })
    void takesKeysThatChangeNothing(String key, long value) {
        write(writer -> writer.whole(LLAMA + key, value));
        try (Checkpoint opened = Checkpoints.open(file())) {
            assertEquals(List.of(), opened.warnings());
        }
    }

    @Test
    void refusesWhatItDoesNotKnowByName() {
        write(writer -> writer.text("general.architecture", "mamba"));
        assertLine(file(), "'general.architecture' is 'mamba': this architecture is not known");
        write(writer -> writer.text(LLAMA + "rope.scaling.type", "yarn"));
        assertLine(file(), "'llama.rope.scaling.type' is 'yarn': only none and linear");
        write(writer -> writer.remove("general.architecture"));
        assertLine(file(), "lacks the metadata key 'general.architecture'");
        write(writer -> writer.remove(LLAMA + "embedding_length"));
        assertLine(file(), "lacks the metadata key 'llama.embedding_length'");
        write(writer -> writer.add("blk.0.attn_q_norm.weight", 0, new long[] {1}, new byte[4]));
        assertLine(file(), "tensor 'blk.0.attn_q_norm.weight' has no place");
        write(writer -> writer.flag(LLAMA + "attention.causal", false));
        assertLine(file(), "'llama.attention.causal' is false");
    }

    @Test
    void tellsOfKeysItDoesNotKnow() {
        write(writer -> writer.whole(LLAMA + "shoe_size", 43));
        try (Checkpoint opened = Checkpoints.open(file())) {
            assertEquals(
                    List.of("the metadata key 'llama.shoe_size' is not known and was not used"),
                    opened.warnings());
        }
        write(writer -> writer.remove("tokenizer.ggml.pre"));
        try (Checkpoint opened = Checkpoints.open(file())) {
            assertEquals(1, opened.warnings().size());
            assertTrue(opened.warnings().getFirst().contains("tokenizer.ggml.pre"));
        }
    }

    @Test
    void oneNumberForEveryLayerIsThatNumberIfAllAreEqual() {
        write(writer -> writer.wholes(LLAMA + "attention.head_count_kv", new int[] {2, 2}));
        try (Model model = Model.open(Checkpoints.open(file()))) {
            assertEquals(2, model.config().keyValueHeads());
        }
        write(writer -> writer.wholes(LLAMA + "attention.head_count_kv", new int[] {2, 4}));
        assertLine(file(), "layers that differ from each other");
    }

    @Test
    void oldQuantizationsAreRefused() {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            GgufExport.llama(original, Encoding.Q8_0, "gpt-2")
                    .whole("general.quantization_version", 1)
                    .write(file());
        }
        assertLine(file(), "'general.quantization_version' is 1: only version 2 is read");
    }

    private void write(UnaryOperator<GgufWriter> change) {
        try (Checkpoint original = tinyLlama(TinyModels.Dimensions.small())) {
            change.apply(GgufExport.llama(original, Encoding.F32, "gpt-2")).write(file());
        }
    }

    private Checkpoint tinyLlama(TinyModels.Dimensions dimensions) {
        try {
            Path source = Files.createTempDirectory(folder, "source");
            return Checkpoints.open(TinyModels.write(source, dimensions));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same file with every llama key under another architecture's name. */
    private static GgufWriter renamed(GgufWriter writer, String architecture) {
        return writer.rename(LLAMA, architecture + ".").text("general.architecture", architecture);
    }

    private static UserException assertLine(Path path, String part) {
        UserException refusal =
                assertThrows(UserException.class, () -> Checkpoints.open(path).close());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
        return refusal;
    }

    private static void assertSameTensors(
            Checkpoint expected, Checkpoint found, UnaryOperator<String> newName) {
        Map<String, long[]> shapes = new TreeMap<>();
        for (Tensor tensor : expected.tensors()) {
            if (!tensor.name().equals("lm_head.weight")
                    || found.find("lm_head.weight").isPresent()) {
                String name = newName.apply(tensor.name());
                shapes.put(name, tensor.shape());
                Tensor twin = found.find(name).orElseThrow(() -> new AssertionError("no " + name));
                assertEquals(name, twin.name());
                assertArrayEquals(tensor.shape(), twin.shape(), name);
                assertArrayEquals(tensor.toFloats(), twin.toFloats(), name);
            }
        }
        for (Tensor tensor : found.tensors()) {
            assertTrue(
                    shapes.containsKey(tensor.name()) || tensor.name().equals("lm_head.weight"),
                    tensor.name());
        }
    }

    private static float[] floats(Checkpoint checkpoint, String name) {
        return checkpoint.find(name).orElseThrow().toFloats();
    }

    private static float[] row(float[] values, int row, int length) {
        return Arrays.copyOfRange(values, row * length, (row + 1) * length);
    }
}
