package io.agilelens.engine.evaluate;

/**
 * How long a text is in units that no tokenizer decides, so that losses of models with different
 * vocabularies can be compared.
 *
 * @param predictions tokens of the text that have something before them to be predicted from
 * @param words runs of characters between white space (Unicode's, no-break spaces included)
 * @param bytes of its UTF-8 form
 */
public record TextMeasure(long predictions, long words, long bytes) {

    /** Predictions that share the loss of a word, on average. */
    public double predictionsPerWord() {
        return (double) predictions / words;
    }

    /** Predictions that share the loss of a byte, on average. */
    public double predictionsPerByte() {
        return (double) predictions / bytes;
    }

    /** Measures a text that comes in pieces. */
    static final class Counter {
        private long words;
        private long bytes;
        private boolean inWord;

        void add(String piece) {
            for (int i = 0; i < piece.length(); ) {
                int character = piece.codePointAt(i);
                i += Character.charCount(character);
                bytes += utf8Bytes(character);
                boolean space = isSpace(character);
                if (!space && !inWord) {
                    words++;
                }
                inWord = !space;
            }
        }

        TextMeasure measure(long predictions) {
            return new TextMeasure(predictions, words, bytes);
        }

        /** What {@code \s} matches in the scripts that count words so. */
        private static boolean isSpace(int character) {
            return Character.isWhitespace(character)
                    || Character.isSpaceChar(character)
                    || character == '\u0085';
        }

        private static int utf8Bytes(int character) {
            if (character < 0x80) {
                return 1;
            }
            if (character < 0x800) {
                return 2;
            }
            return character < 0x10000 ? 3 : 4;
        }
    }
}
