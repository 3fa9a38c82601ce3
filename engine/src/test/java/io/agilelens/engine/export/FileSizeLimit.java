package io.agilelens.engine.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The system's own limit on how long a file may become ({@code setrlimit}, {@code RLIMIT_FSIZE}): a
 * write that crosses it is cut short and the next one fails, as on a disk that is full, at exactly
 * the byte that was asked for. Linux only; needs no privilege.
 */
@SuppressWarnings("restricted")
final class FileSizeLimit implements AutoCloseable {
    private static final int FILE_SIZE = 1;

    private final long usual;

    private FileSizeLimit(long usual) {
        this.usual = usual;
    }

    static void assumeAvailable() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the limit's number is Linux's");
    }

    /** No file may grow beyond so many bytes until this is closed. */
    static FileSizeLimit of(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            call("getrlimit", limit);
            long usual = limit.getAtIndex(ValueLayout.JAVA_LONG, 0);
            limit.setAtIndex(ValueLayout.JAVA_LONG, 0, bytes);
            call("setrlimit", limit);
            return new FileSizeLimit(usual);
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            call("getrlimit", limit);
            limit.setAtIndex(ValueLayout.JAVA_LONG, 0, usual);
            call("setrlimit", limit);
        }
    }

    private static void call(String name, MemorySegment limit) {
        Linker linker = Linker.nativeLinker();
        MethodHandle function =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow(name),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try {
            int status = (int) function.invokeExact(FILE_SIZE, limit);
            if (status != 0) {
                throw new IllegalStateException(name + " gives " + status);
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
