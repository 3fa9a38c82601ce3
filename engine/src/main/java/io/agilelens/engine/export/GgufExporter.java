package io.agilelens.engine.export;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;

/** Writes a tuned model as one GGUF file. */
final class GgufExporter {
    private GgufExporter() {}

    static ExportReport write(
            ExportSource source,
            ExportFormat.Gguf format,
            Path target,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        throw new UnsupportedOperationException();
    }
}
