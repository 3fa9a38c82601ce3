package io.agilelens.views.palette;

import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what somebody means by a few letters: the words of a query in any order, each as the
 * beginning of a word, inside one, or as letters that follow each other with gaps.
 */
final class Fuzzy {
    private static final double AT_WORD = 100;
    private static final double INSIDE = 60;
    private static final double WITH_GAPS = 30;

    /**
     * How well a text suits a query.
     *
     * @param score higher is better
     * @param letters which of the text's letters were meant
     */
    record Match(double score, BitSet letters) {}

    private Fuzzy() {}

    /** Nothing if a word of the query is not in the text. */
    static Optional<Match> match(String query, String text) {
        String searched = text.toLowerCase(Locale.ROOT);
        BitSet letters = new BitSet();
        double score = 0;
        for (String word : query.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
            double best = find(word, searched, letters);
            if (best < 0) {
                return Optional.empty();
            }
            score += best;
        }
        // Of two that hold the same words, the shorter is rather meant.
        return Optional.of(new Match(score - 0.05 * text.length(), letters));
    }

    private static double find(String word, String text, BitSet letters) {
        if (word.isEmpty()) {
            return 0;
        }
        int inside = -1;
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            if (startsWord(text, at)) {
                letters.set(at, at + word.length());
                boolean whole =
                        at + word.length() == text.length() || startsWord(text, at + word.length());
                return AT_WORD + (whole ? 10 : 0) - 0.1 * at;
            }
            inside = inside < 0 ? at : inside;
        }
        if (inside >= 0) {
            letters.set(inside, inside + word.length());
            return INSIDE - 0.1 * inside;
        }
        return withGaps(word, text, letters);
    }

    /** Numbers are meant as they stand, so they have no gaps. */
    private static double withGaps(String word, String text, BitSet letters) {
        if (word.chars().anyMatch(Character::isDigit)) {
            return -1;
        }
        BitSet found = new BitSet();
        int gaps = 0;
        int from = 0;
        for (int i = 0; i < word.length(); i++) {
            int at = text.indexOf(word.charAt(i), from);
            while (i == 0 && at >= 0 && !startsWord(text, at)) {
                at = text.indexOf(word.charAt(i), at + 1);
            }
            if (at < 0) {
                return -1;
            }
            gaps += i > 0 && at > from ? 1 : 0;
            found.set(at);
            from = at + 1;
        }
        letters.or(found);
        return Math.max(1, WITH_GAPS - 5 * gaps);
    }

    private static boolean startsWord(String text, int at) {
        return at == 0
                || !Character.isLetterOrDigit(text.charAt(at - 1))
                || !Character.isLetterOrDigit(text.charAt(at));
    }
}
