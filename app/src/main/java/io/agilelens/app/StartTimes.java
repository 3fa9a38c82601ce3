package io.agilelens.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * When the program reached the steps of its start, for whoever measures it. Nothing is kept unless
 * the environment variable {@value #VARIABLE} names a file.
 */
public final class StartTimes {
    /** Names the file that receives the times. */
    public static final String VARIABLE = "AGILELENS_START_TIMES";

    /** What is waited for, in the order in which it mostly comes. */
    public enum Step {
        /** The process became a Java virtual machine. */
        JVM,
        /** The first of our own code. */
        MAIN,
        /** JavaFX runs. */
        TOOLKIT,
        /** Something is on the screen. */
        SPLASH,
        /** The model is open, its weights packed and its texts cut. */
        MODEL,
        /** The workbench is on the screen. */
        WORKBENCH,
        /** The first evaluation is done. */
        EVALUATED,
        /** Its numbers are on the screen, as a picture. */
        PICTURES,
        /** The last of our own code. */
        END
    }

    private static final String FILE = System.getenv(VARIABLE);
    private static final Map<Step, Long> TIMES = new EnumMap<>(Step.class);

    private StartTimes() {}

    /** Whether somebody measures. */
    public static boolean areWanted() {
        return FILE != null;
    }

    /** Notes that a step was reached; only the first time counts. Safe from any thread. */
    public static void reached(Step step) {
        if (areWanted()) {
            long now = now();
            synchronized (TIMES) {
                TIMES.putIfAbsent(step, now);
            }
        }
    }

    /** Microseconds of the clock on the wall, which all processes share. */
    public static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Writes down what was noted, if anybody wants it. */
    static void write() {
        if (!areWanted()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        synchronized (TIMES) {
            TIMES.put(Step.JVM, ManagementFactory.getRuntimeMXBean().getStartTime() * 1000);
            TIMES.forEach((step, time) -> lines.add(step + "=" + time));
        }
        try {
            Files.write(Path.of(FILE), lines);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Reads what another process wrote.
     *
     * @return microseconds of {@link #now} by step; steps that were not reached are missing
     */
    public static Map<Step, Long> read(Path file) throws IOException {
        Map<Step, Long> times = new EnumMap<>(Step.class);
        for (String line : Files.readAllLines(file)) {
            int sign = line.indexOf('=');
            times.put(
                    Step.valueOf(line.substring(0, sign)),
                    Long.parseLong(line.substring(sign + 1)));
        }
        return times;
    }
}
