package io.agilelens.engine.model;

import java.util.BitSet;

/** The tokens of a pass that count as unimportant and may be kept more coarsely. Immutable. */
public final class TokenMarks {

    /** No token is marked. */
    public static final TokenMarks NONE = new TokenMarks(new BitSet());

    private final BitSet marked;

    private TokenMarks(BitSet marked) {
        this.marked = marked;
    }

    public boolean isMarked(int token) {
        return marked.get(token);
    }

    public boolean any() {
        return !marked.isEmpty();
    }

    public int count() {
        return marked.cardinality();
    }

    /** These marks and those of all tokens but some. */
    TokenMarks orAllBut(int[] unmarked, int tokens) {
        BitSet added = new BitSet(tokens);
        added.set(0, tokens);
        for (int token : unmarked) {
            added.clear(token);
        }
        added.or(marked);
        return new TokenMarks(added);
    }

    /** Marks of these tokens. */
    public static TokenMarks of(int... tokens) {
        BitSet marked = new BitSet();
        for (int token : tokens) {
            marked.set(token);
        }
        return new TokenMarks(marked);
    }
}
