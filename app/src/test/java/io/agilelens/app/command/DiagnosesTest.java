package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** What commands say about where quality goes: protocols, diagnoses, curves. */
class DiagnosesTest {
    private static final String PRUNED =
            "{\"weights\":{\"method\":\"rtn\"},\"softmax\":{\"method\":\"log2\"},"
                    + "\"activations\":{\"method\":\"trip\",\"bits\":8},"
                    + "\"pruning\":{\"beta\":0.3,\"layers\":[1]}}";

    @TempDir static Path folder;
    private static Path model;
    private static Path text;

    @BeforeAll
    static void write() throws IOException {
        model = CommandRun.tinyModel(folder);
        text = folder.resolve("text.txt");
        Files.writeString(text, SampleTexts.LIGHTHOUSE.read().substring(0, 1500));
    }

    @Test
    void diagnoseTellsEveryPart() {
        JsonNode result =
                CommandRun.of(
                                "diagnose",
                                model,
                                "--text",
                                text,
                                "--window",
                                48,
                                "--max-windows",
                                2,
                                "--recipe",
                                PRUNED,
                                "--only",
                                "budget,sensitivity,sites,divergence,sqnr",
                                "--json")
                        .json();
        assertEquals(2, result.path("windows").asInt());
        assertTrue(result.path("protocol_description").asString().startsWith("Windows without"));
        JsonNode budget = result.path("error_budget");
        assertEquals(4, budget.path("components").size());
        double sum = 0;
        for (JsonNode component : budget.path("components")) {
            double alone = component.path("alone").path("delta_nll").asDouble();
            sum += alone;
            assertEquals(
                    budget.path("whole").path("delta_nll").asDouble()
                            - component.path("without").path("delta_nll").asDouble(),
                    component.path("saving").asDouble(),
                    1e-9);
        }
        assertEquals(
                budget.path("whole").path("delta_nll").asDouble() - sum,
                budget.path("interaction").asDouble(),
                1e-9);
        assertEquals(3, result.path("layer_sensitivity").path("parts").size());
        assertEquals(3 * 8, result.path("site_sensitivity").path("parts").size());
        assertEquals(3 * 8, result.path("sqnr").size());
        JsonNode first = result.path("first_divergence");
        assertEquals(10, first.path("threshold_db").asDouble());
        assertFalse(first.path("changed_prediction").isMissingNode());
        assertEquals("simulated", result.path("execution").asString());
    }

    @Test
    void diagnoseDoesOnlyWhatIsAsked() {
        CommandRun run =
                CommandRun.of(
                        "diagnose",
                        model,
                        "--text",
                        text,
                        "--window",
                        48,
                        "--max-windows",
                        1,
                        "--recipe",
                        "W4A4-TRIP",
                        "--only",
                        "divergence",
                        "--threshold",
                        30);
        assertEquals(0, run.status(), run.errors());
        assertTrue(run.output().contains("first departure: window 0, position 0"), run.output());
        assertFalse(run.output().contains("Error budget"), run.output());
        String line = CommandRun.of("diagnose", model, "--text", text, "--only", "luck").failure(2);
        assertTrue(line.contains("give budget, sensitivity, sites, divergence, sqnr"), line);
    }

    @Test
    void wordLevelPerplexitySharesTheSameLoss() {
        JsonNode word = perplexity("word");
        JsonNode measure = word.path("text_read");
        assertEquals(
                Math.exp(
                        word.path("nll").asDouble()
                                * word.path("tokens").asInt()
                                / measure.path("words").asInt()),
                word.path("perplexity").asDouble(),
                1e-6 * word.path("perplexity").asDouble());
        assertEquals(word.path("tokens").asInt(), measure.path("predictions").asInt());
        assertEquals(
                word.path("nll").asDouble()
                        * word.path("tokens").asInt()
                        / measure.path("bytes").asInt()
                        / Math.log(2),
                word.path("bits_per_byte").asDouble(),
                1e-9);
        assertEquals(
                31 * perplexity("llama.cpp").path("windows").asInt(),
                perplexity("llama.cpp").path("tokens").asInt());
    }

