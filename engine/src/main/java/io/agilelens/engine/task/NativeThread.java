package io.agilelens.engine.task;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * A thread as the operating system knows it. On Linux Java's priorities change nothing, so there
 * the system is asked itself. A thread may always be made an idle one.
 *
 * @param id of the thread on Linux, otherwise 0
 */
record NativeThread(Thread thread, int id) {

    private static final Optional<Calls> LINUX = Calls.ofLinux();

    /**
     * The policy of threads that run where nothing else does, see sched(7): a core with nothing but
     * these counts as free. The lowest priority of the usual policy does not help for the first
     * tenth of a second, in which the system does not yet move others to such a core.
     */
    private static final int SCHED_IDLE = 5;

    /**
     * Functions of the C library.
     *
     * @param gettid {@code int gettid()}
     * @param setScheduler {@code int sched_setscheduler(int thread, int policy, const struct
     *     sched_param *)}, the structure being one {@code int}
     */
    private record Calls(MethodHandle gettid, MethodHandle setScheduler) {

        static Optional<Calls> ofLinux() {
            if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
                return Optional.empty();
            }
            ValueLayout.OfInt number = ValueLayout.JAVA_INT;
            var setting = FunctionDescriptor.of(number, number, number, ValueLayout.ADDRESS);
            return find("gettid", FunctionDescriptor.of(number))
                    .flatMap(
                            gettid ->
                                    find("sched_setscheduler", setting)
                                            .map(setter -> new Calls(gettid, setter)));
        }

        @SuppressWarnings("restricted") // the descriptors are those of the manual
        private static Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find(name)
                    .map(address -> linker.downcallHandle(address, descriptor));
        }
    }

    static NativeThread current() {
        return new NativeThread(
                Thread.currentThread(), LINUX.map(calls -> call(calls.gettid())).orElse(0));
    }

    /** From now on the thread has a core only while nobody else wants it. */
    void becomeIdle() {
        thread.setPriority(Thread.MIN_PRIORITY);
        LINUX.ifPresent(
                calls -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
                        call(calls.setScheduler(), id, SCHED_IDLE, priority);
                    }
                });
    }

    private static int call(MethodHandle handle, Object... arguments) {
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
