package io.agilelens.engine.format;

import java.io.IOException;
import java.io.Reader;

/** How a text file becomes the text that is evaluated. */
public enum TextFormat {
    /** As it is. */
    PLAIN("plain") {
        @Override
        public Reader over(Reader file) {
            return file;
        }
    },
    /**
     * The files of WikiText ({@code wiki.test.raw}), joined as the papers do it: each line is a row
     * of the data set, {@code ""} if it is blank and otherwise the line with its line end, and
     * {@code "\n\n"} stands between rows.
     */
    WIKITEXT("wikitext") {
        @Override
        public Reader over(Reader file) {
            return new Rows(file);
        }
    };

    private final String title;

    TextFormat(String title) {
        this.title = title;
    }

    /** The name that people know. */
    public String title() {
        return title;
    }

    /** The text of a file, read as it is needed. */
    public abstract Reader over(Reader file);

    /** Joins lines as rows. */
    private static final class Rows extends Reader {
        /** A line that begins with more white space than this is not blank. */
        private static final int LONGEST_BLANK = 1 << 16;

        private final Reader file;
        private final char[] block = new char[1 << 14];
        private final StringBuilder joined = new StringBuilder();
        private final StringBuilder blank = new StringBuilder();
        private int given;
        private boolean firstRow = true;
        private boolean atLineStart = true;
        private boolean isBlank = true;
        private boolean returned;

        Rows(Reader file) {
            this.file = file;
        }

        @Override
        public int read(char[] target, int offset, int length) throws IOException {
            while (given == joined.length()) {
                joined.setLength(0);
                given = 0;
                int count = file.read(block, 0, block.length);
                if (count < 0) {
                    if (!returned) {
                        return -1;
                    }
                    returned = false;
                    addPlain('\r');
                }
                for (int i = 0; i < count; i++) {
                    add(block[i]);
                }
            }
            int count = Math.min(length, joined.length() - given);
            joined.getChars(given, given + count, target, offset);
            given += count;
            return count;
        }

        private void add(char character) {
            // Line ends of other systems count as line ends.
            if (returned && character != '\n') {
                returned = false;
                addPlain('\r');
            }
            returned = character == '\r';
            if (!returned) {
                addPlain(character);
            }
        }

        private void addPlain(char character) {
            if (atLineStart) {
                joined.append(firstRow ? "" : "\n\n");
                firstRow = false;
                atLineStart = false;
            }
            if (character == '\n') {
                joined.append(isBlank ? "" : "\n");
                blank.setLength(0);
                isBlank = true;
                atLineStart = true;
            } else if (isBlank
                    && blank.length() < LONGEST_BLANK
                    && (Character.isWhitespace(character) || Character.isSpaceChar(character))) {
                blank.append(character);
            } else {
                joined.append(blank).append(character);
                blank.setLength(0);
                isBlank = false;
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
