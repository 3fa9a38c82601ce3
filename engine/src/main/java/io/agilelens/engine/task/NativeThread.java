package io.agilelens.engine.task;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * A thread as the operating system knows it. On Linux Java's priorities change nothing, so there
 * the system is asked itself; a thread may always lower its own and its siblings' priority.
 *
 * @param id of the thread on Linux, otherwise 0
 */
record NativeThread(Thread thread, int id) {

    private static final Optional<Calls> LINUX = Calls.ofLinux();

    /** What Linux calls the lowest priority of a thread that is not idle. */
    private static final int LOWEST = 19;

    /** {@code setpriority} of one thread, see setpriority(2). */
    private static final int PRIO_PROCESS = 0;

    /**
     * Functions of the C library.
     *
     * @param gettid {@code int gettid()}
     * @param setpriority {@code int setpriority(int which, int who, int priority)}
     */
    private record Calls(MethodHandle gettid, MethodHandle setpriority) {

        static Optional<Calls> ofLinux() {
            if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
                return Optional.empty();
            }
            ValueLayout.OfInt number = ValueLayout.JAVA_INT;
            return find("gettid", FunctionDescriptor.of(number))
                    .flatMap(
                            gettid ->
                                    find(
                                                    "setpriority",
                                                    FunctionDescriptor.of(
                                                            number, number, number, number))
                                            .map(setpriority -> new Calls(gettid, setpriority)));
        }

        @SuppressWarnings("restricted") // both take and give numbers only
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
    void lowerPriority() {
        thread.setPriority(Thread.MIN_PRIORITY);
        LINUX.ifPresent(calls -> call(calls.setpriority(), PRIO_PROCESS, id, LOWEST));
    }

    private static int call(MethodHandle handle, Object... arguments) {
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
