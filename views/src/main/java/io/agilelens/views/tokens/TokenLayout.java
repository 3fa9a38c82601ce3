package io.agilelens.views.tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * Where each token of a flowing text goes. Lines break between words, a word being tokens up to the
 * next one that starts with a space; a word wider than a line breaks between its tokens.
 *
 * @param places one a token, in order
 * @param lines number of lines
 */
record TokenLayout(List<Place> places, int lines) {

    /** How SentencePiece vocabularies spell a space. */
    private static final char SPACE_MARK = '\u2581';

    /**
     * A token on its line.
     *
     * @param text what is drawn: line ends and tabs as signs
     * @param line from 0
     * @param x left edge in pixels
     * @param width in pixels, what stands in front of the text included
     */
    record Place(String text, int line, double x, double width) {}

    /**
     * @param tokens each as text
     * @param width of a line in pixels
     * @param gap between two tokens in pixels
     * @param measure how wide a text is drawn, in pixels
     * @param lead room for a mark in front of the text of each token, in pixels
     */
    static TokenLayout of(
            List<String> tokens,
            double width,
            double gap,
            ToDoubleFunction<String> measure,
            IntToDoubleFunction lead) {
        List<String> shown = tokens.stream().map(TokenLayout::visible).toList();
        double[] widths = new double[tokens.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = lead.applyAsDouble(i) + measure.applyAsDouble(shown.get(i));
        }
        List<Place> places = new ArrayList<>(tokens.size());
        int line = 0;
        double x = 0;
        int first = 0;
        while (first < tokens.size()) {
            int end = wordEnd(tokens, first);
            double word = 0;
            for (int i = first; i < end; i++) {
                word += widths[i] + gap;
            }
            if (x > 0 && x + word > width) {
                line++;
                x = 0;
            }
            for (int i = first; i < end; i++) {
                double wide = widths[i];
                if (x > 0 && x + wide > width) {
                    line++;
                    x = 0;
                }
                places.add(new Place(shown.get(i), line, x, wide));
                x += wide + gap;
            }
            if (tokens.get(end - 1).endsWith("\n")) {
                line++;
                x = 0;
            }
            first = end;
        }
        return new TokenLayout(places, x > 0 ? line + 1 : line);
    }

    private static int wordEnd(List<String> tokens, int first) {
        int end = first + 1;
        while (end < tokens.size()
                && !tokens.get(end - 1).endsWith("\n")
                && !tokens.get(end).isEmpty()
                && !startsWord(tokens.get(end).charAt(0))) {
            end++;
        }
        return end;
    }

    private static boolean startsWord(char first) {
        return first == SPACE_MARK || Character.isWhitespace(first);
    }

    /** A token with line ends and tabs as signs that can be seen. */
    static String visible(String token) {
        return token.replace('\n', '¶')
                .replace('\t', '→')
                .replace('\r', '¶')
                .replace(SPACE_MARK, ' ');
    }

    /** The token at a point of a line, or −1 between tokens. */
    int at(int line, double x) {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (place.line() == line && x >= place.x() && x < place.x() + place.width()) {
                return i;
            }
        }
        return -1;
    }

    /** The token whose middle is nearest to that of another, so many lines further down. */
    int vertically(int token, int down) {
        Place from = places.get(token);
        int line = Math.clamp(from.line() + down, 0, lines - 1);
        double middle = from.x() + from.width() / 2;
        int nearest = token;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            double distance = Math.abs(place.x() + place.width() / 2 - middle);
            if (place.line() == line && distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return nearest;
    }
}
