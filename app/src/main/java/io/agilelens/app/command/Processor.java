package io.agilelens.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a figure was measured on, in words. */
final class Processor {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** The processor's name where the system tells it, else its architecture. */
    static String name() {
        String architecture = System.getProperty("os.arch");
        try (Stream<String> lines = Files.lines(LINUX)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException otherSystem) {
            return architecture;
        }
    }

    static String virtualMachine() {
        return "%s %s"
                .formatted(
                        System.getProperty("java.vm.name"), System.getProperty("java.vm.version"));
    }
}
