package io.agilelens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is told, in a process of its own, where there is nothing to open the window on. */
@EnabledOnOs(OS.LINUX)
class WindowLauncherTest {
    /** No server listens at a number that large. */
    private static final String NOWHERE = ":59999";

    @Test
    void saysThatNoDisplayIsGiven() throws Exception {
        assertEquals(
                "agilelens: there is no display to open the window on: set DISPLAY, or use a"
                        + " command (agilelens --help lists them)",
                failure(Map.of()));
    }

    @Test
    void saysWhichDisplayCannotBeOpened() throws Exception {
        String told = failure(Map.of("DISPLAY", NOWHERE));
        assertTrue(
                told.startsWith("agilelens: the window cannot be opened on display " + NOWHERE),
                told);
        assertTrue(told.endsWith("or use a command (agilelens --help lists them)"), told);
    }

    /** The last line of a start that fails. */
    private static String failure(Map<String, String> displays)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AgileLens.class.getName())
                        .redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("DISPLAY", "WAYLAND_DISPLAY"));
        builder.environment().putAll(displays);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String told = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the process does not end");
            assertEquals(1, process.exitValue(), told);
            return told.lines().toList().getLast();
        } finally {
            process.destroyForcibly();
        }
    }
}
