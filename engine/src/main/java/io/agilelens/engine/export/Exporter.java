package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;

/**
 * Writes a tuned model in any format. Whatever the format, the export is written beside its place,
 * read again by this program's own readers, compared with what it should hold, tensor by tensor and
 * by logits, and only then moved.
 */
public final class Exporter {
    private Exporter() {}

    /**
     * @param replace whether a model of this program's own at the target may be replaced
     * @throws UserException if the format cannot hold the recipe's weights, the target may not be
     *     replaced or written, or what was written is not what it should be
     */
    public static ExportReport write(
            ExportSource source,
            ExportFormat format,
            Path target,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        Path model = source.tuned().model().checkpoint().source();
        if (NativeBundle.isAt(model)) {
            throw new UserException(
                    "%s is a native bundle already: quantize the float model it was made from"
                            .formatted(Printable.of(model)));
        }
        return switch (format) {
            case ExportFormat.Native _ ->
                    NativeBundle.write(source, target, replace, progress, cancellation);
            case ExportFormat.Awq _, ExportFormat.Gptq _, ExportFormat.CompressedTensors _ ->
                    PackedExport.write(source, format, target, replace, progress, cancellation);
            case ExportFormat.Gguf gguf ->
                    GgufExporter.write(source, gguf, target, replace, progress, cancellation);
        };
    }
}
