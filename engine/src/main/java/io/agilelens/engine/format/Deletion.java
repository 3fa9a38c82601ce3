package io.agilelens.engine.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Deletes a file or a folder with all it holds; links are not followed. Whoever deletes does not
 * wait for the disk: where a file that was just written loses its last name, POSIX systems wait for
 * what is on its way to the disk, unless somebody has the file open. So large files are held open
 * until all names are gone, and let go by another thread.
 */
public final class Deletion {

    /** The name of the thread that lets files go. */
    static final String THREAD = "letting deleted files go";

    /** What the disk has to do for smaller files is not worth a thread, in bytes. */
    private static final long LARGE = 1 << 23;

    private final List<FileChannel> held = new ArrayList<>();

    private Deletion() {}

    /**
     * Deletes what is there, if anything is.
     *
     * @throws IOException if something cannot be deleted; what was deleted before is gone
     */
    public static void of(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Deletion deletion = new Deletion();
        try {
            for (Path entry : within(path).reversed()) { // what a folder holds before the folder
                deletion.delete(entry);
            }
        } finally {
            deletion.letGoLater();
        }
    }

    /** Whether a disk may take long for what is in a file. */
    static boolean isLarge(BasicFileAttributes attributes) {
        return attributes.isRegularFile() && attributes.size() >= LARGE;
    }

    private static List<Path> within(Path path) throws IOException {
        try (Stream<Path> entries = Files.walk(path)) {
            return entries.toList();
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private void delete(Path entry) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (isLarge(attributes)) {
            hold(entry);
        }
        try {
            Files.delete(entry);
        } catch (DirectoryNotEmptyException occupied) {
            letGo(); // network file systems keep a name for a file that is open
            Files.delete(entry);
        }
    }

    private void hold(Path file) {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // Windows does not let go of the name of a file that is open
        }
        try {
            held.add(FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException unreadable) {
            // Then its deletion may wait.
        }
    }

    private void letGoLater() {
        if (!held.isEmpty()) {
            Thread.ofPlatform().daemon().name(THREAD).start(this::letGo);
        }
    }

    private void letGo() {
        for (FileChannel channel : held) {
            try {
                channel.close();
            } catch (IOException failure) {
                // Nothing was written through it, and its file has no name any more.
            }
        }
        held.clear();
    }
}
