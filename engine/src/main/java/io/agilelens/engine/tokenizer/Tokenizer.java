package io.agilelens.engine.tokenizer;

import java.util.OptionalInt;

/** Text to token ids and back. Implementations are safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {

    /**
     * Encodes text of any length, never truncating.
     *
     * @param withSpecialTokens whether the post-processor runs, which for most models puts the
     *     start token in front
     */
    int[] encode(String text, boolean withSpecialTokens);

    /**
     * Encodes text of any length in which special tokens are not recognised: {@code "<s>"} is three
     * characters like any others, as SentencePiece reads it. Use it for text from strangers and for
     * corpora that spell such marks out. The post-processor does not run.
     */
    int[] encodeLiterally(String text);

    /**
     * Decodes ids to text; bytes that are no valid UTF-8 become U+FFFD. Ids without a piece add
     * nothing.
     */
    String decode(int[] ids, boolean skipSpecialTokens);

    /**
     * The token as the vocabulary spells it, for labels; for example {@code "Ġthe"} or {@code
     * "<0x0A>"}. An id that the vocabulary lacks, as padding rows of an embedding do, gives {@code
     * "<id 1234>"}.
     */
    String piece(int id);

    /** One more than the largest id that has a piece. */
    int vocabularySize();

    /** The token that starts every sequence, if the model has one. */
    OptionalInt startToken();

    /** A short name of the kind, for {@code info}: for example {@code "BPE, byte-level"}. */
    String kind();

    @Override
    void close();
}
