package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Weights of other programs that are never read, mostly because they are pickles, which can run
 * code; and the sentence that says how to convert them.
 */
final class ForeignWeights {
    private static final String PYTORCH =
            "a pickle, which can run code and is not read; convert the model to safetensors"
                    + " (save_pretrained with safe_serialization=True) or get a safetensors copy";
    private static final String CONSOLIDATED =
            "a pickle in the layout of Meta's own program, which can run code and is not read;"
                    + " convert it to the Hugging Face layout (transformers has"
                    + " convert_llama_weights_to_hf.py) with safetensors weights";
    private static final String TENSORFLOW =
            "weights of TensorFlow, which are not read; convert the model to safetensors"
                + " (from_pretrained with from_tf=True, then save_pretrained) or get a safetensors"
                + " copy";
    private static final String FLAX =
            "weights of Flax, which are not read; convert the model to safetensors (from_pretrained"
                    + " with from_flax=True, then save_pretrained) or get a safetensors copy";

    /**
     * What a file is, by its name.
     *
     * @param sentence what is wrong and what mends it, behind "PATH is" or "PATH has its weights
     *     only as NAME,"
     */
    private record Kind(Pattern name, String sentence) {}

    /** The first that fits counts. */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind(Pattern.compile("pytorch_model.*\\.bin(\\.index\\.json)?"), PYTORCH),
                    new Kind(Pattern.compile("consolidated\\..*pth"), CONSOLIDATED),
                    new Kind(Pattern.compile(".*\\.(pt|pth|ckpt|pkl|pickle)"), PYTORCH),
                    new Kind(Pattern.compile("tf_model.*\\.h5(\\.index\\.json)?"), TENSORFLOW),
                    new Kind(Pattern.compile("flax_model.*\\.msgpack(\\.index\\.json)?"), FLAX));

    private ForeignWeights() {}

    /**
     * What to say of a folder without weights that are read.
     *
     * @param names the names of its files
     */
    static Optional<UserException> inFolder(Path folder, List<String> names) {
        for (Kind kind : KINDS) {
            for (String name : names) {
                if (kind.name().matcher(name).matches()) {
                    return Optional.of(
                            new UserException(
                                    "%s has its weights only as %s, %s"
                                            .formatted(
                                                    Printable.of(folder),
                                                    Printable.of(name),
                                                    kind.sentence())));
                }
            }
        }
        return Optional.empty();
    }

    /** What to say of a file that was given as the model, by its name and its first bytes. */
    static Optional<UserException> file(Path file) {
        String name = String.valueOf(file.getFileName());
        for (Kind kind : KINDS) {
            if (kind.name().matcher(name).matches()) {
                return Optional.of(refusal(file, kind.sentence()));
            }
        }
        return isPickle(file) ? Optional.of(refusal(file, PYTORCH)) : Optional.empty();
    }

    private static UserException refusal(Path file, String sentence) {
        return new UserException("%s is %s".formatted(Printable.of(file), sentence));
    }

    /** PyTorch writes a zip archive, before version 1.6 it wrote a bare pickle of protocol 2. */
    private static boolean isPickle(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        byte[] start;
        try (InputStream stream = Files.newInputStream(file)) {
            start = stream.readNBytes(4);
        } catch (IOException failure) {
            throw FileErrors.reading(file, failure);
        }
        return start.length == 4
                && (start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4
                        || start[0] == (byte) 0x80 && start[1] == 2);
    }
}
