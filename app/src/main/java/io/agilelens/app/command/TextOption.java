package io.agilelens.app.command;

import picocli.CommandLine.Option;

/** The text that a command works on. */
final class TextOption {
    @Option(
            names = "--text",
            required = true,
            paramLabel = "FILE|-",
            description = "A UTF-8 text file, or - for standard input.")
    private String name;

    /** Reads it and warns about bytes that are no UTF-8. */
    TextSource read(EngineCommand command) {
        TextSource source = TextSource.read(name);
        if (source.replaced() > 0) {
            command.warn(
                    java.util.List.of(
                            "%s: %d pieces are no UTF-8 and were replaced"
                                    .formatted(source.source(), source.replaced())));
        }
        return source;
    }
}
