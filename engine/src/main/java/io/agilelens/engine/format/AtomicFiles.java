package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.AbandonableCall;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Writes a file or a folder so that nobody ever sees half of it: first beside the target under
 * another name, forced to the disk, then moved into place in one step. What goes wrong before that
 * step leaves the target as it was and nothing else behind, as does a cancellation while a large
 * file is forced to the disk; a process that is killed leaves hidden files, which the next write to
 * the same target clears away.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Writes the new content; may throw anything, which then reaches the caller. */
    @FunctionalInterface
    public interface Content {
        /**
         * @param place for a file: a path where nothing exists yet; for a folder: an empty folder
         */
        void writeTo(Path place) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param replace whether an existing target may be replaced
     * @throws UserException if the target exists and may not be replaced, or cannot be written
     */
    public static void writeFile(Path target, boolean replace, Content content) {
        if (replace && Files.isDirectory(target, noFollow())) {
            throw new UserException(
                    "%s is a folder and is not replaced by a file; choose another name"
                            .formatted(Printable.of(target)));
        }
        write(target, replace, content);
    }

    /**
     * Writes a folder.
     *
     * @param replace whether an existing target, with all it holds, may be replaced
     * @throws UserException if the target exists and may not be replaced, or cannot be written
     */
    public static void writeFolder(Path target, boolean replace, Content content) {
        write(
                target,
                replace,
                place -> {
                    Files.createDirectory(place);
                    content.writeTo(place);
                });
    }

    private static void write(Path target, boolean replace, Content content) {
        Path absolute = target.toAbsolutePath().normalize();
        try {
            WriteLock.sweep(absolute);
            checkTarget(absolute, replace);
            try (WriteLock lock = WriteLock.take(absolute)) {
                Path temporary = lock.content();
                try {
                    content.writeTo(temporary);
                    force(temporary);
                    moveIntoPlace(temporary, absolute, lock.aside(), replace);
                } finally {
                    Deletion.of(temporary);
                }
            }
            forceFolder(absolute.getParent());
        } catch (IOException failure) {
            throw FileErrors.writing(target, failure);
        }
    }

    /**
     * Puts back what a killed writer moved aside: a folder cannot be replaced in one step, and who
     * dies between its two leaves nothing at the target. Does nothing if anything stands there.
     */
    public static void recover(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        if (exists(absolute)) {
            return;
        }
        try {
            WriteLock.sweep(absolute);
        } catch (IOException unreadable) {
            // Nothing was put back, and whoever opens the target says what is wrong with it.
        }
    }

    private static void checkTarget(Path target, boolean replace) throws IOException {
        if (target.getFileName() == null) {
            throw new FileAlreadyExistsException(target.toString());
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new NoSuchFileException(target.toString());
        }
        if (!replace && exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    private static void moveIntoPlace(Path temporary, Path target, Path old, boolean replace)
            throws IOException {
        if (!replace) {
            // Without an option a move never replaces what appeared in the meantime.
            Files.move(temporary, target);
            return;
        }
        boolean swapsFiles =
                Files.isRegularFile(temporary) && !Files.isDirectory(target, noFollow());
        if (swapsFiles || !exists(target)) {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        // A folder cannot be replaced in one step: the old one steps aside first.
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw failure;
        }
        Deletion.of(old);
    }

    private static boolean exists(Path path) {
        return Files.exists(path, noFollow());
    }

    private static LinkOption noFollow() {
        return LinkOption.NOFOLLOW_LINKS;
    }

    private static void force(Path path) throws IOException {
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (Deletion.isLarge(attributes)) {
                            forceUnlessCancelled(file);
                        } else if (attributes.isRegularFile()) {
                            forceFile(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException failure)
                            throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        forceFolder(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** How long a large file takes is up to the disk; who cancels does not wait for that. */
    private static void forceUnlessCancelled(Path file) throws IOException {
        Optional<IOException> failure =
                AbandonableCall.of(
                        "forcing a file to the disk",
                        () -> {
                            try {
                                forceFile(file);
                                return Optional.empty();
                            } catch (IOException unforced) {
                                return Optional.of(unforced);
                            }
                        },
                        _ -> {});
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private static void forceFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Forces the names in a folder to the disk, where the system lets a folder be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // Windows refuses to open folders; its move is durable by itself.
        }
    }
}
