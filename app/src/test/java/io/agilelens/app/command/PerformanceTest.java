package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The page about speed, from made-up figures; how fast anything is, no test can know. */
class PerformanceTest {
    @TempDir Path folder;

    /** A machine with exactly the peak and bandwidth of the peers' one. */
    private static final double PEAK = 2 * 2 * 50.7;

    private static final double BANDWIDTH = 25;

    private Path saved(String model, double w4a8) throws IOException {
        ObjectNode run = JsonMapper.shared().createObjectNode().put("model", "x/" + model);
        run.putObject("machine")
                .put("processor", "P")
                .put("simd_bits", 256)
                .put("threads", 2)
                .put("jit", "J")
                .put("fma_peak_gflops", PEAK)
                .put("bandwidth_gb_per_s", BANDWIDTH);
        for (String phase : new String[] {"prefill", "decode"}) {
            addRow(run, phase, BenchRow.FP16, "fp16", "fp32", 704, 1);
            double codes = phase.equals("decode") ? 279 : 704 * w4a8;
            addRow(run, phase, BenchRow.W4A8, "int4", "int8", codes, w4a8);
            addRow(run, phase, BenchRow.W4A4_TRIP, "int4", "trip4", 2.01 * 773, 2.2);
            addRow(run, phase, BenchRow.W4A16, "int4", "fp32", 2.51 * 82, 3.3);
        }
        var kernels = run.putArray("kernels");
        for (String name : new String[] {"FP32", "INT4", "INT4-TRIP"}) {
            ObjectNode row = kernels.addObject().put("name", name);
            row.putArray("shape").add(512).add(768).add(768);
            row.put("microseconds", name.equals("INT4-TRIP") ? 12 : 10)
                    .put("spread", 0.1)
                    .put("ratio_to_fp32", 1)
                    .put("share_of_peak", 0.95)
                    .put("share_of_bandwidth", 0.1)
                    .put("bound", "arithmetic");
        }
        run.putArray("operators")
                .addObject()
                .put("name", "fp16")
                .put("phase", "prefill")
                .put("operator", "linear")
                .put("share", 0.8);
        return Files.writeString(folder.resolve(model + ".json"), run.toString());
    }

    private static void addRow(
            ObjectNode run,
            String phase,
            BenchRow row,
            String weights,
            String activations,
            double speed,
            double ratio) {
        run.withArray(phase)
                .addObject()
                .put("name", row.title())
                .put("weights", weights)
                .put("activations", activations)
                .put("beta", 0)
                .put("prompt_tokens", 512)
                .put("tokens_per_second", speed)
                .put("spread", 0.02 * speed)
                .put("ratio_to_fp16", ratio)
                .put("ratio_spread", 0.01)
                .put("share_of_peak", 0.5)
                .put("bytes_per_token", row == BenchRow.FP16 ? 310 : 100)
                .put("share_of_bandwidth", 0.93);
    }

    private String page(Path out, Object... more) throws IOException {
        Object[] words = new Object[more.length + 3];
        words[0] = "performance";
        words[1] = "--out";
        words[2] = out;
        System.arraycopy(more, 0, words, 3, more.length);
        CommandRun run = CommandRun.of(words);
        assertEquals(0, run.status(), run.errors());
        return Files.readString(out);
    }

