package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code bench} prints, saves and compares; how fast anything is, no test can know. */
class BenchTest {
    @TempDir Path folder;

    private CommandRun bench(Object... more) {
        List<Object> words = new ArrayList<>(List.of("bench", CommandRun.tinyModel(folder)));
        words.addAll(
                List.of("--prompt", 16, "--tokens", 4, "--rounds", 2, "--no-kernels", "--json"));
        words.addAll(List.of(more));
        return CommandRun.of(words.toArray());
    }

    @Test
    void hasTheKeysOfTheDesignForEveryRow() {
        JsonNode result = bench("--beta", 0.4, "--layers", "1-2").json();
        JsonNode machine = result.path("machine");
        assertTrue(machine.path("fma_peak_gflops").asDouble() > 0, machine.toString());
        assertTrue(machine.path("bandwidth_gb_per_s").asDouble() > 0, machine.toString());
        assertTrue(machine.path("threads").asInt() > 0, machine.toString());
        assertFalse(machine.path("processor").asString().isBlank());
        assertEquals(0, result.path("kernels").size());
        for (String phase : List.of("prefill", "decode")) {
            List<String> names = new ArrayList<>();
            for (JsonNode row : result.path(phase)) {
                names.add(row.path("name").asString());
                assertTrue(row.path("tokens_per_second").asDouble() > 0, row.toString());
                assertTrue(row.path("spread").asDouble() >= 0, row.toString());
                assertTrue(row.path("ratio_to_fp16").asDouble() > 0, row.toString());
                assertEquals(16, row.path("prompt_tokens").asInt());
            }
            assertEquals(BenchRow.titles(), names);
        }
        assertRow(result.path("prefill").get(3), "int4", "int8", 0);
        assertRow(result.path("prefill").get(5), "int4", "trip4", 0);
        assertRow(result.path("prefill").get(6), "int4", "trip4", 0.4);
        assertRow(result.path("prefill").get(7), "int4", "fp32", 0);
        assertTrue(result.path("prefill").get(6).path("sparsity").asDouble() > 0.1);
        assertTrue(result.path("prefill").get(5).path("share_of_peak").asDouble() > 0);
        JsonNode decode = result.path("decode");
        assertTrue(decode.get(1).path("share_of_bandwidth").asDouble() > 0);
        long fp32 = decode.get(0).path("bytes_per_token").asLong();
        long fp16 = decode.get(1).path("bytes_per_token").asLong();
        assertEquals(2 * fp16, fp32, 0.05 * fp32, "half the bytes");
    }

    private static void assertRow(JsonNode row, String weights, String activations, double beta) {
        assertEquals(weights, row.path("weights").asString());
        assertEquals(activations, row.path("activations").asString());
        assertEquals(beta, row.path("beta").asDouble());
    }

    @Test
    void groupsAreAsLargeAsAskedFor() {
        JsonNode small = bench("--rows", "fp16,w4a16", "--group", 8).json();
        JsonNode large = bench("--rows", "fp16,w4a16", "--group", 64).json();
        for (String phase : List.of("prefill", "decode")) {
            assertEquals(0, small.path(phase).get(0).path("group").asInt());
            assertEquals(8, small.path(phase).get(1).path("group").asInt());
            assertEquals(64, large.path(phase).get(1).path("group").asInt());
        }
        assertTrue(
                large.path("decode").get(1).path("bytes_per_token").asLong()
                        < small.path("decode").get(1).path("bytes_per_token").asLong(),
                "fewer scales");
        assertTrue(bench("--group", 0).failure(2).contains("--group"));
        String line = bench("--group", 64, "--recipe", "RTN-W4").failure(1);
        assertTrue(line.contains("--group"), line);
    }

