package io.agilelens.app.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Standard output as UTF-8 whatever the locale, which JSON needs. Remembers why writing failed: a
 * reader that went away is no failure, a full disk is.
 */
public final class StandardOutput {
    private final PrintWriter writer;
    private IOException failure;

    public StandardOutput() {
        OutputStream descriptor = new FileOutputStream(FileDescriptor.out);
        writer =
                new PrintWriter(
                        new OutputStreamWriter(new Watched(descriptor), StandardCharsets.UTF_8));
    }

    /** Where to print. */
    public PrintWriter writer() {
        return writer;
    }

    /**
     * Writes out what is still held back.
     *
     * @return what went wrong, if anything did that should be told
     */
    public Optional<String> finish() {
        writer.flush();
        return failure == null || isBrokenPipe(failure)
                ? Optional.empty()
                : Optional.of(String.valueOf(failure.getMessage()));
    }

    private static boolean isBrokenPipe(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }

    private final class Watched extends OutputStream {
        private final OutputStream target;

        Watched(OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                target.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
