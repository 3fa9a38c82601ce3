package io.agilelens.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.Quartiles;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.SavedMeasurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Saved runs of {@code bench} become references; what is none is told in one line. */
public class BenchFileTest {
    @TempDir private Path folder;

    /** A run of llama-tiny on a laptop. */
    public static String laptop() {
        return """
        {"model": "sample:llama-tiny",
         "machine": {"processor": "a laptop", "simd_bits": 256, "threads": 4, "jit": "J",
          "fma_peak_gflops": 100, "bandwidth_gb_per_s": 20},
         "prefill": [{"name": "fp16", "weights": "fp16", "activations": "fp32", "beta": 0,
          "prompt_tokens": 128, "tokens_per_second": 1000, "spread": 10}],
         "decode": [{"name": "fp16", "weights": "fp16", "activations": "fp32", "beta": 0,
          "prompt_tokens": 128, "tokens_per_second": 100, "spread": 1}],
         "kernels": [
          {"name": "FP32", "shape": [1, 128, 128], "microseconds": 10, "spread": 1},
          {"name": "FP32", "shape": [1, 384, 128], "microseconds": 30, "spread": 3},
          {"name": "FP32", "shape": [1, 128, 384], "microseconds": 40, "spread": 4}],
         "operators": []}
        """;
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("run.json"), content);
    }

    private void assertRefused(String content, String wanted) throws IOException {
        Path file = file(content);
        UserException refused = assertThrows(UserException.class, () -> BenchFile.read(file));
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
        assertTrue(refused.getMessage().contains("run.json"), refused.getMessage());
        assertTrue(refused.getMessage().contains(wanted), refused.getMessage());
    }

    @Test
    void productsAndPassesBecomeAReference() throws IOException {
        BenchFile file = BenchFile.read(file(laptop()));
        try (ModelSession session = llamaTiny()) {
            SavedMeasurement saved = BenchMeasurement.of(file, "run.json", session.opened());
            assertEquals(
                    Optional.of(new Quartiles(30, 3)), saved.microseconds("FP32", 1, 384, 128));
            assertEquals(Optional.empty(), saved.microseconds("FP32", 128, 384, 128));
            assertEquals(Optional.of(new Quartiles(100, 1)), saved.speed("FP16", true, 128));
            assertEquals(Optional.empty(), saved.speed("FP16", true, 512));
            assertEquals(
                    "sample:llama-tiny on a laptop, vectors of 256 bits, 4 threads", saved.words());
        }
    }

    @Test
    void aRunOfAnotherModelIsToldInOneLine() throws IOException {
        BenchFile file = BenchFile.read(file(laptop().replace("384", "5632")));
        try (ModelSession session = llamaTiny()) {
            UserException refused =
                    assertThrows(
                            UserException.class,
                            () -> BenchMeasurement.of(file, "run.json", session.opened()));
            assertEquals(1, refused.getMessage().lines().count());
            assertTrue(refused.getMessage().contains("another model"), refused.getMessage());
            assertTrue(refused.getMessage().contains("llama-tiny"), refused.getMessage());
        }
    }

    @Test
    void aRunWithoutProductsIsToldInOneLine() throws IOException {
        String whole = laptop();
        String without =
                whole.replaceFirst(
                        "(?s)\"kernels\": \\[.*?\\],\\s+\"operators\"",
                        "\"kernels\": [], \"operators\"");
        BenchFile file = BenchFile.read(file(without));
        try (ModelSession session = llamaTiny()) {
            UserException refused =
                    assertThrows(
                            UserException.class,
                            () -> BenchMeasurement.of(file, "run.json", session.opened()));
            assertTrue(refused.getMessage().contains("--no-kernels"), refused.getMessage());
        }
    }

    private static ModelSession llamaTiny() {
        return ModelSession.open("sample:llama-tiny", Progress.NONE, Cancellation.never());
    }

    @Test
    void whatIsCutOffIsToldInOneLine() throws IOException {
        String whole = laptop().strip();
        for (int length = 0; length < whole.length(); length += 23) {
            assertRefused(whole.substring(0, length), "");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"shape\": [1, 128]",
                "\"shape\": [1, 128, 0]",
                "\"shape\": [1, 128, 1.5]",
                "\"shape\": [1, 128, 99999999999]",
                "\"shape\": \"1 × 128 × 128\""
            })
    void aShapeIsThreeWholeNumbers(String shape) throws IOException {
        assertRefused(laptop().replace("\"shape\": [1, 128, 128]", shape), "shape");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "null", "\"few\"", "NaN", "Infinity"})
    void aSpreadIsANumber(String spread) throws IOException {
        assertRefused(laptop().replace("\"spread\": 4", "\"spread\": " + spread), "spread");
    }

    @Test
    void aRecipeIsNoRun() throws IOException {
        assertRefused("{\"weights\": {\"method\": \"rtn\", \"bits\": 4}}", "saved run of bench");
    }
}