    @Test
    void theSharesOfTheOperatorsAreWhole() {
        Map<String, Double> shares = new HashMap<>();
        for (JsonNode row : bench("--rows", "fp16,w4a4-trip").json().path("operators")) {
            shares.merge(
                    row.path("name").asString() + " " + row.path("phase").asString(),
                    row.path("share").asDouble(),
                    Double::sum);
        }
        assertEquals(4, shares.size(), shares.toString());
        shares.forEach((name, sum) -> assertEquals(1, sum, 1e-9, name));
    }

    @Test
    void whatIsSavedIsWhatWasPrintedAndStaysUnlessReplaced() throws IOException {
        Path file = folder.resolve("run.json");
        JsonNode printed = bench("--rows", "fp16", "--save", file).json();
        assertEquals(printed, JsonMapper.shared().readTree(Files.readString(file)));
        String line = bench("--rows", "fp16", "--save", file).failure(1);
        assertTrue(line.contains("--replace"), line);
        assertEquals(printed, JsonMapper.shared().readTree(Files.readString(file)));
    }

    @Test
    void rowsThatAreNotKnownAreWrongUsage() {
        String line = bench("--rows", "fp8").failure(2);
        assertTrue(line.contains("fp8") && line.contains("w4a16"), line);
        assertTrue(bench("--layers", "9").failure(1).contains("layer 9"));
    }

    private Path saved(String name, int threads, double peak, double bandwidth, double speed)
            throws IOException {
        String json =
                """
                {"model": "110m",
                 "machine": {"processor": "P", "simd_bits": 512, "threads": %d, "jit": "J",
                  "fma_peak_gflops": %s, "bandwidth_gb_per_s": %s},
                 "prefill": [{"name": "fp16", "weights": "fp16", "activations": "fp32", "beta": 0,
                  "prompt_tokens": 512, "tokens_per_second": %s, "spread": 1}],
                 "decode": [{"name": "fp16", "weights": "fp16", "activations": "fp32", "beta": 0,
                  "prompt_tokens": 512, "tokens_per_second": %s, "spread": 1}],
                 "kernels": [
                  {"name": "FP32", "shape": [512, 768, 768], "microseconds": 10, "spread": 1},
                  {"name": "FP32", "shape": [1, 768, 768], "microseconds": 10, "spread": 1}],
                 "operators": []}
                """
                        .formatted(threads, peak, bandwidth, speed, speed);
        return Files.writeString(folder.resolve(name), json);
    }

    @Test
    void comparesWhatIsDoneWithWhatTheMachinesCouldDo() throws IOException {
        Path first = saved("a.json", 2, 100, 20, 50);
        Path second = saved("b.json", 2, 200, 30, 150);
        JsonNode result = CommandRun.of("bench", "--compare", first, second, "--json").json();
        assertEquals(2, result.path("peak_ratio").asDouble());
        assertEquals(1.5, result.path("bandwidth_ratio").asDouble());
        assertEquals(0, result.path("differences").size());
        double[] scaled = {1.5, 2, 0.5, 1 / 1.5};
        double[] ratios = {3, 3, 1, 1};
        assertEquals(4, result.path("rows").size());
        for (int i = 0; i < 4; i++) {
            JsonNode row = result.path("rows").get(i);
            assertEquals(ratios[i], row.path("ratio").asDouble(), 1e-9, row.toString());
            assertEquals(scaled[i], row.path("scaled_ratio").asDouble(), 1e-9, row.toString());
        }
        CommandRun readable = CommandRun.of("bench", "--compare", first, second);
        assertTrue(readable.output().contains("peak × 2.00"), readable.output());
    }

    @Test
    void saysWhereTheMachinesDifferAndWhatOnlyOneRunHas() throws IOException {
        Path first = saved("a.json", 2, 100, 20, 50);
        Path second = saved("b.json", 4, 100, 20, 50);
        ObjectNode longer = (ObjectNode) JsonMapper.shared().readTree(Files.readString(second));
        ((ObjectNode) longer.path("decode").get(0)).put("prompt_tokens", 128);
        Files.writeString(second, longer.toString());
        JsonNode result = CommandRun.of("bench", "--compare", first, second, "--json").json();
        assertEquals(
                "the machines differ in threads: 2, 4",
                result.path("differences").get(0).asString());
        assertEquals(
                "decode fp16/fp32, 512 tokens", result.path("only_in_first").get(0).asString());
        assertEquals(
                "decode fp16/fp32, 128 tokens", result.path("only_in_second").get(0).asString());
    }

