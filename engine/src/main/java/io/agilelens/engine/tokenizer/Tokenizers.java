package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Checkpoint;
import io.agilelens.engine.format.TokenizerSource;

/** Finds the tokenizer that belongs to a model. */
public final class Tokenizers {

    private Tokenizers() {}

    /**
     * Makes the tokenizer that the checkpoint describes.
     *
     * @throws UserException if there is none or it is damaged
     */
    public static Tokenizer forCheckpoint(Checkpoint checkpoint) {
        TokenizerSource source = checkpoint.tokenizer();
        return new HuggingFaceJsonTokenizer(
                source.place(),
                source.json(),
                DeclaredStart.of(source.settings(), checkpoint.config()));
    }
}
