package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a checkpoint of whatever format the path turns out to be. */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * Opens a model folder, the folder of a {@code model.safetensors} or its index, or a llama2.c
     * file, which is known by its content.
     *
     * @throws UserException if there is none, it is damaged, or its format is not read
     */
    public static Checkpoint open(Path path) {
        String file = Printable.of(path);
        if (Files.isDirectory(path)) {
            return HuggingFaceFolder.open(path);
        }
        if (!Files.exists(path)) {
            throw new UserException("%s does not exist; check the path".formatted(file));
        }
        Path name = path.getFileName();
        if (name.endsWith(HuggingFaceFolder.WEIGHTS) || name.endsWith(HuggingFaceFolder.INDEX)) {
            return HuggingFaceFolder.open(path.toAbsolutePath().getParent());
        }
        Optional<Checkpoint> llama2c = Llama2cFile.open(path);
        if (llama2c.isPresent()) {
            return llama2c.get();
        }
        throw new UserException(
                "%s is %s; give a model folder that holds %s and %s, or a llama2.c file"
                        .formatted(
                                file,
                                kind(name.toString()),
                                HuggingFaceFolder.CONFIG,
                                HuggingFaceFolder.WEIGHTS));
    }

    private static String kind(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "gguf" -> "a GGUF file, which is not read";
            case "bin", "pt", "pth", "ckpt" -> "a PyTorch or raw weights file, which is not read";
            case "safetensors" -> "a single weights file under an unusual name";
            default -> "no model";
        };
    }
}
