package io.agilelens.app.command;

import io.agilelens.app.StartTimes;
import io.agilelens.app.StartTimes.Step;
import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** How long people wait for the program. */
@Command(
        name = "startup",
        description =
                "Starts the program several times as a person does and measures when the splash,"
                        + " the workbench and its first pictures are there, and how long a command"
                        + " takes. Without a display the window is drawn by JavaFX's headless"
                        + " platform.")
public final class StartupCommand extends EngineCommand {
    /** System property with the path of the launcher, which sets it. */
    static final String LAUNCHER = "agilelens.launcher";

    /** Environment variable of the launcher: {@code off} starts without the start cache. */
    private static final String CACHE = "AGILELENS_START_CACHE";

    private static final long PATIENCE_SECONDS = 120;
    private static final double MICROS = 1e6;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            defaultValue = "sample:llama-tiny",
            description = "What to open (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Starts that count (default ${DEFAULT-VALUE}); one more beforehand does not.")
    private int rounds;

    @Option(names = "--no-window", description = "Measure the command only.")
    private boolean noWindow;

    @Option(
            names = "--compare",
            description = "Take turns with starts that use no start cache, and show both.")
    private boolean compare;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--rounds", rounds);
        List<Start> starts = new ArrayList<>();
        if (!noWindow) {
            starts.addAll(variants("window", List.of(model)));
        }
        starts.addAll(variants("info", List.of("info", model)));
        progress.report("making the start caches", 0, rounds + 1);
        Start.run(new ProcessBuilder(Start.launcher(), "--start-cache"));
        for (int round = 0; round <= rounds; round++) {
            for (Start start : starts) {
                progress.report("starting the " + start.what, round, rounds + 1);
                Map<Step, Long> times = start.run();
                if (round > 0) {
                    start.add(times);
                }
            }
        }
        ObjectNode result =
                object().put("model", model)
                        .put("rounds", rounds)
                        .put("display", hasDisplay() ? "display" : "headless");
        starts.forEach(start -> result.set(start.key(), start.json()));
        StringBuilder text =
                new StringBuilder(
                        "%s, %d starts, seconds: median (worst)%n".formatted(model, rounds));
        starts.forEach(start -> text.append(start.text()));
        print(progress, result, text.toString());
        return 0;
    }

    private List<Start> variants(String what, List<String> arguments) {
        Start cached = new Start(what, arguments, true);
        return compare ? List.of(cached, new Start(what, arguments, false)) : List.of(cached);
    }

    private static boolean hasDisplay() {
        return System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    }

    /**
     * One way to start, and how long each step took, in seconds since the one before everything.
     */
    private static final class Start {
        private final String what;
        private final List<String> arguments;
        private final boolean cached;
        private final Map<Step, List<Double>> seconds = new TreeMap<>();

        Start(String what, List<String> arguments, boolean cached) {
            this.what = what;
            this.arguments = arguments;
            this.cached = cached;
        }

        String key() {
            return cached ? what : what + "_without_cache";
        }

        static String launcher() {
            String launcher = System.getProperty(LAUNCHER);
            if (launcher == null) {
                throw new UserException(
                        "startup starts the launcher again and again: run it from ./agilelens");
            }
            return launcher;
        }

        /**
         * Starts the program once and waits for its end.
         *
         * @return microseconds from the start to each step
         */
        Map<Step, Long> run() {
            try {
                Path times = Files.createTempFile("agilelens-start", ".times");
                try {
                    ProcessBuilder process = process(times);
                    long start = StartTimes.now();
                    run(process);
                    Map<Step, Long> reached = StartTimes.read(times);
                    reached.replaceAll((_, time) -> time - start);
                    return reached;
                } finally {
                    Files.deleteIfExists(times);
                }
            } catch (IOException failure) {
                throw new UserException(
                        "the times of a start cannot be kept: " + failure.getMessage(), failure);
            }
        }

        private ProcessBuilder process(Path times) {
            List<String> line = new ArrayList<>(List.of(launcher()));
            line.addAll(arguments);
            ProcessBuilder process = new ProcessBuilder(line);
            Map<String, String> environment = process.environment();
            environment.put(StartTimes.VARIABLE, times.toString());
            if (!cached) {
                environment.put(CACHE, "off");
            }
            if (!hasDisplay()) {
                environment.merge(
                        "AGILELENS_OPTS",
                        "-Dglass.platform=Headless",
                        (given, headless) -> given + " " + headless);
            }
            return process;
        }

        /** Runs a process to its end, which must be a good one. */
        static void run(ProcessBuilder builder) {
            String line = String.join(" ", builder.command());
            try {
                Process process =
                        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new UserException(
                            "%s did not end in %d s: run it by hand to see why"
                                    .formatted(line, PATIENCE_SECONDS));
                }
                if (process.exitValue() != 0) {
                    throw new UserException(
                            "%s ended with status %d: run it by hand to see why"
                                    .formatted(line, process.exitValue()));
                }
            } catch (IOException failure) {
                throw new UserException(
                        "%s cannot be started: %s".formatted(line, failure.getMessage()), failure);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new UserException("the measurement was interrupted: start it again", stopped);
            }
        }

        void add(Map<Step, Long> times) {
            times.forEach(
                    (step, time) ->
                            seconds.computeIfAbsent(step, _ -> new ArrayList<>())
                                    .add(time / MICROS));
        }

        ObjectNode json() {
            ObjectNode result = object();
            seconds.forEach(
                    (step, values) ->
                            result.putObject(step.name().toLowerCase(Locale.ROOT))
                                    .put("median", median(values))
                                    .put("worst", worst(values)));
            return result;
        }

        String text() {
            StringBuilder text = new StringBuilder();
            text.append(cached ? what : what + ", without the start cache").append('\n');
            seconds.forEach(
                    (step, values) ->
                            text.append(
                                    "  %-32s %6.2f (%.2f)%n"
                                            .formatted(
                                                    describe(step),
                                                    median(values),
                                                    worst(values))));
            return text.toString();
        }

        private static double median(List<Double> values) {
            double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            int middle = sorted.length / 2;
            return sorted.length % 2 == 1
                    ? sorted[middle]
                    : (sorted[middle - 1] + sorted[middle]) / 2;
        }

        private static double worst(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }

        private static String describe(Step step) {
            return switch (step) {
                case JVM -> "launcher done, Java begins";
                case MAIN -> "Java runs our code";
                case TOOLKIT -> "JavaFX runs";
                case SPLASH -> "splash shown";
                case MODEL -> "model open";
                case WORKBENCH -> "workbench shown";
                case EVALUATED -> "first window evaluated";
                case PICTURES -> "pictures shown";
                case END -> "end";
            };
        }
    }
}
