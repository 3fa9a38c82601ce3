package io.agilelens.engine.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hidden files beside a target while it is written, all with one number of their own: {@code
 * .NAME.lock-N}, which the writer keeps locked, {@code .NAME.new-N}, which becomes the target, and
 * {@code .NAME.old-N}, the folder that stepped aside for it. The system gives a lock back when its
 * process dies, so whatever has no lock that is held was left behind by a writer that was killed.
 *
 * <p>The lock is held before anything else with its number exists and is deleted after everything
 * else is gone.
 */
final class WriteLock implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String NEW = "new";
    private static final String OLD = "old";
    private static final String NUMBER =
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    /**
     * Numbers of this program's own writers. Their lock files must not be opened again: on some
     * systems closing any channel of a file gives all locks on it back.
     */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final String number;
    private final Path file;
    private final FileChannel channel;

    private WriteLock(Path target, String number, Path file, FileChannel channel) {
        this.target = target;
        this.number = number;
        this.file = file;
        this.channel = channel;
    }

    /** Takes a number for a target whose folder exists. */
    static WriteLock take(Path target) throws IOException {
        while (true) {
            String number = UUID.randomUUID().toString();
            OWN.add(number);
            Path file = sibling(target, LOCK, number);
            FileChannel channel;
            try {
                channel =
                        FileChannel.open(
                                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            } catch (IOException | RuntimeException failure) {
                OWN.remove(number);
                throw failure;
            }
            WriteLock lock = new WriteLock(target, number, file, channel);
            lock.hold();
            // Another program that swept between these lines took it for a dead writer's.
            if (Files.exists(file)) {
                return lock;
            }
            lock.close();
        }
    }

    /** A file system without locks lets everybody write, and nobody sweep. */
    private void hold() throws IOException {
        try {
            channel.lock();
        } catch (ClosedChannelException closed) {
            throw closed;
        } catch (IOException unsupported) {
            // Nobody else gets a lock either, so nobody takes this writer for dead.
        }
    }

    /** Where the new content is written. */
    Path content() {
        return sibling(target, NEW, number);
    }

    /** Where a folder steps aside. */
    Path aside() {
        return sibling(target, OLD, number);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        } finally {
            OWN.remove(number);
        }
    }

    /**
     * Clears away what killed writers of a target left, and puts the old folder back where one was
     * killed just before the new one took its place.
     */
    static void sweep(Path target) throws IOException {
        if (target.getFileName() == null || !Files.isDirectory(target.getParent())) {
            return;
        }
        for (String number : numbers(target)) {
            if (!OWN.contains(number)) {
                sweepUnlessAlive(target, number);
            }
        }
    }

    private static void sweepUnlessAlive(Path target, String number) throws IOException {
        Path file = sibling(target, LOCK, number);
        if (!Files.exists(file)) {
            // Left by a version of this program that knew no locks.
            sweep(target, number);
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                sweep(target, number);
                Files.deleteIfExists(file);
            }
        } catch (IOException | OverlappingFileLockException unknown) {
            // Without a lock nobody knows whether its writer is alive; or another thread sweeps.
        }
    }

    private static void sweep(Path target, String number) throws IOException {
        Path old = sibling(target, OLD, number);
        if (Files.exists(old, LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(old, target);
        }
        Deletion.of(old);
        Deletion.of(sibling(target, NEW, number));
    }

    /** The numbers of all writers of a target, dead or alive. */
    private static Set<String> numbers(Path target) throws IOException {
        Pattern pattern =
                Pattern.compile(
                        Pattern.quote("." + target.getFileName() + ".")
                                + "(%s|%s|%s)-(%s)".formatted(LOCK, NEW, OLD, NUMBER));
        List<String> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(target.getParent())) {
            entries.map(entry -> pattern.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .forEach(matcher -> found.add(matcher.group(2)));
        } catch (AccessDeniedException unlisted) {
            // A folder may be written into without being read; what lies there stays.
            return Set.of();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
        return new HashSet<>(found);
    }

    private static Path sibling(Path target, String role, String number) {
        return target.resolveSibling(".%s.%s-%s".formatted(target.getFileName(), role, number));
    }
}
