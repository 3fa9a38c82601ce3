package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.gguf.GgufCheckpoint;
import io.agilelens.engine.format.packed.QuantizedCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a checkpoint of whatever format the path turns out to be. */
public final class Checkpoints {
    private static final int MAGIC_BYTES = 4;

    private Checkpoints() {}

    /**
     * Opens a model folder, the folder of a {@code model.safetensors} or its index, a GGUF file or
     * a llama2.c file, both known by their content.
     *
     * @throws UserException if there is none, it is damaged, or its format is not read
     */
    public static Checkpoint open(Path path) {
        return FamilyTranslations.apply(read(path));
    }

    private static Checkpoint read(Path path) {
        String file = Printable.of(path);
        AtomicFiles.recover(path);
        if (Files.isDirectory(path)) {
            return QuantizedCheckpoint.decode(HuggingFaceFolder.open(path));
        }
        if (!Files.exists(path)) {
            throw new UserException("%s does not exist; check the path".formatted(file));
        }
        Path name = path.getFileName();
        if (name.endsWith(HuggingFaceFolder.WEIGHTS) || name.endsWith(HuggingFaceFolder.INDEX)) {
            return QuantizedCheckpoint.decode(
                    HuggingFaceFolder.open(path.toAbsolutePath().getParent()));
        }
        if (name.toString().endsWith(".gguf") || isGguf(path)) {
            return GgufCheckpoint.open(path);
        }
        Optional<Checkpoint> llama2c = Llama2cFile.open(path);
        if (llama2c.isPresent()) {
            return llama2c.get();
        }
        ForeignWeights.file(path)
                .ifPresent(
                        refusal -> {
                            throw refusal;
                        });
        throw new UserException(
                "%s is %s; give a model folder that holds %s and %s, a GGUF file or a llama2.c file"
                        .formatted(
                                file,
                                kind(name.toString()),
                                HuggingFaceFolder.CONFIG,
                                HuggingFaceFolder.WEIGHTS));
    }

    private static boolean isGguf(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream stream = Files.newInputStream(path)) {
            return GgufCheckpoint.startsLikeOne(stream.readNBytes(MAGIC_BYTES));
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    private static String kind(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "bin" ->
                    "no llama2.c file, as its first numbers and its length do not belong together,"
                            + " and nothing else that is read";
            case "safetensors" -> "a single weights file under an unusual name";
            default -> "no model";
        };
    }
}
