package io.agilelens.views.workbench;

import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.format.TextFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which text is evaluated, and how it is cut.
 *
 * @param file its absolute path; empty for the text that comes with the program
 * @param format how the file becomes the text
 * @param protocol how windows are cut and scored
 * @param window tokens a window, at least 2; no more than the model's context are used
 * @param windows windows that are evaluated at most, at least 1
 */
public record EvaluationText(
        Optional<Path> file, TextFormat format, Protocol protocol, int window, int windows) {
    /** The text that comes with the program, as the window evaluates it. */
    public static final EvaluationText BUNDLED =
            new EvaluationText(Optional.empty(), TextFormat.PLAIN, Protocol.GPTQ, 512, 8);

    /** Another text, cut alike. */
    public EvaluationText of(Path other, TextFormat otherFormat) {
        return new EvaluationText(
                Optional.of(other.toAbsolutePath().normalize()),
                otherFormat,
                protocol,
                window,
                windows);
    }

    /** The same text, cut otherwise. */
    public EvaluationText cut(EvaluationWindows other) {
        return new EvaluationText(file, format, other.protocol(), other.length(), other.count());
    }
}
