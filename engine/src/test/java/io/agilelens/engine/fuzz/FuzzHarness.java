package io.agilelens.engine.fuzz;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Puts one input after another before a parser and judges the outcome: it is success, or one line
 * that names the file; nothing in the folder changed, and nothing of it is still held open.
 */
final class FuzzHarness {
    private static final int LONGEST_LINE = 1500;

    /** Looking through the process's mappings costs as much as a small input. */
    private static final int MAPPINGS_EVERY = 64;

    private static final Path HANDLES = Path.of("/proc/self/fd");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private final FuzzTarget target;
    private final List<FolderImage> images;
    private final Map<Integer, Path> folders = new HashMap<>();
    private final Path root;
    private long inputs;
    private long accepted;

    /**
     * @param root an empty folder to work in
     */
    FuzzHarness(FuzzTarget target, Path root) {
        this.target = target;
        this.images = target.images().get();
        this.root = root;
    }

    /** How many inputs were opened without complaint. */
    long accepted() {
        return accepted;
    }

    /**
     * Runs one input.
     *
     * @throws AssertionError if a promise is broken; what the parser throws beyond its line comes
     *     through as it is
     */
    void run(byte[] input) {
        Choices choices = new Choices(input);
        int number = choices.below(images.size());
        FolderImage image = images.get(number);
        FuzzTarget.Victim victim = choices.of(target.victims());
        byte[] sound = image.files().get(victim.file());
        Manner manner = choices.of(victim.manners());
        if (sound == null) {
            return;
        }
        byte[] damaged = manner.damage(sound, image.fields().get(victim.file()), choices);
        Path folder = folders.computeIfAbsent(number, this::write);
        Path file = folder.resolve(victim.file());
        replace(file, damaged);
        Map<Path, String> before = state(folder);
        inputs++;
        visit(folder);
        requireUntouched(before, state(folder));
        requireSame(damaged, file);
        requireNothingOpen(folder);
        replace(file, sound);
    }

    private void visit(Path folder) {
        try {
            target.visit()
                    .accept(target.opened().isEmpty() ? folder : folder.resolve(target.opened()));
            accepted++;
        } catch (UserException refusal) {
            requireLine(refusal.getMessage());
            if (!refusal.getMessage().contains(folder.getFileName().toString())) {
                throw new AssertionError("names no file: " + refusal.getMessage(), refusal);
            }
        }
    }

    /** One line of bounded length, without anything that a terminal would obey. */
    static void requireLine(String line) {
        boolean isPlain =
                line.codePoints()
                        .noneMatch(
                                character ->
                                        Character.isISOControl(character)
                                                || character == 0x2028
                                                || character == 0x2029
                                                || Character.getType(character)
                                                        == Character.FORMAT);
        if (line.isBlank() || line.length() > LONGEST_LINE || !isPlain) {
            throw new AssertionError("not one plain line of bounded length: " + line);
        }
    }

    private Path write(int image) {
        try {
            return images.get(image)
                    .writeTo(Files.createDirectory(root.resolve("fuzzed-" + image)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writing over a file would make some file systems flush it each time. */
    private static void replace(Path file, byte[] content) {
        try {
            Files.deleteIfExists(file);
            Files.write(file, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Map<Path, String> state(Path folder) {
        Map<Path, String> state = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                state.put(
                        file,
                        attributes.size()
                                + " "
                                + attributes.lastModifiedTime()
                                + " "
                                + attributes.fileKey());
            }
            return state;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void requireUntouched(Map<Path, String> before, Map<Path, String> after) {
        if (!before.equals(after)) {
            throw new AssertionError("opening changed " + before + " to " + after);
        }
    }

    private static void requireSame(byte[] written, Path file) {
        try {
            if (!java.util.Arrays.equals(written, Files.readAllBytes(file))) {
                throw new AssertionError("opening changed the bytes of " + file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void requireNothingOpen(Path folder) {
        List<String> held = new ArrayList<>();
        try {
            if (Files.isDirectory(HANDLES)) {
                try (Stream<Path> handles = Files.list(HANDLES)) {
                    handles.map(FuzzHarness::handle)
                            .filter(path -> path.startsWith(folder.toString()))
                            .forEach(held::add);
                }
            }
            if (inputs % MAPPINGS_EVERY == 0 && Files.exists(MAPPINGS)) {
                try (Stream<String> mappings = Files.lines(MAPPINGS)) {
                    mappings.filter(line -> line.contains(folder.toString())).forEach(held::add);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (!held.isEmpty()) {
            throw new AssertionError("still open: " + held);
        }
    }

    private static String handle(Path handle) {
        try {
            return Files.readSymbolicLink(handle).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