    private static String rowOf(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith("| " + name + " |"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in\n" + page));
    }

    @Test
    void tellsEachTargetAndWhatWasReached() throws IOException {
        String page =
                page(
                        folder.resolve("page.md"),
                        "--run",
                        saved("110m", 1.5),
                        "--run",
                        saved("other", 1.2));
        assertTrue(rowOf(page, "W4A8 prefill").endsWith("| ≥ 1.40 | 1.50 | **1.20 missed** |"));
        assertTrue(rowOf(page, "FP32 GEMM").endsWith("| ≥ 0.90 | 0.95 | 0.95 |"));
        assertTrue(rowOf(page, "TRIP").endsWith("| ≤ 1.10 | **1.20 missed** | **1.20 missed** |"));
        assertTrue(rowOf(page, "W4A16 bandwidth").endsWith("| 0.93 | 0.93 |"));
        assertTrue(rowOf(page, "w4a16").endsWith("| 3.30 | 0.01 | 3.10 | 93 % |"), page);
        // Where peak and bandwidth are those of the peers' machine, their figures count as they
        // are.
        assertTrue(rowOf(page, "llama.cpp prefill").endsWith("| ≥ 2.00 | 2.01 | – |"), page);
        assertTrue(rowOf(page, "llama.cpp decode").endsWith("| ≥ 1.00 | 1.00 | – |"), page);
        assertTrue(rowOf(page, "llama3.java decode").endsWith("| ≥ 2.50 | 2.51 | – |"), page);
        assertTrue(rowOf(page, "TRIP 8").endsWith("| – | – |"), "not measured");
        for (PerformanceTarget target : PerformanceTarget.ALL) {
            rowOf(page, target.name());
        }
    }

    @Test
    void aRunWithOtherGroupsHasAColumnOfItsOwnAndNoPeers() throws IOException {
        Path usual = saved("110m", 1.5);
        ObjectNode large = (ObjectNode) JsonMapper.shared().readTree(Files.readString(usual));
        ((ObjectNode) large.path("prefill").get(1)).put("group", 128);
        Path other = Files.writeString(folder.resolve("large.json"), large.toString());
        Path out = folder.resolve("page.md");
        String page = page(out, "--run", usual, "--run", other);
        assertTrue(page.contains("| name | target | goal | 110m | 110m, groups of 128 |"), page);
        assertTrue(page.contains("## 110m, groups of 128\n"), page);
        assertTrue(rowOf(page, "W4A8 prefill").endsWith("| 1.50 | 1.50 |"), page);
        assertTrue(rowOf(page, "llama.cpp decode").endsWith("| 1.00 | – |"), page);
        assertEquals(
                page(folder.resolve("usual.md"), "--run", usual).split("\\| llama.cpp").length,
                page.split("\\| llama.cpp").length,
                "what other engines did is told once");
    }

    @Test
    void keepsWhatAPersonWrote() throws IOException {
        Path out = folder.resolve("page.md");
        Path first = saved("110m", 1.5);
        Files.writeString(
                out, page(out, "--run", first).replace("# Performance", "# Speed\n\nWhy."));
        Files.writeString(out, Files.readString(out) + "Behind the tables.\n");
        String page = page(out, "--run", saved("110m", 1.3));
        assertTrue(page.startsWith("# Speed\n\nWhy."), page);
        assertTrue(page.endsWith("Behind the tables.\n"), page);
        assertTrue(page.contains("**1.30 missed**"), page);
        assertFalse(page.contains("| 1.50 |"), page);
    }

    @Test
    void setsLlamaCppBesideWhereItWasMeasured() throws IOException {
        Path llama =
                Files.writeString(
                        folder.resolve("llama.json"),
                        """
                        {"system": "CPU : AVX2 = 1", "llama_cpp": [{"type": "Q4_0", "row": "w4a16",
                         "prefill_ratio": 1.25, "prefill_spread": 0.02, "decode_ratio": 1.5,
                         "decode_spread": 0.03}]}
                        """);
        String page =
                page(folder.resolve("page.md"), "--run", saved("110m", 1.5), "--llama-cpp", llama);
        assertTrue(page.contains("AVX2 = 1"), page);
        assertEquals("| Q4_0 | w4a16 | 1.25 | 0.02 | 1.50 | 0.03 |", rowOf(page, "Q4_0"));
    }

    @Test
    void measuresAModelByItself() throws IOException {
        Path out = folder.resolve("page.md");
        JsonNode result =
                CommandRun.of(
                                "performance",
                                "--model",
                                CommandRun.tinyModel(folder),
                                "--prompt",
                                8,
                                "--tokens",
                                2,
                                "--rounds",
                                1,
                                "--rows",
                                "fp16,w4a4-trip",
                                "--out",
                                out,
                                "--json")
                        .json();
        assertEquals(2, result.path("runs").path(0).path("prefill").size());
        JsonNode kernels = result.path("runs").path(0).path("kernels");
        assertFalse(kernels.isEmpty());
        for (JsonNode row : kernels) {
            assertEquals(3, row.path("shape").size());
            assertTrue(row.path("microseconds").asDouble() > 0, row.toString());
            assertTrue(row.path("share_of_peak").asDouble() > 0, row.toString());
            assertTrue(row.path("gb_per_s").asDouble() > 0, row.toString());
            assertTrue(
                    List.of("memory", "arithmetic").contains(row.path("bound").asString()),
                    row.toString());
        }
        assertTrue(Files.readString(out).contains("| w4a4-trip | int4 | trip4 |"));
    }

    @Test
    void whatCannotBeUsedIsToldBeforeAnythingIsMeasured() throws IOException {
        Path page = Files.writeString(folder.resolve("page.md"), "# No place\n");
        Path run = saved("110m", 1.5);
        assertTrue(
                CommandRun.of("performance", "--out", page, "--run", run)
                        .failure(1)
                        .contains("tables: begin"));
        Path out = folder.resolve("new.md");
        Path foreign = Files.writeString(folder.resolve("foreign.json"), "{}");
        assertTrue(
                CommandRun.of("performance", "--out", out, "--run", run, "--llama-cpp", foreign)
                        .failure(1)
                        .contains("foreign.json"));
        assertTrue(
                CommandRun.of("performance", "--out", out, "--run", foreign)
                        .failure(1)
                        .contains("foreign.json"));
        assertFalse(Files.exists(out));
    }
}
