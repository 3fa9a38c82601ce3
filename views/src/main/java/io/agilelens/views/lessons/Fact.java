package io.agilelens.views.lessons;

import java.util.List;
import java.util.SortedSet;

/** Something true of the opened model, to be told in a text or asked for. */
public sealed interface Fact {

    /** For a person to read. */
    String shown();

    /**
     * A number.
     *
     * @param value exactly
     * @param shown with its unit
     */
    record Figure(double value, String shown) implements Fact {}

    /**
     * One of several possibilities.
     *
     * @param id of the possibility, as in a question's options
     */
    record Word(String id, String shown) implements Fact {
        static final String YES = "yes";
    }

    /**
     * Channels, heads or tokens, any of which is right.
     *
     * @param right their indices, at least one
     */
    record Places(SortedSet<Integer> right, String shown) implements Fact {}

    /** What there is to choose from. */
    record Options(List<Word> words) implements Fact {
        public Options {
            words = List.copyOf(words);
        }

        @Override
        public String shown() {
            return String.join(", ", words.stream().map(Word::shown).toList());
        }
    }
}
