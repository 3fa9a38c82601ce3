package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.format.TextReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The text that a command works on. */
final class TextOption {
    private static final String STANDARD_INPUT = "-";

    @Option(
            names = "--text",
            required = true,
            paramLabel = "FILE|-",
            description = "A UTF-8 text file of any size, or - for standard input.")
    private String name;

    @Option(
            names = "--text-format",
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description =
                    "plain (default): the file as it is; wikitext: the lines of a WikiText file"
                            + " joined as rows, as the papers' scripts do.")
    private TextFormat format = TextFormat.PLAIN;

    private long replaced;

    /** What a command does with a text. */
    @FunctionalInterface
    interface Use<T> {
        /**
         * @param source where the text comes from, for a person to read
         */
        T read(String source, Reader text) throws IOException;
    }

    /** Opens it, hands it on and warns about bytes that are no UTF-8. */
    <T> T read(EngineCommand command, Use<T> use) {
        try (TextReader file = open(name)) {
            T result = use.read(file.source(), format.over(file));
            replaced = file.replaced();
            if (replaced > 0) {
                command.warn(
                        List.of(
                                "%s: %,d pieces are no UTF-8 and were replaced"
                                        .formatted(file.source(), replaced)));
            }
            return result;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Pieces that were no UTF-8 in what was read. */
    long replaced() {
        return replaced;
    }

    TextFormat format() {
        return format;
    }

    /**
     * @param name a file, or {@code -} for standard input
     * @throws UserException if it cannot be read or is no text
     */
    static TextReader open(String name) {
        if (name.equals(STANDARD_INPUT)) {
            return TextReader.of("standard input", System.in);
        }
        try {
            return TextReader.open(Path.of(name));
        } catch (InvalidPathException failure) {
            throw new UserException(
                    "'%s' is no path this system knows; give a text file"
                            .formatted(Printable.of(name)),
                    failure);
        }
    }

    /** Formats by their names. */
    static final class FormatConverter implements ITypeConverter<TextFormat> {
        @Override
        public TextFormat convert(String value) {
            for (TextFormat format : TextFormat.values()) {
                if (format.title().equals(value.toLowerCase(Locale.ROOT))) {
                    return format;
                }
            }
            throw new TypeConversionException(
                    "'%s' is no format of a text: give %s"
                            .formatted(
                                    value,
                                    Arrays.stream(TextFormat.values())
                                            .map(TextFormat::title)
                                            .collect(Collectors.joining(" or "))));
        }
    }
}
