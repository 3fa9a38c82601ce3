package io.agilelens.app.command;

import io.agilelens.engine.task.Cancellation;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all commands share: JSON or text on standard output, everything else on the error stream.
 */
abstract class EngineCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output and nothing else there.")
    boolean json;

    /** Nobody but the operating system cancels a command. */
    final Cancellation cancellation = Cancellation.never();

    @Override
    public final Integer call() {
        try (TerminalProgress progress = new TerminalProgress(errors())) {
            return run(progress);
        }
    }

    /**
     * Does the work and prints the result.
     *
     * @return the exit status
     */
    abstract int run(TerminalProgress progress);

    final PrintWriter output() {
        return spec.commandLine().getOut();
    }

    final PrintWriter errors() {
        return spec.commandLine().getErr();
    }

    final void warn(List<String> warnings) {
        warnings.forEach(warning -> errors().println("agilelens: warning: " + warning));
        errors().flush();
    }

    /** Tells what a person should know beside the result. */
    final void tell(String note) {
        errors().println("agilelens: " + note);
        errors().flush();
    }

    /**
     * @param value may be null: not given
     * @throws ParameterException if it is below 1
     */
    final void requirePositive(String option, Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(
                    spec.commandLine(), "%s is %d: give at least 1".formatted(option, value));
        }
    }

    /**
     * Prints the result in the form that was asked for. Figures of a model with planted outliers
     * never stand there without saying so.
     */
    final void print(TerminalProgress progress, ObjectNode result, String text) {
        progress.close();
        if (result.has(Results.PLANTED) && !json) {
            output().println("planted: this model has outliers that were put into it on purpose");
        }
        output().println(json ? result.toString() : text.stripTrailing());
        output().flush();
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Puts a number, or null where there is none: JSON knows no NaN and no infinity. */
    static void put(ObjectNode node, String key, double value) {
        if (Double.isFinite(value)) {
            node.put(key, value);
        } else {
            node.putNull(key);
        }
    }
}
