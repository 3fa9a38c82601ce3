package io.agilelens.app.window;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.format.TextReader;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text that a model is evaluated on, to be read again when it is cut otherwise.
 *
 * @param file empty for the bundled one
 */
record EvaluationText(Optional<Path> file, TextFormat format) {
    /** What every model starts with. */
    static final EvaluationText BUNDLED = new EvaluationText(Optional.empty(), TextFormat.PLAIN);

    /** For a person to read. */
    String name() {
        return file.map(Path::toString).orElse(SampleTexts.LIGHTHOUSE.source());
    }

    /** The text from its beginning, to be closed. */
    TextReader open() {
        return file.map(TextReader::open).orElseGet(SampleTexts.LIGHTHOUSE::open);
    }
}
