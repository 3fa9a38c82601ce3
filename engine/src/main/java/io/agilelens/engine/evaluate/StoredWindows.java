package io.agilelens.engine.evaluate;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * Windows that lie in a temporary file, four bytes a token, for texts whose ids would fill the
 * memory. The file goes when the list does. Safe for several threads.
 */
final class StoredWindows extends AbstractList<int[]> implements RandomAccess {
    private static final Cleaner CLEANER = Cleaner.create();

    private final FileChannel channel;
    private final int length;
    private int count;

    private StoredWindows(FileChannel channel, int length) {
        this.channel = channel;
        this.length = length;
        CLEANER.register(this, () -> close(channel));
    }

    /** Starts a file with the windows there are already. */
    static StoredWindows of(List<int[]> windows, int length) {
        try {
            Path file = Files.createTempFile("agilelens", ".ids");
            FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE);
            StoredWindows stored = new StoredWindows(channel, length);
            windows.forEach(stored::append);
            return stored;
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    void append(int[] window) {
        ByteBuffer bytes = ByteBuffer.allocate(length * Integer.BYTES);
        bytes.asIntBuffer().put(window);
        long position = (long) count * length * Integer.BYTES;
        try {
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
        } catch (IOException failure) {
            throw failed(failure);
        }
        count++;
    }

    @Override
    public int[] get(int index) {
        java.util.Objects.checkIndex(index, count);
        ByteBuffer bytes = ByteBuffer.allocate(length * Integer.BYTES);
        long position = (long) index * length * Integer.BYTES;
        try {
            while (bytes.hasRemaining()) {
                int read = channel.read(bytes, position + bytes.position());
                if (read < 0) {
                    throw new IOException("the temporary file is cut short");
                }
            }
        } catch (IOException failure) {
            throw failed(failure);
        }
        int[] window = new int[length];
        bytes.flip().asIntBuffer().get(window);
        return window;
    }

    @Override
    public int size() {
        return count;
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The system clears its temporary folder.
        }
    }

    private static UserException failed(IOException failure) {
        return new UserException(
                "token ids cannot be kept in the temporary folder %s: %s; make room there or set -Djava.io.tmpdir"
                        .formatted(
                                System.getProperty("java.io.tmpdir"),
                                Printable.of(failure.getMessage())),
                failure);
    }
}
