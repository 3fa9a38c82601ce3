package io.agilelens.engine.tokenizer;

import io.agilelens.engine.UserException;
import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Encodes a text of any size piece by piece, with the ids that the whole text would have. A piece
 * ends where no token can reach across: between a letter or digit and white space. Which kind of
 * place that is depends on the tokenizer. Where a pattern cuts the text into words first, every
 * match begins anew there. SentencePiece-like tokenizers put a space in front of every text, which
 * stands for the one that is dropped at the cut; their pieces begin with a space and rarely hold
 * one inside. So every cut is tried out on the text around it before it is made, and another is
 * taken if the ids of both sides are not those of the whole. Not safe for several threads.
 */
public final class TextEncoder {
    /**
     * Characters of a piece, unless there is no place to cut. Whoever cancels waits for a piece, so
     * they are few; trying out a cut takes a tenth of that time.
     */
    private static final int PIECE = 1 << 13;

    /** Characters without a place to cut before this gives up. */
    private static final int LONGEST_UNCUT = 1 << 26;

    /** Characters on each side of a cut that it is tried on. */
    private static final int CONTEXT = 256;

    /** Places that are tried before a piece grows. */
    private static final int MOST_TRIED = 64;

    private final Tokenizer tokenizer;
    private final Reader text;
    private final int length;
    private final StringBuilder pending = new StringBuilder();
    private final char[] block;
    private int wanted;
    private boolean ended;
    private String piece = "";

    /** Encodes what the reader gives, special tokens read as ordinary text. */
    public TextEncoder(Tokenizer tokenizer, Reader text) {
        this(tokenizer, text, PIECE);
    }

    /**
     * @param length characters of a piece, unless there is no place to cut
     */
    TextEncoder(Tokenizer tokenizer, Reader text, int length) {
        this.tokenizer = tokenizer;
        this.text = text;
        this.length = length;
        this.wanted = length;
        this.block = new char[length];
    }

    /**
     * A place between two pieces.
     *
     * @param end where the left one ends
     * @param start where the right one begins
     */
    private record Cut(int end, int start) {}

    /**
     * The ids of the next piece.
     *
     * @return null behind the last one
     * @throws UserException if the text cannot be read or cannot be cut
     */
    public int[] next() {
        while (true) {
            fill();
            if (ended) {
                if (pending.isEmpty()) {
                    return null;
                }
                piece = pending.toString();
                pending.setLength(0);
                return tokenizer.encodeLiterally(piece);
            }
            Cut cut = lastCut();
            if (cut != null) {
                int[] ids = tokenizer.encodeLiterally(pending.substring(0, cut.end()));
                piece = pending.substring(0, cut.start());
                pending.delete(0, cut.start());
                wanted = length;
                return ids;
            }
            if (wanted >= LONGEST_UNCUT) {
                throw new UserException(
                        "the text has no word end in %,d characters, so it cannot be encoded piece by piece; give a text with words and lines"
                                .formatted(pending.length()));
            }
            wanted *= 2;
        }
    }

    /**
     * The text that the latest {@link #next()} encoded, with the space that was dropped behind it;
     * all pieces in a row are the whole text.
     */
    public String piece() {
        return piece;
    }

    private void fill() {
        try {
            while (!ended && pending.length() < wanted) {
                int count = text.read(block, 0, block.length);
                if (count < 0) {
                    ended = true;
                } else {
                    pending.append(block, 0, count);
                }
            }
        } catch (IOException failure) {
            throw new UserException(
                    "the text cannot be read further: %s; check the file"
                            .formatted(failure.getMessage()),
                    failure);
        }
    }

    /** The last good place that leaves enough text behind it to try it out. */
    private Cut lastCut() {
        int tried = 0;
        int last = pending.length() - Math.min(CONTEXT, pending.length() / 4) - 2;
        for (int at = last; at > pending.length() / 8 && tried < MOST_TRIED; at--) {
            if (!isWordPart(pending.charAt(at - 1))) {
                continue;
            }
            char here = pending.charAt(at);
            boolean wordFollows = isWordPart(pending.charAt(at + 1));
            if (here == '\n' || here == ' ' && wordFollows) {
                tried++;
                Cut kept = new Cut(at, at);
                if (isGood(kept)) {
                    return kept;
                }
                Cut dropped = new Cut(at, at + 1);
                if (here == ' ' && isGood(dropped)) {
                    return dropped;
                }
            }
        }
        return null;
    }

    /** Letters and digits of the basic plane; half of a pair is neither. */
    private static boolean isWordPart(char character) {
        return Character.isLetterOrDigit(character);
    }

    private boolean isGood(Cut cut) {
        int from = wholeCharacter(Math.max(0, cut.end() - CONTEXT));
        int to = wholeCharacter(Math.min(pending.length(), cut.start() + CONTEXT));
        int[] left = tokenizer.encodeLiterally(pending.substring(from, cut.end()));
        int[] right = tokenizer.encodeLiterally(pending.substring(cut.start(), to));
        int[] whole = tokenizer.encodeLiterally(pending.substring(from, to));
        return whole.length == left.length + right.length
                && Arrays.equals(whole, 0, left.length, left, 0, left.length)
                && Arrays.equals(whole, left.length, whole.length, right, 0, right.length);
    }

    /** The place, or the one before it if it lies within a pair of surrogates. */
    private int wholeCharacter(int at) {
        return at > 0
                        && at < pending.length()
                        && Character.isLowSurrogate(pending.charAt(at))
                        && Character.isHighSurrogate(pending.charAt(at - 1))
                ? at - 1
                : at;
    }
}
