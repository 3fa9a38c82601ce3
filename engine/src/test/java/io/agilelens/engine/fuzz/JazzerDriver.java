package io.agilelens.engine.fuzz;

import java.io.IOException;
import java.nio.file.Files;

/** What Jazzer calls; the system property {@value #TARGET} names the parser. */
public final class JazzerDriver {
    static final String TARGET = "fuzz.target";

    private static FuzzHarness harness;

    private JazzerDriver() {}

    public static void fuzzerInitialize() throws IOException {
        harness =
                new FuzzHarness(
                        FuzzTargetSource.named(System.getProperty(TARGET)),
                        Files.createTempDirectory("fuzz"));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        harness.run(input);
    }
}
