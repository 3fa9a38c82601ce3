package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.StoredBytes;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A file open for reading: its first bytes are read the plain way, the rest is mapped. Whoever
 * copies bytes out of the mapping learns if the file was changed, replaced, cut short or removed
 * since it was opened.
 */
final class MappedFile implements AutoCloseable {
    /** Looking at the file costs some microseconds, and rows of an embedding are read singly. */
    private static final long LOOK_EVERY_NANOSECONDS = 10_000_000;

    private final Path path;
    private final FileChannel channel;
    private final BasicFileAttributes opened;
    private final Arena arena = Arena.ofShared();
    private MemorySegment mapped;
    private volatile long lastLook = System.nanoTime();

    private MappedFile(Path path, FileChannel channel, BasicFileAttributes opened) {
        this.path = path;
        this.channel = channel;
        this.opened = opened;
    }

    /**
     * Opens a regular file; nothing is mapped yet.
     *
     * @param kind what should stand there, for the message: "a .safetensors file"
     * @throws UserException if it cannot be read or is no file
     */
    static MappedFile open(Path path, String kind) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new UserException("%s is no file; give %s".formatted(Printable.of(path), kind));
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new MappedFile(path, channel, attributes(path));
            } catch (IOException | RuntimeException | Error failure) {
                channel.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    Path path() {
        return path;
    }

    /** Bytes of the file when it was opened. */
    long size() {
        return opened.size();
    }

    /**
     * Fills the buffer from a position, without the mapping.
     *
     * @throws UserException if the file has become shorter or cannot be read
     */
    void read(ByteBuffer target, long position) {
        try {
            int start = target.position();
            while (target.hasRemaining()) {
                if (channel.read(target, position + target.position() - start) < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
            }
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    /** The whole file, mapped when this is first called. */
    synchronized StoredBytes bytes() {
        if (mapped == null) {
            try {
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size(), arena);
                channel.close();
            } catch (IOException failure) {
                throw FileErrors.reading(path, failure);
            }
        }
        return StoredBytes.of(mapped, new Watch());
    }

    /** Unmaps the file. Its bytes must not be touched afterwards; closing twice is harmless. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        try {
            channel.close();
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    /** Notices what happens to the file behind the mapping. */
    private final class Watch implements StoredBytes.Origin {
        @Override
        public void checkUnchanged() {
            long now = System.nanoTime();
            if (now - lastLook >= LOOK_EVERY_NANOSECONDS) {
                look();
                lastLook = now;
            }
        }

        @Override
        public RuntimeException lost(InternalError fault) {
            look();
            return new UserException(
                    "%s can no longer be read: its disk or network folder failed; open it again"
                            .formatted(Printable.of(path)),
                    fault);
        }

        private void look() {
            BasicFileAttributes now;
            try {
                now = attributes(path);
            } catch (NoSuchFileException removed) {
                throw new UserException(
                        "%s was removed while it was open; put it back and open it again"
                                .formatted(Printable.of(path)),
                        removed);
            } catch (IOException failure) {
                throw FileErrors.reading(path, failure);
            }
            if (now.size() != opened.size()
                    || !now.lastModifiedTime().equals(opened.lastModifiedTime())
                    || !Objects.equals(now.fileKey(), opened.fileKey())) {
                throw new UserException(
                        "%s changed while it was open; open it again"
                                .formatted(Printable.of(path)));
            }
        }
    }
}
