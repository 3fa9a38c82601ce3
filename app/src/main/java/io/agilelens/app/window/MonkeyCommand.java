package io.agilelens.app.window;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javafx.application.Platform;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tries the window with random actions, without a display. */
@Command(
        name = "monkey",
        description = {
            "Works the real window with random actions of a person and fails on an exception, on a"
                    + " window that does not answer for a second, and on a heap that grows.",
            "The same seed wishes the same again; every action is logged. Needs no display."
        })
public final class MonkeyCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Spec private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "10",
            description = "How long to walk (default ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the walk is drawn from (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--actions",
            paramLabel = "N",
            description = "Stop after so many actions, to come to a failure again.")
    private Integer actions;

    @Option(
            names = "--round",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Actions from one measurement of the heap to the next (default"
                            + " ${DEFAULT-VALUE}).")
    private int round;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description =
                    "Where the actions are written; a file in the temporary folder if not given.")
    private Path log;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output and nothing else there.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (!(minutes > 0) || round < 1 || actions != null && actions < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--minutes, --round and --actions must be above 0");
        }
        System.setProperty("glass.platform", "Headless");
        CountDownLatch started = new CountDownLatch(1);
        Platform.startup(started::countDown);
        started.await();
        Platform.setImplicitExit(false);
        try {
            Path file =
                    log != null
                            ? log
                            : Files.createTempFile("agilelens-monkey-" + seed + "-", ".log");
            RandomWalk.Result result;
            try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(file))) {
                result =
                        new RandomWalk(seed, round, lines, Progress.NONE)
                                .walk(
                                        Duration.ofMillis(Math.round(minutes * 60_000)),
                                        actions == null ? Integer.MAX_VALUE : actions);
            }
            spec.commandLine().getOut().println(json ? json(result, file) : text(result, file));
            return result.failures().isEmpty() ? 0 : 1;
        } catch (IOException failure) {
            throw new UserException(
                    "the walk cannot keep its files: " + failure.getMessage(), failure);
        } finally {
            Platform.exit();
        }
    }

    private static String text(RandomWalk.Result result, Path file) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "seed %d: %d actions, %d windows, %d refusals told, %d known faults of"
                                + " JavaFX; longest without an"
                                + " answer %.0f ms; log %s%n",
                        result.seed(),
                        result.actions(),
                        result.windows(),
                        result.refused(),
                        result.known(),
                        result.longestMillis(),
                        file));
        text.append(
                String.format(
                        Locale.ROOT,
                        "heap after collections: %.1f MiB, trend %+.1f MiB over %d measurements (z"
                                + " %.1f)",
                        result.trend().median() / MIB,
                        result.trend().growth() / MIB,
                        result.trend().samples(),
                        result.trend().certainty()));
        result.failures().forEach(failure -> text.append("%nFAILED: %s".formatted(failure)));
        return text.toString();
    }

    private static ObjectNode json(RandomWalk.Result result, Path file) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("seed", result.seed())
                .put("actions", result.actions())
                .put("windows", result.windows())
                .put("refused", result.refused())
                .put("known_javafx_faults", result.known())
                .put("longest_block_ms", result.longestMillis())
                .put("heap_median_bytes", result.trend().median())
                .put("heap_growth_bytes", result.trend().growth())
                .put("heap_trend_z", result.trend().certainty())
                .put("log", file.toString());
        result.heap().forEach(node.putArray("heap_bytes")::add);
        result.failures().forEach(node.putArray("failures")::add);
        return node;
    }
}