    private static JsonNode perplexity(String protocol) {
        return CommandRun.of(
                        "perplexity",
                        model,
                        "--text",
                        text,
                        "--window",
                        64,
                        "--protocol",
                        protocol,
                        "--json")
                .json();
    }

    @Test
    void everyTokensLossIsInTheTable() throws IOException {
        Path table = folder.resolve("losses.csv");
        JsonNode result =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--recipe",
                                PRUNED,
                                "--kl",
                                "--losses",
                                table,
                                "--json")
                        .json();
        List<String> lines = Files.readAllLines(table);
        assertEquals(
                "window,position,id,token,loss,loss_all,float_loss,kl,same_most_likely",
                lines.getFirst());
        int windows = result.path("windows").asInt();
        assertEquals(1 + 63 * windows, lines.size());
        double sum = 0;
        double divergence = 0;
        double floats = 0;
        int kept = 0;
        for (String line : lines.subList(1, lines.size())) {
            // The token itself may hold commas.
            String[] figures = line.substring(line.lastIndexOf('"') + 2).split(",", -1);
            assertEquals(5, figures.length, line);
            floats += Double.parseDouble(figures[2]);
            if (!figures[0].isEmpty()) {
                kept++;
                sum += Double.parseDouble(figures[0]);
                divergence += Double.parseDouble(figures[3]);
            }
        }
        assertEquals(result.path("tokens").asInt(), kept);
        assertEquals(result.path("nll").asDouble(), sum / kept, 1e-5);
        assertEquals(result.path("kl_divergence").asDouble(), divergence / kept, 1e-5);
        assertEquals(
                result.path("float").path("float_nll").asDouble(), floats / (63 * windows), 1e-5);
        String refused =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--window",
                                64,
                                "--losses",
                                table)
                        .failure(1);
        assertTrue(refused.contains("losses.csv"), refused);
    }

    @Test
    void pruneDrawsTheCurveAndUsesItsBestPoint() {
        JsonNode result =
                CommandRun.of(
                                "prune",
                                model,
                                "--text",
                                text,
                                "--layers",
                                "1-2",
                                "--curve",
                                "0.2,0.5",
                                "--lengths",
                                "32,64",
                                "--json")
                        .json();
        JsonNode curve = result.path("curve");
        assertEquals(3, curve.path("points").size());
        JsonNode best = curve.path("best");
        assertEquals(
                curve.path("points").get(best.path("index").asInt()).path("beta").asDouble(),
                best.path("beta").asDouble());
        assertEquals(
                best.path("beta").asDouble(),
                result.path("recipe").path("pruning").path("beta").asDouble());
        assertFalse(best.path("rule_description").asString().isEmpty());
        JsonNode rows = result.path("lengths").path("rows");
        assertEquals(32, rows.get(0).path("length").asInt());
        assertEquals(2 * rows.get(1).path("windows").asInt(), rows.get(0).path("windows").asInt());
    }

    @Test
    void theUsualCurveNeedsNoNumbers() {
        CommandRun run =
                CommandRun.of(
                        "prune",
                        model,
                        "--text",
                        text,
                        "--window",
                        64,
                        "--max-windows",
                        1,
                        "--layers",
                        "2",
                        "--curve");
        assertEquals(0, run.status(), run.errors());
        assertEquals(1, run.output().lines().filter(line -> line.contains("◀ best")).count());
        assertEquals(2 + 12 + 2, run.output().lines().count(), run.output());
    }

    @Test
    void pruneNeedsAShareOrACurve() {
        String line = CommandRun.of("prune", model, "--text", text, "--layers", "1").failure(2);
        assertTrue(line.contains("give --beta B, or --curve"), line);
        line =
                CommandRun.of("prune", model, "--text", text, "--layers", "1", "--curve", "0.5,1")
                        .failure(2);
        assertTrue(line.contains("no list of shares from 0 to below 1"), line);
    }
}
