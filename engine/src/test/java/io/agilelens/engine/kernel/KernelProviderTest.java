package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelProviderTest {

    /** With {@code -Dagilelens.kernels.expect=512} (or another width) a silent fall-back fails. */
    private static final String EXPECT = "agilelens.kernels.expect";

    private static final VectorSupport NONE = new VectorSupport(0, "it rains; wait");
    private static final VectorSupport WIDE = new VectorSupport(256, null);

    @Test
    void theExpectedKernelsWereChosen() {
        String expected = System.getProperty(EXPECT);
        assumeTrue(expected != null, "-D" + EXPECT + " is not set");
        assertEquals(Integer.parseInt(expected), KernelProvider.current().kernels().vectorBits());
    }

    @Test
    void theChoiceIsMadeOnceAndExplained() {
        KernelChoice choice = KernelProvider.current();
        assertSame(choice, KernelProvider.current());
        assertTrue(choice.alternatives().contains("scalar"));
        assertTrue(choice.reason().length() > 10, choice.reason());
    }

    @Test
    void automaticChoiceFallsBackAndTellsTheCure() {
        KernelChoice choice = KernelProvider.choose(null, NONE);
        assertEquals("scalar", choice.kernels().name());
        assertEquals("Scalar code, because it rains; wait", choice.reason());
        assertEquals("none", choice.species());
        assertEquals(List.of("scalar"), choice.alternatives());
    }

    @Test
    void scalarCanBeForced() {
        KernelChoice choice = KernelProvider.choose("scalar", WIDE);
        assertEquals(0, choice.kernels().vectorBits());
        assertEquals("Scalar code, as -Dagilelens.kernels=scalar asks", choice.reason());
        assertEquals(List.of("scalar", "128", "256"), choice.alternatives());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vector", "128", "512"})
    void forcedKernelsFailWhereTheyCannotBeHad(String wanted) {
        var e = assertThrows(UserException.class, () -> KernelProvider.choose(wanted, NONE));
        assertTrue(e.getMessage().startsWith("-Dagilelens.kernels=" + wanted), e.getMessage());
        assertTrue(e.getMessage().contains("it rains; wait"), e.getMessage());
    }

    @Test
    void wordsThatNameNoKernelsAreRefused() {
        var e = assertThrows(UserException.class, () -> KernelProvider.choose("fast", WIDE));
        assertTrue(e.getMessage().contains("auto, scalar, vector"), e.getMessage());
        assertThrows(UserException.class, () -> KernelProvider.choose("512", WIDE));
        assertThrows(UserException.class, () -> KernelProvider.of(1024));
    }

    @Test
    void everyAvailableWidthCanBeHad() {
        List<Integer> available = KernelProvider.availableBits();
        assertEquals(0, available.getFirst());
        for (int bits : available) {
            assertEquals(bits, KernelProvider.of(bits).vectorBits());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--add-modules=java.base, --add-modules=jdk.incubator.vector",
        "-Xint, start Java without -Xint",
        "-XX:TieredStopAtLevel=1, C2 is switched off",
        "-XX:MaxVectorSize=8, 128 are needed",
        "-XX:-UseFMA, start Java without -XX:-UseFMA"
    })
    void aJvmInTheWayIsSeenAndTheCureTold(String flag, String cure) throws Exception {
        String reason = reasonIn(flag);
        assertTrue(reason.startsWith("Scalar code, because"), reason);
        assertTrue(reason.contains(cure), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "-Dagilelens.kernels=fast, names no kernels",
        "-Dagilelens.kernels=1024, names no kernels",
        "-Dagilelens.threads=none, is not a number of threads"
    })
    void aBadOptionIsToldInOneLine(String flag, String complaint) throws Exception {
        String told = reasonIn(flag);
        assertTrue(told.startsWith(flag) && told.contains(complaint), told);
        assertEquals(1, told.lines().count(), told);
    }

    private static String reasonIn(String flag) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (!flag.startsWith("--add-modules")) {
            command.add("--add-modules=jdk.incubator.vector");
        }
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        command.add("-XX:+UnlockDiagnosticVMOptions");
        command.add(flag);
        command.add("-cp");
        command.add(System.getProperty("java.class.path", "target/classes"));
        command.add(PrintReason.class.getName());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .directory(new File("."))
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        String marker = PrintReason.MARKER;
        int at = output.indexOf(marker);
        assertTrue(at >= 0, output);
        return output.substring(at + marker.length()).strip();
    }

    /** Runs in a JVM of its own. */
    static final class PrintReason {
        static final String MARKER = "reason: ";

        public static void main(String[] arguments) {
            System.out.println(MARKER + reason());
        }

        private static String reason() {
            try {
                KernelChoice choice = KernelProvider.current();
                float[] y = new float[1];
                Fp32Weights weights = choice.kernels().packFp32(new float[] {2}, 1, 1);
                choice.kernels().multiply(new float[] {3}, 1, weights, y);
                return choice.reason() + (y[0] == 6 ? "" : " but it is wrong");
            } catch (UserException e) {
                return e.getMessage();
            }
        }
    }
}
