package io.agilelens.engine.export;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.HuggingFaceFolder;
import io.agilelens.engine.format.ModelFolder;
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
 * config.json}, {@code tokenizer.json} and {@code model.safetensors}. Values are never rounded:
 * tensors keep their type, and what their type cannot hold becomes F32.
 */
final class CheckpointFolder {
    private static final int CHUNK = 1 << 16;

    private CheckpointFolder() {}

    /** Writes into an empty folder. */
    static void writeTo(
            Path place, Checkpoint checkpoint, Progress progress, Cancellation cancellation)
            throws IOException {
        Files.writeString(
                place.resolve(HuggingFaceFolder.CONFIG), checkpoint.config().toPrettyString());
        writeTokenizer(checkpoint, place);
        ModelFolder.copyCompanions(checkpoint.source(), place);
        tensors(checkpoint, progress, cancellation)
                .write(place.resolve(HuggingFaceFolder.WEIGHTS), progress, cancellation);
        cancellation.check();
    }

    /**
     * Writes the two files that a tokenizer consists of; none for a model that runs on ids alone.
     */
    static void writeTokenizer(Checkpoint checkpoint, Path place) throws IOException {
        TokenizerSource tokenizer;
        try {
            tokenizer = checkpoint.tokenizer();
        } catch (UserException none) {
            return;
        }
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
            add(writer, tensor);
        }
        return writer;
    }

    /** Declares a tensor in a type that holds it exactly. */
    static void add(SafetensorsWriter writer, Tensor tensor) {
        if (tensor instanceof DenseTensor dense) {
            writer.add(dense);
        } else {
            writer.add(tensor, type(tensor));
        }
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

    /** Whether rounding to a type changes no element. */
    static boolean isExact(Tensor tensor, DType dtype) {
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
