package io.agilelens.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;

/**
 * The launcher sends the JVM's own messages through a filter that drops the notice about the
 * incubating vector module, and keeps the real error stream open under another descriptor. This
 * class makes {@link System#err} that stream.
 */
final class ErrorStream {
    /** System property with the number of the descriptor; the launcher sets it. */
    static final String PROPERTY = "agilelens.errors";

    private ErrorStream() {}

    /** Does nothing if the program was started in another way than by the launcher. */
    static void restore() {
        Integer descriptor = Integer.getInteger(PROPERTY);
        if (descriptor == null) {
            return;
        }
        try {
            Constructor<FileDescriptor> constructor =
                    FileDescriptor.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            FileDescriptor original = constructor.newInstance(descriptor);
            System.setErr(
                    new PrintStream(new FileOutputStream(original), true, System.err.charset()));
        } catch (ReflectiveOperationException | RuntimeException closed) {
            // The filtered stream shows the same, only a little later.
            return;
        }
    }
}
