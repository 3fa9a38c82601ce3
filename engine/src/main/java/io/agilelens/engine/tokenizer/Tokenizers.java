package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Finds the tokenizer that belongs to a model. */
public final class Tokenizers {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final long LARGEST_CONFIG = 16L << 20;

    private Tokenizers() {}

    /**
     * Loads the tokenizer that lies beside the weights.
     *
     * @throws UserException if there is none or it is damaged
     */
    public static Tokenizer forCheckpoint(Checkpoint checkpoint) {
        Path folder = checkpoint.source();
        Path file = folder.resolve(TOKENIZER);
        if (!Files.exists(file)) {
            throw new UserException(
                    "%s has no %s; save the model's fast tokenizer there (AutoTokenizer, save_pretrained) or copy the file from where the model came from"
                            .formatted(Printable.of(folder), TOKENIZER));
        }
        Path configFile = folder.resolve(TOKENIZER_CONFIG);
        JsonNode tokenizerConfig =
                Files.exists(configFile)
                        ? JsonFiles.readObject(configFile, LARGEST_CONFIG)
                        : MissingNode.getInstance();
        return new HuggingFaceJsonTokenizer(
                file, DeclaredStart.of(tokenizerConfig, checkpoint.config()));
    }
}
