package io.agilelens.views.chart;

import io.agilelens.engine.UserException;
import io.agilelens.views.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Numbers that become comma-separated values line by line, as they are written; on any thread. */
@FunctionalInterface
public interface CsvDocument {
    /** Characters of a text that is held in memory. */
    int MOST_TEXT = 32 << 20;

    /** Writes every line, the heading first. */
    void writeTo(Csv csv) throws IOException;

    /**
     * All of it in memory.
     *
     * @throws UserException if it has more than {@link #MOST_TEXT} characters
     */
    default String text() {
        return text(MOST_TEXT);
    }

    /**
     * The same.
     *
     * @param most characters
     */
    default String text(int most) {
        StringBuilder text = new StringBuilder();
        Appendable bounded =
                new Appendable() {
                    @Override
                    public Appendable append(CharSequence more) {
                        return append(more, 0, more.length());
                    }

                    @Override
                    public Appendable append(CharSequence more, int start, int end) {
                        if (end - start > most - text.length()) {
                            throw new UserException(Messages.text("export.long"));
                        }
                        text.append(more, start, end);
                        return this;
                    }

                    @Override
                    public Appendable append(char more) {
                        return append(String.valueOf(more));
                    }
                };
        try {
            writeTo(new Csv(bounded));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }
}
