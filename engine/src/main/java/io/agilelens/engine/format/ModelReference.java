package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** How a person names a model: {@code sample:NAME} or a path. */
public sealed interface ModelReference {
    /** What a reference to a sample starts with. */
    String SAMPLE_PREFIX = "sample:";

    /** A model that comes with the program. */
    record Sample(String name) implements ModelReference {
        @Override
        public Path path() {
            return SampleLibrary.onClassPath().folder(name);
        }

        @Override
        public String toString() {
            return SAMPLE_PREFIX + name;
        }
    }

    /** A model on the disk. */
    record Location(Path path) implements ModelReference {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * Reads what {@link #toString()} writes. Nothing is looked up yet.
     *
     * @throws UserException if the text can name no model
     */
    static ModelReference parse(String text) {
        if (text.isBlank() || text.equals(SAMPLE_PREFIX)) {
            throw new UserException(
                    "the model '%s' has no name; give a folder, a file or %sNAME"
                            .formatted(Printable.of(text), SAMPLE_PREFIX));
        }
        if (text.startsWith(SAMPLE_PREFIX)) {
            return new Sample(text.substring(SAMPLE_PREFIX.length()));
        }
        try {
            return new Location(Path.of(text));
        } catch (InvalidPathException failure) {
            throw new UserException(
                    "the model '%s' is no path this system knows; give a folder, a file or %sNAME"
                            .formatted(Printable.of(text), SAMPLE_PREFIX),
                    failure);
        }
    }

    /**
     * Where the model's files are; a sample is unpacked first if need be.
     *
     * @throws UserException if there is no such sample
     */
    Path path();

    /**
     * Opens the model.
     *
     * @throws UserException if there is none, or it cannot be read
     */
    default Checkpoint open() {
        return Checkpoints.open(path());
    }
}
