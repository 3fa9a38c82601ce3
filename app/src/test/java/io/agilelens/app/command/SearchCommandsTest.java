package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.app.SampleTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that measure many recipes. */
class SearchCommandsTest {
    @TempDir static Path folder;
    private static Path model;
    private static Path text;

    @BeforeAll
    static void write() throws IOException {
        model = CommandRun.tinyModel(folder);
        text = folder.resolve("text.txt");
        Files.writeString(text, SampleTexts.LIGHTHOUSE.read().substring(0, 2000));
    }

    private static CommandRun search(Object... more) {
        Object[] arguments = new Object[more.length + 9];
        Object[] fixed = {
            "search", model, "--text", text, "--window", 64, "--bits", "3,4,6", "--json"
        };
        System.arraycopy(fixed, 0, arguments, 0, fixed.length);
        System.arraycopy(more, 0, arguments, fixed.length, more.length);
        return CommandRun.of(arguments);
    }

    @Test
    void searchWritesRecipesThatPerplexityTakes() {
        Path out = folder.resolve("frontier");
        JsonNode result = search("--budget", "bits=4.4", "--trials", 4, "--out", out).json();
        JsonNode best = result.path("best");
        assertTrue(best.path("bits_per_weight").asDouble() <= 4.4, best.toString());
        assertTrue(best.path("held_out").path("kl_divergence").isNumber());
        assertTrue(result.path("frontier").size() >= 3);
        assertTrue(Files.exists(out.resolve("recipe-00.json")));
        JsonNode again =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--max-windows",
                                result.path("search_windows").asInt(),
                                "--kl",
                                "--recipe",
                                out.resolve("best.json"),
                                "--json")
                        .json();
        assertEquals(
                best.path("kl_divergence").asDouble(),
                again.path("kl_divergence").asDouble(),
                1e-7);
        assertTrue(
                search("--budget", "bits=4.4", "--out", out).failure(1).contains("exists already"));
    }

    @Test
    void searchRefusesInOneLine() {
        assertTrue(
                search("--budget", "bits=1.9")
                        .failure(1)
                        .contains("--budget bits=1.9 cannot be met"));
        assertTrue(search("--budget", "size=3").failure(2).contains("is no budget"));
        assertTrue(
                search("--budget", "bits=4", "--search-windows", 10_000)
                        .failure(1)
                        .contains("leaves none"));
        assertTrue(search("--budget", "bits=4", "--recipe", "FP").failure(1).contains("float"));
    }

    @Test
    void sweepWritesTheTableAndGoesOn() throws IOException {
        Path grid = folder.resolve("grid.json");
        Files.writeString(
                grid,
                """
                {"texts": ["%s"], "window": 64, "max_windows": 2, "recipes": ["FP", "RTN-W4"],
                 "grid": {"weights.method": ["rtn"], "weights.bits": [2, 8]}}
                """
                        .formatted(text));
        Path out = folder.resolve("sweep");
        JsonNode table =
                CommandRun.of("sweep", model, "--grid", grid, "--out", out, "--json").json();
        assertEquals(4, table.path("runs").size());
        assertEquals(0, table.path("failed").asInt());
        String first = Files.readString(out.resolve("sweep.json"));
        assertEquals(5, Files.readAllLines(out.resolve("sweep.csv")).size());
        CommandRun again = CommandRun.of("sweep", model, "--grid", grid, "--out", out);
        assertEquals(0, again.status(), again.errors());
        assertEquals(first, Files.readString(out.resolve("sweep.json")));
        assertTrue(
                CommandRun.of("sweep", model, "--grid", grid, "--spark", "local[1]")
                        .failure(1)
                        .contains("Apache Spark is not on the class path"));
        Files.writeString(grid, "{\"grid\": {\"weights.bitz\": [2]}}");
        assertTrue(
                CommandRun.of("sweep", model, "--grid", grid)
                        .failure(1)
                        .contains("unknown key weights.bitz"));
    }

    @Test
    void resultsKeepWhatStandsAroundTheTables() throws IOException {
        Path page = folder.resolve("results.md");
        List<Object> arguments =
                List.of(
                        "results",
                        "--rows",
                        "FP,RTN-W4",
                        "--window",
                        64,
                        "--max-windows",
                        1,
                        "--model",
                        model,
                        "--out",
                        page,
                        "--json");
        JsonNode result = CommandRun.of(arguments.toArray()).json();
        assertEquals(8, result.path("runs").size());
        String made = Files.readString(page);
        for (String name : List.of("llama-tiny", "opt-tiny", "bloom-tiny", "tiny")) {
            assertTrue(made.contains("## " + name + "\n"), made);
        }
        assertTrue(!made.contains(folder.toString() + "/tiny\n"), made);
        Files.writeString(page, "By hand.\n" + made + "\nAlso by hand.\n");
        CommandRun.of(arguments.toArray()).json();
        assertEquals("By hand.\n" + made + "\nAlso by hand.\n", Files.readString(page));
        Files.writeString(page, "No place for tables.\n");
        assertTrue(CommandRun.of(arguments.toArray()).failure(1).contains("tables: begin"));
    }
}
