package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same inputs give the same bits, whether the code is interpreted or compiled and on any number
 * of threads: else a code near a rounding tie flips while the program warms up, and a bundle read
 * again gives other logits.
 */
class DeterminismTest {

    private static final int TOKENS = 13;
    private static final int CHANNELS = 37;

    /** Enough for every loop to pass through both compilers. */
    private static final int CALLS = 20_000;

    static List<Integer> widths() {
        return KernelProvider.availableBits();
    }

    /** With -Xbatch a call waits for the compiler, so that the last calls are sure to be C2's. */
    @Test
    void compiledCodeGivesTheBitsOfTheInterpreter() throws IOException, InterruptedException {
        List<String> interpreted = digests("-Xint", 1);
        assertTrue(interpreted.size() >= 20 * widths().size(), interpreted.toString());
        List<String> compiled = digests("-Xbatch", CALLS);
        assertEquals(String.join("\n", interpreted), String.join("\n", compiled));
    }

    private static List<String> digests(String mode, int calls)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-modules=jdk.incubator.vector");
        command.add(mode);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(PrintDigests.class.getName());
        command.add(Integer.toString(calls));
        widths().forEach(bits -> command.add(bits.toString()));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void anyNumberOfThreadsGivesTheSameBits(int bits) {
        try (Workers one = Workers.of(1);
                Workers three = Workers.of(3);
                Workers many = Workers.of(24)) { // more than there are panels
            var expected = FloatKernelRuns.of(KernelProvider.of(bits, one), 131, 517);
            for (Workers workers : List.of(three, many)) {
                var actual = FloatKernelRuns.of(KernelProvider.of(bits, workers), 131, 517);
                expected.forEach(
                        (name, run) -> assertArrayEquals(run.get(), actual.get(name).get(), name));
            }
        }
    }

    /** Runs in a JVM of its own. */
    static final class PrintDigests {

        /**
         * Prints what each kernel gives first, and whether that ever changes.
         *
         * @param arguments number of calls, and widths
         */
        public static void main(String[] arguments) {
            int calls = Integer.parseInt(arguments[0]);
            for (int i = 1; i < arguments.length; i++) {
                int bits = Integer.parseInt(arguments[i]);
                Kernels kernels =
                        bits == 0 ? new ScalarKernels() : new VectorKernels(bits, Workers.of(1));
                for (var run : FloatKernelRuns.of(kernels, TOKENS, CHANNELS).entrySet()) {
                    System.out.println(bits + " bits, " + digests(run, calls));
                }
            }
        }

        private static String digests(Map.Entry<String, Supplier<float[]>> run, int calls) {
            long first = digest(run.getValue().get());
            for (int call = 1; call < calls; call++) {
                long digest = digest(run.getValue().get());
                if (digest != first) {
                    return "%s: %x, from call %d on %x"
                            .formatted(run.getKey(), first, call, digest);
                }
            }
            return "%s: %x".formatted(run.getKey(), first);
        }

        private static long digest(float[] values) {
            long digest = 1;
            for (float value : values) {
                digest = digest * 0x9E3779B97F4A7C15L + Float.floatToRawIntBits(value);
            }
            return digest;
        }
    }
}
