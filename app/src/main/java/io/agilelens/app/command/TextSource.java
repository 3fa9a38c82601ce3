package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A text that was read.
 *
 * @param source where it came from, for a person to read
 * @param replaced how many pieces were no UTF-8 and became U+FFFD
 */
record TextSource(String source, String text, int replaced) {
    private static final String STANDARD_INPUT = "-";
    private static final char REPLACEMENT = '\uFFFD';

    /**
     * @param name a file, or {@code -} for standard input
     * @throws UserException if it cannot be read
     */
    static TextSource read(String name) {
        if (name.equals(STANDARD_INPUT)) {
            return decode("standard input", standardInput());
        }
        return decode(name, file(name));
    }

    private static byte[] standardInput() {
        InputStream input = System.in;
        try {
            return input.readAllBytes();
        } catch (IOException failure) {
            throw new UserException(
                    "standard input cannot be read: %s; give a file"
                            .formatted(Printable.of(failure.getMessage())),
                    failure);
        }
    }

    private static byte[] file(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException failure) {
            throw new UserException(
                    "'%s' is no path this system knows; give a text file"
                            .formatted(Printable.of(name)),
                    failure);
        }
        if (Files.isDirectory(path)) {
            throw new UserException(
                    "%s is a folder; give a text file".formatted(Printable.of(path)));
        }
        try {
            return Files.readAllBytes(path);
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    private static TextSource decode(String source, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        long after = text.chars().filter(character -> character == REPLACEMENT).count();
        return new TextSource(source, text, (int) (after - writtenOut(bytes)));
    }

    /** Replacement characters that stand in the file itself. */
    private static int writtenOut(byte[] bytes) {
        int count = 0;
        for (int i = 0; i + 2 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xEF
                    && bytes[i + 1] == (byte) 0xBF
                    && bytes[i + 2] == (byte) 0xBD) {
                count++;
            }
        }
        return count;
    }
}
