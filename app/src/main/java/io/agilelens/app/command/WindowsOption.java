package io.agilelens.app.command;

import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.model.Model;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** A text cut into windows. */
final class WindowsOption {
    private static final int USUAL_WINDOW = 2048;

    @Mixin private TextOption text;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Tokens a window; without it the model's context, at most 2048.")
    private Integer window;

    @Option(names = "--max-windows", paramLabel = "N", description = "Stop after so many windows.")
    private Integer maxWindows;

    /** Reads, encodes and cuts the text. */
    TokenWindows read(EngineCommand command, Model model, Protocol protocol) {
        return read(command, model, protocol, Integer.MAX_VALUE);
    }

    /**
     * @param usualLimit windows that are enough if the options do not say otherwise
     */
    TokenWindows read(EngineCommand command, Model model, Protocol protocol, int usualLimit) {
        int length =
                window == null ? Math.min(USUAL_WINDOW, model.config().contextLength()) : window;
        return read(command, model, protocol, length, usualLimit);
    }

    /**
     * @param length tokens a window, whatever the options say
     */
    TokenWindows read(
            EngineCommand command, Model model, Protocol protocol, int length, int usualLimit) {
        command.requirePositive("--window", window);
        command.requirePositive("--max-windows", maxWindows);
        int limit = maxWindows == null ? usualLimit : maxWindows;
        return text.read(
                command,
                (source, reader) ->
                        TokenWindows.of(
                                source, reader, model.tokenizer(), protocol, length, limit));
    }

    /** Says how the text was read. */
    void describe(ObjectNode result) {
        result.put("text_format", text.format().title()).put("replaced_sequences", text.replaced());
    }
}
