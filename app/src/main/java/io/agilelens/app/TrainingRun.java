package io.agilelens.app;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;

/**
 * What plain commands mostly do, done once so that the start cache knows its classes and profiles.
 * The launcher runs it when it makes that cache.
 */
final class TrainingRun {
    private static final String MODEL = "sample:llama-tiny";

    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("--help"),
                    List.of("info", MODEL, "--json"),
                    List.of("info", MODEL, "--tensors"),
                    List.of("generate", MODEL, "--prompt", "The", "--tokens", "8"));

    private TrainingRun() {}

    /** Ends the JVM with status 0 if every command ended with it. */
    public static void main(String[] arguments) {
        PrintWriter nobody = new PrintWriter(OutputStream.nullOutputStream());
        boolean done =
                COMMANDS.stream()
                        .mapToInt(
                                command ->
                                        AgileLens.run(
                                                command.toArray(String[]::new), nobody, nobody))
                        .allMatch(status -> status == 0);
        System.exit(done ? 0 : 1);
    }
}
