package io.agilelens.engine.evaluate.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kits made here: what is found, and what becomes of broken ones. */
class ConformanceTest {
    private static final String LOG2 =
            """
            {"kind": "Log2 quantizer", "tolerance": {"codes": "exact"},
             "arrays": {
              "P": {"file": "p.bin", "dtype": "float32", "shape": [1, 2, 2], "meaning": "P"},
              "b2_codes": {"file": "c.bin", "dtype": "int32", "shape": [1, 2, 2]},
              "b2_dequant": {"file": "d.bin", "dtype": "float32", "shape": [1, 2, 2]}}}
            """;

    @TempDir private Path kit;

    @Test
    void passesWhatIsRightWhereverItLies() throws IOException {
        log2(folder("some/where"), 1);
        ConformanceReport report = run();
        assertEquals(
                List.of("some/where b2_codes", "some/where b2_dequant"),
                report.results().stream().map(CaseResult::name).toList());
        assertEquals(2, report.count(Outcome.PASS));
        assertTrue(report.conforms(true));
    }

    @Test
    void tellsWhatIsWrongAndGoesOn() throws IOException {
        log2(folder("a"), 0);
        Files.delete(log2(folder("b"), 1).resolve("d.bin"));
        Files.write(log2(folder("c"), 1).resolve("p.bin"), new byte[5]);
        Files.writeString(folder("d").resolve("manifest.json"), "{\"kind\": ");
        log2(folder("e"), 1);
        ConformanceReport report = run();
        List<CaseResult> results = report.results();
        assertEquals(Outcome.FAIL, result(results, "a b2_codes").outcome());
        assertEquals(1, result(results, "a b2_codes").error());
        assertEquals("at 3: 1 instead of 0", result(results, "a b2_codes").note());
        assertEquals(Outcome.PASS, result(results, "b b2_codes").outcome());
        assertTrue(result(results, "b b2_dequant").note().contains("d.bin does not exist"));
        assertTrue(result(results, "c").note().contains("5 bytes where its shape needs 16"));
        assertTrue(result(results, "d").note().contains("no valid JSON"));
        assertEquals(Outcome.PASS, result(results, "e b2_dequant").outcome());
        assertFalse(report.conforms(false));
        results.forEach(result -> assertFalse(result.note().contains("\n"), result.note()));
    }

    @Test
    void reportsUnknownKindsAndModelsAsUnsupported() throws IOException {
        Files.writeString(folder("a").resolve("manifest.json"), "{\"kind\": \"tea leaves\"}");
        Files.writeString(
                folder("c").resolve("manifest.json"),
                "{\"kind\": \"forward pass\", \"model\": \"models/other (a remark)\"}");
        Path model = TinyModels.write(folder("models/other"), TinyModels.Dimensions.small());
        Path config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"llama\"", "\"mamba\""));
        ConformanceReport report = run();
        assertEquals(2, report.count(Outcome.UNSUPPORTED));
        assertEquals(2, report.results().size());
        assertTrue(report.results().getFirst().note().contains("\"tea leaves\""));
        assertTrue(report.results().getLast().note().contains("type mamba"));
        assertFalse(report.conforms(false), "nothing was checked");
        log2(folder("d"), 1);
        assertTrue(run().conforms(false));
        assertFalse(run().conforms(true));
    }

    @Test
    void failsACaseWhoseModelIsMissing() throws IOException {
        Files.writeString(
                folder("c").resolve("manifest.json"),
                "{\"kind\": \"forward pass\", \"model\": \"models/nowhere\"}");
        CaseResult result = run().results().getFirst();
        assertEquals(Outcome.FAIL, result.outcome());
        assertTrue(result.note().contains("\"models/nowhere\""), result.note());
    }

    @Test
    void countsTextsThatTheTokenizerReadsOtherwise() throws IOException {
        TinyModels.write(folder("models/tiny"), TinyModels.Dimensions.small());
        Files.writeString(
                folder("tokenizer").resolve("tiny.json"),
                """
                {"tokenizer": "models/tiny/tokenizer.json", "cases": [
                  {"text": "the", "ids": [%d, %d], "decoded_skip_special": "the"},
                  {"text": "a", "ids": [%d, 7], "decoded_skip_special": "a"}]}
                """
                        .formatted(TinyModels.START, TinyModels.END + 2, TinyModels.START));
        List<CaseResult> results = run().results();
        assertEquals(2, results.size(), results.toString());
        CaseResult ids = result(results, "tokenizer/tiny ids (2 texts)");
        assertEquals(1, ids.error());
        assertEquals("first: \"a\"", ids.note());
    }

    @Test
    void refusesAFolderWithoutCases() {
        UserException refused = assertThrows(UserException.class, this::run);
        assertTrue(refused.getMessage().contains("holds no manifest.json"), refused.getMessage());
        kit = kit.resolve("missing");
        assertThrows(UserException.class, this::run);
    }

    @Test
    void stopsWhenCancelled() throws IOException {
        log2(folder("a"), 1);
        log2(folder("b"), 1);
        Cancellation cancellation = new Cancellation();
        assertThrows(
                CancellationException.class,
                () ->
                        Conformance.run(
                                kit,
                                KernelProvider.of(0),
                                result -> cancellation.cancel(),
                                Progress.NONE,
                                cancellation));
    }

    /** Probabilities 1, 0, ¼, ½ with their codes in two bits, the last as given. */
    private static Path log2(Path folder, int half) throws IOException {
        Files.writeString(folder.resolve("manifest.json"), LOG2);
        floats(folder.resolve("p.bin"), 1, 0, 0.25f, 0.5f);
        floats(folder.resolve("d.bin"), 1, 0, 0.25f, 0.5f);
        ByteBuffer codes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        codes.putInt(0).putInt(3).putInt(2).putInt(half);
        Files.write(folder.resolve("c.bin"), codes.array());
        return folder;
    }

    private static void floats(Path file, float... values) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(kit.resolve(name));
    }

    private ConformanceReport run() {
        return Conformance.run(
                kit, KernelProvider.of(0), result -> {}, Progress.NONE, Cancellation.never());
    }

    private static CaseResult result(List<CaseResult> results, String name) {
        return results.stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + results));
    }
}
