package io.agilelens.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs a program of the system, such as a package registry's client, and hands back its output. */
final class ShellCommand {
    private ShellCommand() {}

    /**
     * Runs a program to its end.
     *
     * @param folder the working folder
     * @param command program and arguments
     * @return what it wrote to standard output
     * @throws IllegalStateException if the program is missing or ends with a status other than 0
     */
    static String run(Path folder, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        "'" + String.join(" ", List.of(command)) + "' ended with status " + status);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run '" + command[0] + "'; is it installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running '" + command[0] + "'", e);
        }
    }
}
