package io.agilelens.engine.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * One way in which a file can be wrong. What the program says about it is not written here but in
 * {@code docs/hostile-files.md}, which a test compares with what it really says.
 *
 * @param name for the table
 * @param builder makes the files
 * @param opened what is opened, below the folder; empty for the folder itself
 * @param visit opens it
 * @param opens whether opening it is right, because it is odd but sound
 */
public record HostileCase(
        String name, Builder builder, String opened, Consumer<Path> visit, boolean opens) {

    /** Makes the files of a case in an empty folder. */
    @FunctionalInterface
    public interface Builder {
        void build(Path folder) throws IOException;
    }

    /** A case that must be refused. */
    static HostileCase refused(String name, String opened, Consumer<Path> visit, Builder builder) {
        return new HostileCase(name, builder, opened, visit, false);
    }

    /** A case that looks bad and must open all the same. */
    static HostileCase opening(String name, String opened, Consumer<Path> visit, Builder builder) {
        return new HostileCase(name, builder, opened, visit, true);
    }
}
