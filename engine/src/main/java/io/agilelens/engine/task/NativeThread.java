package io.agilelens.engine.task;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * A thread as the operating system knows it. On Linux Java's priorities change nothing, so there
 * the system is asked itself. A thread may always be made an idle one.
 *
 * @param id of the thread where the system is Linux and tells it
 */
record NativeThread(Thread thread, OptionalInt id) {

    /** Leads to the folder named after whichever thread reads it, see proc(5). */
    private static final Path OWN_FOLDER = Path.of("/proc/thread-self");

    /**
     * The policy of threads that run where nothing else does, see sched(7): a core with nothing but
     * these counts as free. The lowest priority of the usual policy does not help for the first
     * tenth of a second, in which the system does not yet move others to such a core.
     */
    private static final int SCHED_IDLE = 5;

    static NativeThread current() {
        return new NativeThread(Thread.currentThread(), ownId());
    }

    private static OptionalInt ownId() {
        try {
            Path folder = Files.readSymbolicLink(OWN_FOLDER);
            return OptionalInt.of(Integer.parseInt(folder.getFileName().toString()));
        } catch (IOException | NumberFormatException | UnsupportedOperationException otherSystem) {
            return OptionalInt.empty();
        }
    }

    /** From now on the thread has a core only while nobody else wants it. */
    void becomeIdle() {
        thread.setPriority(Thread.MIN_PRIORITY);
        id.ifPresent(NativeThread::makeIdle);
    }

    /**
     * {@code int sched_setscheduler(int thread, int policy, const struct sched_param *)} of the C
     * library, the structure being one {@code int}; what it answers changes nothing here. Linked
     * where it is called, for that takes longer than most calls that are never abandoned.
     */
    @SuppressWarnings("restricted") // the descriptor is that of the manual
    private static void makeIdle(int id) {
        Linker linker = Linker.nativeLinker();
        var descriptor =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS);
        linker.defaultLookup()
                .find("sched_setscheduler")
                .map(address -> linker.downcallHandle(address, descriptor))
                .ifPresent(setScheduler -> call(setScheduler, id));
    }

    private static void call(MethodHandle setScheduler, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            int unused = (int) setScheduler.invokeExact(id, SCHED_IDLE, priority);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
