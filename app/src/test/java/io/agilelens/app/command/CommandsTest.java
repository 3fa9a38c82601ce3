package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.app.SampleTexts;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every command on a tiny random model: what it prints and what it writes. */
class CommandsTest {
    private static final String TRIP =
            "{\"weights\":{\"method\":\"rtn\"},\"activations\":{\"method\":\"trip\",\"bits\":8}}";

    @TempDir static Path folder;
    private static Path model;
    private static Path text;

    @BeforeAll
    static void write() throws IOException {
        model = CommandRun.tinyModel(folder);
        text = folder.resolve("text.txt");
        Files.writeString(text, SampleTexts.LIGHTHOUSE.read().substring(0, 2000));
    }

    @Test
    void infoTellsTheShapeAndEveryTensor() {
        JsonNode info = CommandRun.of("info", model, "--json", "--tensors").json();
        assertEquals("LLaMA", info.path("architecture").asString());
        assertEquals(3, info.path("layers").asInt());
        assertEquals(2, info.path("key_value_heads").asInt());
        long elements = 0;
        for (JsonNode tensor : info.path("tensors")) {
            long size = 1;
            for (JsonNode length : tensor.path("shape")) {
                size *= length.asLong();
            }
            elements += size;
        }
        assertEquals(elements, info.path("parameters").asLong());
        assertEquals(2 * elements, info.path("bytes").asLong());
        assertEquals(256, info.path("tokenizer").path("start_token").asInt());
        assertEquals("estimate", info.path("memory_estimate").path("kind").asString());
        assertTrue(info.path("memory_estimate").path("weight_bytes").asLong() > 2 * elements);
    }

    @Test
    void infoIsReadableToo() {
        CommandRun run = CommandRun.of("info", model);
        assertEquals(0, run.status());
        assertTrue(run.output().contains("3 layers of 32"), run.output());
        assertTrue(run.output().contains("estimate"), run.output());
    }

    @Test
    void tokenizeReadsStandardInput() {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("Hi".getBytes(StandardCharsets.UTF_8)));
            JsonNode result = CommandRun.of("tokenize", model, "--text", "-", "--json").json();
            assertEquals(List.of(256, 'H' + 0, 'i' + 0), ints(result.path("ids")));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void tokenizeWarnsAboutBytesThatAreNoUtf8() throws IOException {
        Path broken = folder.resolve("broken.txt");
        Files.write(broken, new byte[] {'a', (byte) 0xFF, 'b'});
        CommandRun run = CommandRun.of("tokenize", model, "--text", broken, "--json");
        assertEquals(5 + 1, run.json().path("tokens").asInt(), "start, a, three bytes, b");
        assertTrue(run.errors().contains("1 pieces are no UTF-8"), run.errors());
    }

