package io.agilelens.engine.export;

import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.format.TokenizerSource;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.ChannelScaled;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a checkpoint, whatever it was opened from, as a model folder that other tools load: {@code
 * config.json}, {@code tokenizer.json} and {@code model.safetensors}. Written beside its place and
 * moved there when it is whole. Values are never rounded: tensors keep their type, and what their
 * type cannot hold becomes F32.
 */
public final class CheckpointFolder {
    private static final int CHUNK = 1 << 16;

    private CheckpointFolder() {}

    /**
     * @param replace whether what stands there may be replaced
     * @throws io.agilelens.engine.UserException if it stands there and may not, or cannot be
     *     written
     */
    public static void write(
            Checkpoint checkpoint,
            Path folder,
            boolean replace,
            Progress progress,
            Cancellation cancellation) {
        AtomicFiles.writeFolder(
                folder, replace, place -> writeTo(place, checkpoint, progress, cancellation));
    }

    /** Writes into an empty folder. */
    static void writeTo(
            Path place, Checkpoint checkpoint, Progress progress, Cancellation cancellation)
            throws IOException {
        Files.writeString(
                place.resolve(HuggingFaceFolder.CONFIG), checkpoint.config().toPrettyString());
        writeTokenizer(checkpoint.tokenizer(), place);
        tensors(checkpoint, progress, cancellation).write(place.resolve(HuggingFaceFolder.WEIGHTS));
        cancellation.check();
    }

    /** Writes the two files that a tokenizer consists of. */
    static void writeTokenizer(TokenizerSource tokenizer, Path place) throws IOException {
        Files.write(place.resolve(HuggingFaceFolder.TOKENIZER), tokenizer.json());
        if (tokenizer.settings().isObject()) {
            Files.writeString(
                    place.resolve(HuggingFaceFolder.TOKENIZER_SETTINGS),
                    tokenizer.settings().toPrettyString());
        }
    }

    private static SafetensorsWriter tensors(
            Checkpoint checkpoint, Progress progress, Cancellation cancellation) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        int done = 0;
        for (Tensor tensor : checkpoint.tensors()) {
            cancellation.check();
            progress.report("reading weights", done++, checkpoint.tensors().size());
            if (tensor instanceof DenseTensor dense) {
                writer.add(dense);
            } else {
                writer.add(tensor, type(tensor));
            }
        }
        return writer;
    }

    /** The source's own type if it holds every value exactly. */
    private static DType type(Tensor tensor) {
        return tensor instanceof ChannelScaled scaled
                        && scaled.source() instanceof DenseTensor dense
                        && dense.dtype().isWritable()
                        && isExact(tensor, dense.dtype())
                ? dense.dtype()
                : DType.F32;
    }

    private static boolean isExact(Tensor tensor, DType dtype) {
        float[] values = new float[CHUNK];
        for (long first = 0; first < tensor.elements(); first += CHUNK) {
            int count = (int) Math.min(CHUNK, tensor.elements() - first);
            tensor.widen(first, values, 0, count);
            for (int i = 0; i < count; i++) {
                if (dtype.round(values[i]) != values[i] && !Float.isNaN(values[i])) {
                    return false;
                }
            }
        }
        return true;
    }
}
