package io.agilelens.app.session;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.UserState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps what is not saved where it outlives a crash. Beside each copy lies a file that its process
 * holds a lock on; the system lets go of it however the process ends, so a copy without a held lock
 * was left by a crash. For one thread.
 */
public final class Autosave implements AutoCloseable {
    private static final String LOCK_ENDING = ".lock";
    private static final int MOST_RECOVERED = 10;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH.mm.ss").withZone(ZoneId.systemDefault());

    private final Path folder;
    private final Path recovered;
    private Path copy;
    private FileChannel held;

    /**
     * @param state the user's folder of such things; made when something is kept
     */
    public Autosave(Path state) {
        folder = state.resolve("autosave");
        recovered = state.resolve("recovered");
    }

    /**
     * Keeps a session instead of the one kept before.
     *
     * @throws UserException if it cannot be written; what was kept before stays
     */
    public void keep(SessionDocument document) {
        if (held == null) {
            begin();
        }
        SessionJson.write(document, copy, true);
    }

    private void begin() {
        UserState.made(folder);
        long process = ProcessHandle.current().pid();
        String name = "%d-%x".formatted(process, System.nanoTime());
        Path lock = folder.resolve(name + LOCK_ENDING);
        try {
            FileChannel channel =
                    FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IllegalStateException("a new file is locked: " + lock);
            }
            held = channel;
            copy = folder.resolve(name + SessionJson.ENDING);
        } catch (IOException failure) {
            throw FileErrors.writing(lock, failure);
        }
    }

    /** Forgets what was kept: it is saved, or nobody wants it. */
    public void forget() {
        if (held == null) {
            return;
        }
        deleteQuietly(copy);
        abandon();
        deleteQuietly(lockOf(copy));
    }

    /** Lets go of what is kept, as the system does when the process ends. */
    void abandon() {
        try {
            held.close();
        } catch (IOException failure) {
            // The system closes it with the process at the latest.
        }
        held = null;
    }

    @Override
    public void close() {
        forget();
    }

    /**
     * Takes what crashed runs left, so that nobody is offered it a second time.
     *
     * @return the latest of it, now an ordinary session file
     * @throws UserException if the folder cannot be read or written
     */
    public Optional<Path> takeCrashed() {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            List<Path> left = new ArrayList<>();
            for (Path file : filesIn(folder)) {
                if (SessionJson.isNamedSession(file) && isLeft(file)) {
                    left.add(take(file));
                }
            }
            keepFew();
            return left.stream().max(Comparator.comparing(Path::getFileName));
        } catch (IOException failure) {
            throw FileErrors.reading(folder, failure);
        }
    }

    /** Whether no living process holds the lock of a copy. */
    private static boolean isLeft(Path file) throws IOException {
        Path lock = lockOf(file);
        if (!Files.exists(lock)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    private Path take(Path file) throws IOException {
        UserState.made(recovered);
        String time = TIME.format(Files.getLastModifiedTime(file).toInstant());
        Path target = recovered.resolve(time + SessionJson.ENDING);
        for (int n = 2; Files.exists(target); n++) {
            target = recovered.resolve("%s (%d)%s".formatted(time, n, SessionJson.ENDING));
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(lockOf(file));
        return target;
    }

    private void keepFew() throws IOException {
        if (!Files.isDirectory(recovered)) {
            return;
        }
        List<Path> files = filesIn(recovered);
        for (Path file : files.subList(0, Math.max(0, files.size() - MOST_RECOVERED))) {
            Files.delete(file);
        }
    }

    /** In the order of their names, which begin with the time. */
    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Path lockOf(Path copy) {
        String name = copy.getFileName().toString();
        String bare = name.substring(0, name.length() - SessionJson.ENDING.length());
        return copy.resolveSibling(bare + LOCK_ENDING);
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            // It is then taken for what a crash left, which does no harm.
        }
    }
}
