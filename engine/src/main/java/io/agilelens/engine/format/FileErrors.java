package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what the file system says into a line that a person can act on. */
public final class FileErrors {
    private FileErrors() {}

    /** The line for a file that could not be read. */
    public static UserException reading(Path path, IOException cause) {
        String file = Printable.of(path);
        return new UserException(
                switch (cause) {
                    case NoSuchFileException missing ->
                            "%s does not exist; check the path".formatted(file);
                    case AccessDeniedException denied ->
                            "%s may not be read; give yourself permission to read it"
                                    .formatted(file);
                    default -> "%s cannot be read: %s".formatted(file, reason(cause));
                },
                cause);
    }

    /** The line for a file or folder that could not be written. */
    public static UserException writing(Path path, IOException cause) {
        String file = Printable.of(path);
        return new UserException(
                switch (cause) {
                    case FileAlreadyExistsException exists ->
                            "%s exists already; choose another name or ask for it to be replaced"
                                    .formatted(file);
                    case NoSuchFileException missing ->
                            "%s cannot be written: its folder does not exist; create the folder first"
                                    .formatted(file);
                    case AccessDeniedException denied ->
                            "%s may not be written; choose a folder you may write to"
                                    .formatted(file);
                    default -> "%s cannot be written: %s".formatted(file, reason(cause));
                },
                cause);
    }

    private static String reason(IOException cause) {
        String reason =
                cause instanceof FileSystemException system && system.getReason() != null
                        ? system.getReason()
                        : cause.getMessage();
        return Printable.of(reason == null ? cause.getClass().getSimpleName() : reason);
    }
}
