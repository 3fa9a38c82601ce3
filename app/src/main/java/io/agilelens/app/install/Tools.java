package io.agilelens.app.install;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.spi.ToolProvider;

/** Programs that do the work: those of the JDK in this process, others as processes. */
final class Tools {
    private Tools() {}

    /**
     * Runs a tool of the JDK.
     *
     * @return what it printed
     * @throws UserException if this Java has no such tool or the tool fails
     */
    static String ofJdk(String name, List<String> arguments) {
        ToolProvider tool =
                ToolProvider.findFirst(name)
                        .orElseThrow(
                                () ->
                                        new UserException(
                                                "this Java has no %s: run AgileLens with a whole"
                                                                .formatted(name)
                                                        + " JDK"));
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        int status = tool.run(writer, writer, arguments.toArray(String[]::new));
        writer.flush();
        return checked(name, status, output.toString());
    }

    /**
     * Runs a program of the machine.
     *
     * @return what it printed
     * @throws UserException if it is not installed or fails
     */
    static String program(List<String> command) throws InterruptedException {
        String name = command.getFirst();
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            return checked(name, process.waitFor(), output);
        } catch (IOException missing) {
            throw new UserException(
                    "%s cannot be started (%s): install it (on Debian, the package dpkg)"
                            .formatted(name, missing.getMessage()),
                    missing);
        }
    }

    private static String checked(String name, int status, String output) {
        if (status != 0) {
            throw new UserException(
                    "%s failed with status %d: %s"
                            .formatted(
                                    name, status, output.strip().replaceAll("\\s*\\R\\s*", "; ")));
        }
        return output;
    }
}
