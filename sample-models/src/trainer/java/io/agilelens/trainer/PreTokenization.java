package io.agilelens.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a text is cut before tokens are merged; no token crosses a cut. */
enum PreTokenization {
    /** A word with the space before it, a number, marks, white space; GPT-2's rule. */
    GPT2(
            "GPT-2's",
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+"
                    + "|\\s+(?!\\S)|\\s+"),

    /**
     * Anything between white space, brackets, bars and the full stops and commas of several
     * scripts, with the space before it. The published pattern, {@link #BLOOM_PUBLISHED}, nests a
     * class in a negated one, which engines read differently; this one spells out what is meant.
     */
    BLOOM("BLOOM's", " ?[^\\s()|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c]+");

    /** BLOOM's pattern as its tokenizer.json has it. */
    static final String BLOOM_PUBLISHED =
            " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+";

    private final String possessive;
    private final Pattern piece;

    PreTokenization(String possessive, String piece) {
        this.possessive = possessive;
        // Unicode's idea of letters, numbers and white space
        this.piece = Pattern.compile(piece, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /** Whose rule it is, such as {@code GPT-2's}. */
    String possessive() {
        return possessive;
    }

    /** Cuts a text into matches and what lies between them; joined they give the text. */
    List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = piece.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                pieces.add(text.substring(end, matcher.start()));
            }
            pieces.add(matcher.group());
            end = matcher.end();
        }
        if (end < text.length()) {
            pieces.add(text.substring(end));
        }
        return pieces;
    }
}
