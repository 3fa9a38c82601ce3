package io.agilelens.engine.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/**
 * Runs seeds, the kept corpus and a number of random damages of one parser. A program of its own,
 * because a small heap is part of what it tests, and a native library may end the process: it must
 * reach its last line.
 */
public final class CorpusReplay {
    static final String DONE = "done";

    /** An input may take this long; the machine may be busy. */
    private static final long MOST_NANOSECONDS = 20_000_000_000L;

    private CorpusReplay() {}

    /**
     * @param arguments target, work folder, file or folder with inputs, how many random ones
     */
    public static void main(String[] arguments) throws IOException {
        FuzzTarget target = FuzzTargetSource.named(arguments[0]);
        FuzzHarness harness = new FuzzHarness(target, Path.of(arguments[1]));
        int runs = 0;
        for (byte[] seed : target.seeds()) {
            run(harness, seed, "a seed");
            runs++;
        }
        for (Path file : inputs(Path.of(arguments[2]))) {
            run(harness, Files.readAllBytes(file), file.toString());
            runs++;
        }
        Random random = new Random(target.name().hashCode());
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            byte[] input = new byte[3 + random.nextInt(24)];
            random.nextBytes(input);
            run(harness, input, "random input");
            runs++;
        }
        System.out.println(DONE + " " + runs + " inputs, " + harness.accepted() + " opened");
    }

    private static Path[] inputs(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? new Path[] {path} : new Path[0];
        }
        try (var files = Files.list(path)) {
            return files.sorted().toArray(Path[]::new);
        }
    }

    private static void run(FuzzHarness harness, byte[] input, String origin) {
        long start = System.nanoTime();
        try {
            harness.run(input);
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(origin + " " + describe(input), failure);
        }
        if (System.nanoTime() - start > MOST_NANOSECONDS) {
            throw new AssertionError(origin + " took too long: " + describe(input));
        }
    }

    private static String describe(byte[] input) {
        return HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(input.length, 64)));
    }
}
