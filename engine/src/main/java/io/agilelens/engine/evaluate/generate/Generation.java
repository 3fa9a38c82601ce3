package io.agilelens.engine.evaluate.generate;

/**
 * A text that was generated, and how fast.
 *
 * @param prompt ids that were given; read only
 * @param ids ids that were generated, without the end token; read only
 * @param text what the generated ids say
 * @param end why it stopped
 * @param prefillSeconds time for the prompt, first token's logits included
 * @param decodeSeconds time for all single-token steps
 * @param steps single-token steps that were run
 * @param cacheBytes what the keys and values of all tokens took at the end
 */
public record Generation(
        int[] prompt,
        int[] ids,
        String text,
        End end,
        double prefillSeconds,
        double decodeSeconds,
        int steps,
        long cacheBytes) {

    /** Why generation stopped. */
    public enum End {
        /** The model gave its end token. */
        END_TOKEN,
        /** So many tokens were asked for. */
        LIMIT,
        /** The model's context is full. */
        CONTEXT,
        /** The listener had enough. */
        LISTENER
    }

    /** Prompt tokens a second. */
    public double prefillSpeed() {
        return prompt.length / prefillSeconds;
    }

    /** Generated tokens a second after the first; NaN if there was no second one. */
    public double decodeSpeed() {
        return steps == 0 ? Double.NaN : steps / decodeSeconds;
    }
}
