package io.agilelens.app;

import io.agilelens.engine.UserException;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;

/** Tells a failure in one line and gives its exit status. */
final class FailureReport {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final PrintWriter errors;

    FailureReport(PrintWriter errors) {
        this.errors = errors;
    }

    /** Options or arguments that do not fit. */
    int usage(CommandLine.ParameterException failure, boolean debug) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        tell("%s; see %s --help".formatted(failure.getMessage(), command), failure, debug);
        return WRONG_USAGE;
    }

    /** A command that began and could not finish. */
    int failed(Throwable failure, boolean debug) {
        tell(line(failure), failure, debug);
        return FAILED;
    }

    private static String line(Throwable failure) {
        return switch (failure) {
            case UserException told -> told.getMessage();
            case CancellationException _ -> "cancelled";
            case OutOfMemoryError _ ->
                    "not enough memory (%d MiB were allowed): set AGILELENS_OPTS=-Xmx… to allow more, or give a smaller model or a shorter --window"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20);
            default ->
                    "internal error, %s: please report it with what --debug shows"
                            .formatted(failure);
        };
    }

    private void tell(String line, Throwable failure, boolean debug) {
        errors.println("agilelens: " + line.strip().replaceAll("\\s*\\R\\s*", " "));
        if (debug) {
            failure.printStackTrace(errors);
        }
        errors.flush();
    }
}
