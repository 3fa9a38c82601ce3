package io.agilelens.engine.model;

/**
 * How much is run at once, which decides how much memory a pass takes beside the weights.
 *
 * @param tokens tokens of one pass
 * @param cachedTokens tokens whose keys and values are kept at the end
 * @param logitRows rows of logits held at once
 */
public record PassSize(int tokens, int cachedTokens, int logitRows) {
    /** Rows of logits that an evaluation holds at once. */
    public static final int EVALUATION_ROWS = 64;

    private static final int USUAL_WINDOW = 2048;

    /** An evaluation of windows, each on its own. */
    public static PassSize window(int tokens) {
        return new PassSize(tokens, 0, Math.min(tokens, EVALUATION_ROWS));
    }

    /** A prompt run at once and a continuation, token by token. */
    public static PassSize generation(int prompt, int tokens) {
        return new PassSize(prompt, prompt + tokens, 1);
    }

    /** What people usually ask of a model: its context, at most 2048 tokens, with a cache. */
    public static PassSize usual(ModelConfig config) {
        int tokens = Math.min(USUAL_WINDOW, config.contextLength());
        return new PassSize(tokens, tokens, Math.min(tokens, EVALUATION_ROWS));
    }
}
