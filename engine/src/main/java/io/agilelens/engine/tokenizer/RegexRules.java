package io.agilelens.engine.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells regular expressions that may backtrack beyond reason from ordinary ones. The native library
 * gives up a search after ten million steps, and the process with it. Time can only explode where
 * unbounded repetitions nest, follow one another in numbers, or hide behind references; the
 * patterns of real tokenizers do none of that.
 */
final class RegexRules {
    private static final int MOST_IN_A_ROW = 2;
    private static final int MOST_BOUNDED = 16;
    private static final int LONGEST = 20_000;
    private static final Pattern GROUP_KIND = Pattern.compile("\\?(?:[:=!>]|<[=!]|[imx-]*[:)])");
    private static final Pattern COUNT = Pattern.compile("\\{(\\d*)(,?)(\\d*)}");

    private final String regex;
    private int position;

    /** Unbounded repetitions in the alternative being read, one number for each open group. */
    private final Deque<Group> open = new ArrayDeque<>();

    private static final class Group {
        private int inAlternative;
        private int most;

        void endAlternative() {
            most = Math.max(most, inAlternative);
            inAlternative = 0;
        }
    }

    private RegexRules(String regex) {
        this.regex = regex;
    }

    /** Why the expression must not be run, if so, to follow "the regular expression …". */
    static Optional<String> danger(String regex) {
        if (regex.length() > LONGEST) {
            return Optional.of("is longer than %d characters".formatted(LONGEST));
        }
        return new RegexRules(regex).read();
    }

    private Optional<String> read() {
        open.push(new Group());
        while (position < regex.length()) {
            int repetitionsInAtom = 0;
            switch (regex.charAt(position)) {
                case '|' -> {
                    open.peek().endAlternative();
                    position++;
                    continue;
                }
                case '(' -> {
                    if (!openGroup()) {
                        return Optional.of("has a kind of group that is not supported");
                    }
                    continue;
                }
                case ')' -> {
                    if (open.size() == 1) {
                        return Optional.of("closes a group that it did not open");
                    }
                    Group closed = open.pop();
                    closed.endAlternative();
                    repetitionsInAtom = closed.most;
                    position++;
                }
                case '[' -> skipClass();
                case '\\' -> {
                    position++;
                    if (position < regex.length()
                            && "123456789gkK".indexOf(regex.charAt(position)) >= 0) {
                        return Optional.of("refers to its own groups");
                    }
                    position++;
                }
                default -> position++;
            }
            Optional<String> danger = readRepetition(repetitionsInAtom);
            if (danger.isPresent()) {
                return danger;
            }
        }
        return Optional.empty();
    }

    private boolean openGroup() {
        position++;
        open.push(new Group());
        if (position < regex.length() && regex.charAt(position) == '?') {
            Matcher kind = GROUP_KIND.matcher(regex).region(position, regex.length());
            if (!kind.lookingAt()) {
                return false;
            }
            position = kind.end();
            if (regex.charAt(position - 1) == ')') {
                open.pop();
            }
        }
        return true;
    }

    /** Skips a character class with the classes inside it. */
    private void skipClass() {
        int depth = 0;
        do {
            char character = regex.charAt(position++);
            if (character == '\\') {
                position++;
            } else if (character == '[') {
                depth++;
                if (position < regex.length() && regex.charAt(position) == '^') {
                    position++;
                }
                if (position < regex.length() && regex.charAt(position) == ']') {
                    position++;
                }
            } else if (character == ']') {
                depth--;
            }
        } while (depth > 0 && position < regex.length());
    }

    private Optional<String> readRepetition(int repetitionsInAtom) {
        Group group = open.peek();
        boolean repeated = false;
        boolean unbounded = false;
        Matcher count = COUNT.matcher(regex).region(position, regex.length());
        if (position < regex.length() && "?*+".indexOf(regex.charAt(position)) >= 0) {
            unbounded = regex.charAt(position) != '?';
            repeated = unbounded;
            position++;
            if (position < regex.length() && "?+".indexOf(regex.charAt(position)) >= 0) {
                position++;
            }
        } else if (count.lookingAt()) {
            unbounded = !isSmall(count);
            repeated = true;
            position = count.end();
            if (position < regex.length() && regex.charAt(position) == '?') {
                position++;
            }
        }
        if (repeated
                && (repetitionsInAtom > 0
                        || position < regex.length()
                                && "*+{".indexOf(regex.charAt(position)) >= 0)) {
            return Optional.of("repeats a repetition");
        }
        group.inAlternative += repetitionsInAtom + (unbounded ? 1 : 0);
        return group.inAlternative > MOST_IN_A_ROW
                ? Optional.of(
                        "has more than %d unbounded repetitions in a row".formatted(MOST_IN_A_ROW))
                : Optional.empty();
    }

    private static boolean isSmall(Matcher count) {
        String bound = count.group(2).isEmpty() ? count.group(1) : count.group(3);
        return !bound.isEmpty() && bound.length() <= 4 && Integer.parseInt(bound) <= MOST_BOUNDED;
    }
}