    @Test
    void saysThatGroupsDiffer() throws IOException {
        Path first = saved("a.json", 2, 100, 20, 50);
        ObjectNode other = (ObjectNode) JsonMapper.shared().readTree(Files.readString(first));
        ((ObjectNode) other.path("prefill").get(0)).put("group", 128);
        Path second = Files.writeString(folder.resolve("b.json"), other.toString());
        JsonNode unknown = CommandRun.of("bench", "--compare", first, second, "--json").json();
        assertEquals(0, unknown.path("differences").size(), "one does not say");
        ((ObjectNode) other.path("prefill").get(0)).put("group", 32);
        Path third = Files.writeString(folder.resolve("c.json"), other.toString());
        JsonNode result = CommandRun.of("bench", "--compare", third, second, "--json").json();
        assertEquals(
                "the inputs that share a scale differ: groups of 32, groups of 128",
                result.path("differences").get(0).asString());
        assertEquals(4, result.path("rows").size());
        ((ObjectNode) other.path("prefill").get(0)).put("group", -1);
        Path rows = Files.writeString(folder.resolve("d.json"), other.toString());
        String text = CommandRun.of("bench", "--compare", third, rows).output();
        assertTrue(text.contains("differ: groups of 32, whole rows"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"machine\": {\"fma_peak_gflops\": 1}}",
                "{\"machine\": {\"fma_peak_gflops\": -1, \"bandwidth_gb_per_s\": 1}}",
                "{\"machine\": {\"fma_peak_gflops\": 1, \"bandwidth_gb_per_s\": 1}}",
                "{\"machine\": {\"fma_peak_gflops\": 1, \"bandwidth_gb_per_s\": 1}, \"prefill\":"
                        + " [{}], \"decode\": [], \"kernels\": []}"
            })
    void whatIsNoSavedRunIsToldInOneLine(String content) throws IOException {
        Path good = saved("a.json", 2, 100, 20, 50);
        Path bad = Files.writeString(folder.resolve("bad.json"), content);
        String line = CommandRun.of("bench", "--compare", good, bad).failure(1);
        assertTrue(line.contains("bad.json"), line);
        assertTrue(CommandRun.of("bench", "--compare", bad, good).failure(1).contains("bad.json"));
    }

    @Test
    void truncatedFilesAreToldInOneLine() throws IOException {
        Path good = saved("a.json", 2, 100, 20, 50);
        String whole = Files.readString(good).strip();
        for (int length = 0; length < whole.length(); length += 37) {
            Path cut = Files.writeString(folder.resolve("cut.json"), whole.substring(0, length));
            String line = CommandRun.of("bench", "--compare", good, cut).failure(1);
            assertTrue(line.contains("cut.json"), line);
        }
    }

    @Test
    void runsWithoutACommonRowCannotBeCompared() throws IOException {
        Path first = saved("a.json", 2, 100, 20, 50);
        ObjectNode other = (ObjectNode) JsonMapper.shared().readTree(Files.readString(first));
        for (String key : List.of("prefill", "decode", "kernels")) {
            other.putArray(key);
        }
        Path second = Files.writeString(folder.resolve("b.json"), other.toString());
        String line = CommandRun.of("bench", "--compare", first, second).failure(1);
        assertTrue(line.contains("no row in common"), line);
    }

    @ParameterizedTest
    @CsvSource({"bench", "bench --compare a.json", "bench m --compare a.json b.json"})
    void wrongUsage(String words) {
        CommandRun run = CommandRun.of((Object[]) words.split(" "));
        assertEquals(2, run.status(), run.errors());
    }
}