    @Test
    void badWeightsAreCountedAndNamedAndDoNotCrash() throws IOException {
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        for (String name : List.of("config.json", "tokenizer.json")) {
            Files.copy(model.resolve(name), damaged.resolve(name));
        }
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint intact = Checkpoints.open(model)) {
            for (Tensor tensor : intact.tensors()) {
                float[] values = tensor.toFloats();
                if (tensor.name().endsWith("1.mlp.up_proj.weight")) {
                    values[3] = Float.NaN;
                    values[4] = Float.POSITIVE_INFINITY;
                }
                writer.add(tensor.name(), DType.F16, tensor.shape(), values);
            }
            writer.write(damaged.resolve("model.safetensors"));
        }
        String line = "2 weights of model.layers.1.mlp.up_proj.weight are NaN or infinite";
        JsonNode info = CommandRun.of("info", damaged, "--json", "--statistics").json();
        assertEquals(2, info.path("unusable_weights").asInt());
        assertTrue(info.path("warnings").toString().contains(line), info.toString());
        long counted = 0;
        for (JsonNode tensor : info.path("tensors")) {
            counted += tensor.path("unusable").asLong();
        }
        assertEquals(2, counted);
        assertTrue(
                CommandRun.of("perplexity", damaged, "--text", text, "--window", 32)
                        .failure(1)
                        .contains(line));
        assertEquals(0, CommandRun.of("generate", damaged, "--prompt", "Hi", "--json").status());
    }

    @Test
    void textsAreReadInTheFormatThatIsAskedFor() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.txt"), " = A = \n \n b \n");
        JsonNode plain =
                CommandRun.of("tokenize", model, "--text", rows, "--json", "--literal").json();
        JsonNode joined =
                CommandRun.of(
                                "tokenize",
                                model,
                                "--text",
                                rows,
                                "--text-format",
                                "wikitext",
                                "--json",
                                "--literal")
                        .json();
        // Two line ends between three rows, less the blank line's own space and line end.
        assertEquals(plain.path("tokens").asInt() + 4 - 2, joined.path("tokens").asInt());
        assertEquals(0, joined.path("replaced_sequences").asInt());
        Path wide = folder.resolve("wide.txt");
        Files.writeString(wide, "text", StandardCharsets.UTF_16LE);
        assertTrue(CommandRun.of("tokenize", model, "--text", wide).failure(1).contains("UTF-16"));
        CommandRun.of("tokenize", model, "--text", rows, "--text-format", "parquet").failure(2);
    }

    @Test
    void logitsAreWrittenRowByRow() throws IOException {
        Path file = folder.resolve("logits.bin");
        JsonNode result =
                CommandRun.of(
                                "logits",
                                model,
                                "--ids",
                                "256,72,105",
                                "--out",
                                file,
                                "--layers",
                                "--json")
                        .json();
        assertEquals(List.of(3, 300), ints(result.path("logits").path("shape")));
        assertEquals(3L * 300 * 4, Files.size(file));
        assertEquals(3L * 3 * 32 * 4, Files.size(folder.resolve("logits.bin.layers")));
        assertTrue(
                CommandRun.of("logits", model, "--ids", "1", "--out", file)
                        .failure(1)
                        .contains("exists already"));
    }

    @Test
    void generateIsTheSameForTheSameSeed() {
        Object[] words = {
            "generate",
            model,
            "--prompt",
            "abc",
            "--tokens",
            12,
            "--temperature",
            1.5,
            "--seed",
            3,
            "--json"
        };
        JsonNode first = CommandRun.of(words).json();
        assertEquals(first.path("ids"), CommandRun.of(words).json().path("ids"));
        assertEquals(4, first.path("prompt_tokens").asInt());
        assertTrue(first.path("prefill_tokens_per_second").asDouble() > 0);
        words[9] = 4;
        assertFalse(first.path("ids").equals(CommandRun.of(words).json().path("ids")));
    }

    @Test
    void generateStreamsItsTextAndTellsTheSpeedElsewhere() {
        CommandRun run = CommandRun.of("generate", model, "--prompt", "abc", "--tokens", 5);
        assertEquals(0, run.status());
        assertTrue(run.output().startsWith("abc"), run.output());
        assertTrue(run.errors().contains("tokens/s"), run.errors());
    }

    @Test
    void perplexityHasTheKeysOfTheDesign() {
        JsonNode result =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--recipe",
                                "W4A8-TRIP",
                                "--kl",
                                "--json")
                        .json();
        for (String key :
                List.of(
                        "perplexity",
                        "nll",
                        "tokens",
                        "windows",
                        "standard_error",
                        "protocol",
                        "coverage",
                        "kl_divergence",
                        "top1_agreement",
                        "recipe")) {
            assertFalse(result.path(key).isMissingNode(), key);
        }
        assertEquals(result.path("windows").asInt() * 63, result.path("tokens").asInt());
        assertEquals(
                Math.exp(result.path("nll").asDouble()),
                result.path("perplexity").asDouble(),
                1e-6 * result.path("perplexity").asDouble());
        assertTrue(result.path("kl_divergence").asDouble() > 0);
        assertEquals("simulated", result.path("execution").asString());
    }

    @Test
    void aFloatModelDoesNotDivergeFromItself() {
        JsonNode result =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--max-windows",
                                2,
                                "--kl",
                                "--json")
                        .json();
        assertEquals(0, result.path("kl_divergence").asDouble(), 1e-6);
        assertEquals(1, result.path("top1_agreement").asDouble());
        assertEquals(2, result.path("windows").asInt());
    }

    @Test
    void outliersListsEveryLayerAndSite() {
        JsonNode result =
                CommandRun.of(
                                "outliers",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--max-windows",
                                2,
                                "--recipe",
                                TRIP,
                                "--json")
                        .json();
        assertEquals(3 * 7, result.path("sites").size());
        assertEquals(7, result.path("census").size());
        JsonNode site = result.path("sites").get(0);
        assertEquals("ATTN_INPUT", site.path("site").asString());
        assertTrue(site.path("maximum").asDouble() > site.path("minimum").asDouble());
        assertTrue(site.path("sqnr_db").asDouble() > 10);
    }

    @Test
    void pruneCountsSurvivors() {
        JsonNode result =
                CommandRun.of(
                                "prune",
                                model,
                                "--text",
                                text,
                                "--window",
                                100,
                                "--beta",
                                0.19,
                                "--layers",
                                "1-2",
                                "--json")
                        .json();
        // METHOD §2.4: γ is just below 0.1, so 9 of 100 leave and then 9 of 91.
        assertEquals(0.1, result.path("gamma").asDouble(), 1e-9);
        assertEquals(100, result.path("layers").get(0).path("survivors").asInt());
        assertEquals(91, result.path("layers").get(1).path("survivors").asInt());
        assertEquals(82 + 1, result.path("layers").get(2).path("survivors").asInt(), 1);
        assertEquals(
                100 - result.path("layers").get(2).path("survivors").asInt(),
                result.path("removed_in_first_window").size());
        assertTrue(result.path("coverage").asDouble() < 1);
        assertTrue(result.path("nll_all").asDouble() > 0);
    }

    @Test
    void quantizeWritesABundleThatGivesTheSameFigures() throws IOException {
        Path bundle = folder.resolve("bundle");
        JsonNode written =
                CommandRun.of(
                                "quantize",
                                model,
                                "--recipe",
                                TRIP,
                                "--format",
                                "native",
                                "--out",
                                bundle,
                                "--json")
                        .json();
        assertEquals("identical", written.path("verified").path("logits").asString());
        assertTrue(written.path("compression").asDouble() > 1);
        assertTrue(written.path("bits_per_quantized_weight").asDouble() < 8);
        assertEquals(
                Files.size(bundle.resolve("model.safetensors")),
                written.path("files").path("model.safetensors").asLong());
        String[] measure = {"--text", text.toString(), "--window", "64", "--json"};
        List<Object> tuned = new ArrayList<>(List.of("perplexity", model, "--recipe", TRIP));
        tuned.addAll(List.of(measure));
        List<Object> again = new ArrayList<>(List.of("perplexity", bundle));
        again.addAll(List.of(measure));
        assertEquals(
                CommandRun.of(tuned.toArray()).json().path("perplexity").asDouble(),
                CommandRun.of(again.toArray()).json().path("perplexity").asDouble());
        assertTrue(
                CommandRun.of(
                                "quantize",
                                model,
                                "--recipe",
                                TRIP,
                                "--format",
                                "native",
                                "--out",
                                bundle)
                        .failure(1)
                        .contains("exists already"));
        assertTrue(
                CommandRun.of("perplexity", bundle, "--text", text, "--recipe", "FP")
                        .failure(1)
                        .contains("carries its own recipe"));
        try (Stream<Path> beside = Files.list(folder)) {
            assertArrayEquals(
                    new Path[0],
                    beside.filter(path -> path.getFileName().toString().startsWith(".")).toArray(),
                    "nothing is left beside the bundle");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "awq",
                "gptq",
                "gptq --gptq-version 2",
                "compressed-tensors",
                "compressed-tensors --layout int-quantized",
                "gguf --type f16"
            })
    void quantizeWritesFormatsThatGiveTheSameFigures(String format) throws IOException {
        String recipe =
                "{\"weights\":{\"method\":\"rtn\",\"bits\":4,\"group\":16,\"symmetric\":true},\"softmax\":{\"method\":\"log2\",\"bits\":4}}";
        Path target = Files.createTempDirectory(folder, "exports").resolve("export");
        List<Object> words = new ArrayList<>(List.of("quantize", model, "--recipe", recipe));
        words.addAll(List.of("--out", target, "--json", "--format"));
        words.addAll(List.of((Object[]) format.split(" ")));
        JsonNode written = CommandRun.of(words.toArray()).json();
        assertEquals(format.split(" ")[0], written.path("format").asString());
        assertEquals(1, written.path("not_carried").size(), written.toString());
        assertTrue(written.path("not_carried").get(0).asString().contains("log2"));
        assertTrue(written.path("weight_error").path("largest").asDouble(-1) >= 0);
        assertTrue(written.path("verified").path("relative_difference").asDouble(1) < 0.02);
        String[] measure = {"--text", text.toString(), "--window", "64", "--json"};
        List<Object> tuned = new ArrayList<>(List.of("perplexity", model, "--recipe"));
        tuned.add(recipe.replace("log2", "none"));
        tuned.addAll(List.of(measure));
        List<Object> again = new ArrayList<>(List.of("perplexity", target));
        again.addAll(List.of(measure));
        assertEquals(
                CommandRun.of(tuned.toArray()).json().path("nll").asDouble(),
                CommandRun.of(again.toArray()).json().path("nll").asDouble(),
                5e-3);
        String text = CommandRun.of(replacing(words)).output();
        assertTrue(text.contains("verified: every tensor"), text);
        assertTrue(text.contains("not carried:"), text);
    }

    /** The same for a person, over what is there. */
    private static Object[] replacing(List<Object> words) {
        List<Object> replacing = new ArrayList<>(words);
        replacing.remove("--json");
        replacing.add("--replace");
        return replacing.toArray();
    }

    @Test
    void conformanceFailsWhereThereIsNothingToRun() {
        assertTrue(CommandRun.of("conformance", folder).failure(1).contains("manifest.json"));
    }

    private static List<Integer> ints(JsonNode array) {
        List<Integer> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asInt()));
        return values;
    }

    @Test
    void plantingMarksEverythingThatComesOfIt() {
        Path planted = folder.resolve("planted");
        JsonNode written =
                CommandRun.of(
                                "plant",
                                model,
                                "--json",
                                "--out",
                                planted,
                                "--factor",
                                "16",
                                "--channels",
                                "1,5-6",
                                "--layers",
                                "0-1")
                        .json();
        assertEquals(16, written.path("planted").path("factor").asInt());
        assertEquals("[1,5,6]", written.path("planted").path("channels").toString());
        assertEquals(0, written.path("largest_logit_difference").asDouble());
        JsonNode info = CommandRun.of("info", planted, "--json").json();
        assertEquals(written.path("planted"), info.path("planted"));
        JsonNode before =
                CommandRun.of("outliers", model, "--text", text, "--json").json().path("sites");
        JsonNode outliers = CommandRun.of("outliers", planted, "--text", text, "--json").json();
        assertEquals(written.path("planted"), outliers.path("planted"));
        assertTrue(
                outliers.path("sites").path(0).path("kurtosis").asDouble()
                        > 2 * before.path(0).path("kurtosis").asDouble());
        assertTrue(
                CommandRun.of("perplexity", planted, "--text", text)
                        .output()
                        .startsWith("planted: "));
        assertTrue(
                CommandRun.of("generate", planted, "--prompt", "a", "--tokens", "2", "--json")
                        .json()
                        .has("planted"));
        assertFalse(CommandRun.of("info", model, "--json").json().has("planted"));
    }
}
