package io.agilelens.engine.format;

/**
 * Names and paths from files nobody vouches for, made fit for a one-line message: control
 * characters are spelled as escapes and what is very long is cut.
 */
public final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    /** The object's text on one line of at most {@value #LONGEST} characters and a few. */
    public static String of(Object value) {
        String text = String.valueOf(value);
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST) + 1);
        int index = 0;
        while (index < text.length()) {
            if (line.length() >= LONGEST) {
                return line.append('…').toString();
            }
            int character = text.codePointAt(index);
            index += Character.charCount(character);
            if (isPlain(character)) {
                line.appendCodePoint(character);
            } else {
                line.append("\\u%04X".formatted(character));
            }
        }
        return line.toString();
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
