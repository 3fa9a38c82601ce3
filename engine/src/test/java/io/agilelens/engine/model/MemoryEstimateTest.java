package io.agilelens.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the estimate to what happens, in processes of their own whose heap is given a size: 15 %
 * more than estimated must do, 15 % less must not.
 */
class MemoryEstimateTest {
    private static final int TOKENS = 256;

    @TempDir private static Path folder;

    @Test
    void theHeapThatIsNeededIsWithin15PercentOfTheEstimate() throws Exception {
        TinyModels.write(
                folder,
                new TinyModels.Dimensions(8000, 768, 6, 12, 12, 2048, TOKENS, false, DType.F16, 5));
        long whole = estimate("memory");
        assertEquals(0, run("memory", whole * 115 / 100).status());
        assertEquals(MemoryProbe.TOO_SMALL, run("memory", whole * 85 / 100).status());
        assertEquals(
                run("memory", whole * 2).line("checksum"), run("file", whole * 2).line("checksum"));
        // With the weights in the file a fraction of that is enough.
        long least = Long.parseLong(run("file", whole).line("estimate"));
        assertTrue(least < whole / 2, least + " of " + whole);
        assertEquals(0, run("file", least * 115 / 100).status());
    }

    private static long estimate(String placement) throws Exception {
        // The collector's regions, and so the estimate, depend a little on the size of the heap.
        long first = Long.parseLong(run("estimate", 512L << 20).line("estimate"));
        assertTrue(first > 100L << 20, placement + ": " + first);
        return first;
    }

    private record Run(int status, List<String> output) {
        String line(String key) {
            return output.stream()
                    .filter(line -> line.startsWith(key + " "))
                    .map(line -> line.substring(key.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(key + " is not in " + output));
        }
    }

    private static Run run(String placement, long heap) throws Exception {
        Path output = Files.createTempFile(folder, "probe", ".txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseG1GC",
                                "-Xmx" + Math.ceilDiv(heap, 1L << 20) + "m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MemoryProbe.class.getName(),
                                folder.toString(),
                                Integer.toString(TOKENS),
                                placement)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the process does not end");
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), lines(output));
    }

    private static List<String> lines(Path output) throws IOException {
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }
}
