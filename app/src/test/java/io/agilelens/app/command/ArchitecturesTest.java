package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.CommandRun;
import io.agilelens.app.SampleTexts;
import io.agilelens.engine.model.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The commands on a tiny random model of each architecture. */
@ParameterizedClass
@EnumSource(Architecture.class)
class ArchitecturesTest {
    private static final String TRIP =
            "{\"weights\":{\"method\":\"rtn\"},\"activations\":{\"method\":\"trip\",\"bits\":8},"
                    + "\"softmax\":{\"method\":\"log2\",\"bits\":4},"
                    + "\"pruning\":{\"beta\":0.3,\"layers\":[1],\"positions\":\"original\"}}";

    private final Architecture architecture;

    @TempDir private Path folder;
    private Path model;
    private Path text;

    ArchitecturesTest(Architecture architecture) {
        this.architecture = architecture;
    }

    @BeforeEach
    void write() throws IOException {
        model = CommandRun.tinyModel(folder, architecture);
        text = folder.resolve("text.txt");
        Files.writeString(text, SampleTexts.LIGHTHOUSE.read().substring(0, 1000));
    }

    @Test
    void infoCountsEveryTensor() {
        JsonNode info = CommandRun.of("info", model, "--json", "--tensors").json();
        assertEquals(architecture.title(), info.path("architecture").asString());
        long elements = 0;
        for (JsonNode tensor : info.path("tensors")) {
            long size = 1;
            for (JsonNode length : tensor.path("shape")) {
                size *= length.asLong();
            }
            elements += size;
        }
        assertEquals(elements, info.path("parameters").asLong());
        assertTrue(info.path("memory_estimate").path("weight_bytes").asLong() > 2 * elements);
    }

    @Test
    void textIsMeasuredAndGenerated() {
        JsonNode perplexity =
                CommandRun.of(
                                "perplexity",
                                model,
                                "--text",
                                text,
                                "--recipe",
                                TRIP,
                                "--kl",
                                "--json")
                        .json();
        assertTrue(perplexity.path("perplexity").asDouble() > 1);
        JsonNode pruned =
                CommandRun.of(
                                "prune",
                                model,
                                "--text",
                                text,
                                "--beta",
                                "0.4",
                                "--layers",
                                "1-2",
                                "--original-positions",
                                "--json")
                        .json();
        assertTrue(pruned.path("sparsity").asDouble() > 0, pruned.toString());
        JsonNode generated =
                CommandRun.of(
                                "generate",
                                model,
                                "--prompt",
                                "A lighthouse",
                                "--tokens",
                                "5",
                                "--recipe",
                                TRIP,
                                "--json")
                        .json();
        assertTrue(generated.path("text").isString());
        CommandRun outliers =
                CommandRun.of("outliers", model, "--text", text, "--recipe", TRIP, "--json");
        assertEquals(0, outliers.status(), outliers.errors());
    }

    @Test
    void aBundleGivesTheSameLogits() throws IOException {
        Path bundle = folder.resolve("bundle");
        CommandRun written =
                CommandRun.of(
                        "quantize",
                        model,
                        "--recipe",
                        TRIP,
                        "--calibration",
                        text,
                        "--format",
                        "native",
                        "--out",
                        bundle,
                        "--json");
        assertEquals(0, written.status(), written.errors());
        assertArrayEquals(logits(model, "--recipe", TRIP, "--calibration", text), logits(bundle));
    }

    private byte[] logits(Path opened, Object... options) throws IOException {
        Path file = Files.createTempFile(folder, "logits", ".bin");
        Files.delete(file);
        Object[] words = new Object[6 + options.length];
        Object[] fixed = {"logits", opened, "--ids", "256,72,105,1,2,3,4,5", "--out", file};
        System.arraycopy(fixed, 0, words, 0, fixed.length);
        System.arraycopy(options, 0, words, fixed.length, options.length);
        CommandRun run = CommandRun.of(words);
        assertEquals(0, run.status(), run.errors());
        return Files.readAllBytes(file);
    }
}
