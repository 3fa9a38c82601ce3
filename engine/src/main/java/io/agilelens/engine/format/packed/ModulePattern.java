package io.agilelens.engine.format.packed;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A regular expression that picks modules by name, as quantization settings hold them. The
 * expressions come with the file, so they are run by an automaton whose time is bounded by the
 * product of both lengths, whatever they say.
 *
 * <p>It knows literals, {@code .}, {@code \d \w \s} and their opposites, other escaped signs,
 * {@code [classes]}, groups, {@code |}, {@code * + ? {m,n}} greedy or not, {@code ^} and {@code $};
 * a lookahead, a back reference and the like are refused. A match must begin where the name begins
 * but need not reach its end, as with Python's {@code re.match}.
 */
final class ModulePattern {
    private static final int LONGEST = 1000;
    private static final int MOST_STATES = 5000;
    private static final int DEEPEST = 50;

    private final String text;
    private final String where;
    private final List<State> states = new ArrayList<>();
    private int at;
    private int depth;
    private int start;

    /**
     * A state of the automaton. It takes a character that passes the test, or none if there is no
     * test; {@code next} and {@code other} are where it leads, −1 for nowhere.
     */
    private static final class State {
        private final Kind kind;
        private final IntPredicate test;
        private int next = -1;
        private int other = -1;

        State(Kind kind, IntPredicate test) {
            this.kind = kind;
            this.test = test;
        }
    }

    private enum Kind {
        CHARACTER,
        SPLIT,
        BEGINNING,
        END,
        ACCEPT
    }

    /** A piece of the automaton: where it starts, and the empty state behind it. */
    private record Piece(int start, int end) {}

    private ModulePattern(String text, String where) {
        this.text = text;
        this.where = where;
    }

    /**
     * @param where file and key, for the message
     * @throws UserException if it is too long or uses what is not known
     */
    static ModulePattern compile(String text, String where) {
        ModulePattern pattern = new ModulePattern(text, where);
        if (text.length() > LONGEST) {
            throw pattern.refuse("longer than %d characters".formatted(LONGEST));
        }
        Piece whole = pattern.alternatives();
        if (pattern.at < text.length()) {
            throw pattern.refuse("unbalanced at ')'");
        }
        pattern.start = whole.start();
        pattern.states.get(whole.end()).next = pattern.add(Kind.ACCEPT, null);
        return pattern;
    }

    /** The most steps that {@link #matches} takes. */
    long cost(String name) {
        return (long) states.size() * (name.length() + 1);
    }

    /** Whether some beginning of the name matches. */
    boolean matches(String name) {
        BitSet now = new BitSet(states.size());
        enter(start, 0, name.length(), now);
        for (int i = 0; i <= name.length(); i++) {
            BitSet then = new BitSet(states.size());
            for (int s = now.nextSetBit(0); s >= 0; s = now.nextSetBit(s + 1)) {
                State state = states.get(s);
                if (state.kind == Kind.ACCEPT) {
                    return true;
                }
                if (state.kind == Kind.CHARACTER
                        && i < name.length()
                        && state.test.test(name.charAt(i))) {
                    enter(state.next, i + 1, name.length(), then);
                }
            }
            if (then.isEmpty()) {
                return false;
            }
            now = then;
        }
        return false;
    }

    /** Adds a state and all that can be reached from it without taking a character. */
    private void enter(int first, int position, int length, BitSet reached) {
        List<Integer> waiting = new ArrayList<>();
        waiting.add(first);
        while (!waiting.isEmpty()) {
            int index = waiting.removeLast();
            if (index < 0 || reached.get(index)) {
                continue;
            }
            reached.set(index);
            State state = states.get(index);
            switch (state.kind) {
                case SPLIT -> {
                    waiting.add(state.next);
                    waiting.add(state.other);
                }
                case BEGINNING -> waiting.add(position == 0 ? state.next : -1);
                case END -> waiting.add(position == length ? state.next : -1);
                case CHARACTER, ACCEPT -> {}
            }
        }
    }

    private int add(Kind kind, IntPredicate test) {
        if (states.size() >= MOST_STATES) {
            throw refuse("too large");
        }
        states.add(new State(kind, test));
        return states.size() - 1;
    }

    private Piece empty() {
        int state = add(Kind.SPLIT, null);
        return new Piece(state, state);
    }

    private Piece single(Kind kind, IntPredicate test) {
        int state = add(kind, test);
        int end = add(Kind.SPLIT, null);
        states.get(state).next = end;
        return new Piece(state, end);
    }

    private Piece alternatives() {
        if (++depth > DEEPEST) {
            throw refuse("nested deeper than %d".formatted(DEEPEST));
        }
        Piece piece = sequence();
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            Piece other = sequence();
            int start = add(Kind.SPLIT, null);
            states.get(start).next = piece.start();
            states.get(start).other = other.start();
            int end = add(Kind.SPLIT, null);
            states.get(piece.end()).next = end;
            states.get(other.end()).next = end;
            piece = new Piece(start, end);
        }
        depth--;
        return piece;
    }

    private Piece sequence() {
        Piece piece = empty();
        while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            Piece next = repeated();
            states.get(piece.end()).next = next.start();
            piece = new Piece(piece.start(), next.end());
        }
        return piece;
    }

    private Piece repeated() {
        int from = at;
        Piece piece = atom();
        if (at >= text.length()) {
            return piece;
        }
        int to = at;
        int least;
        int most;
        switch (text.charAt(at)) {
            case '*' -> {
                least = 0;
                most = -1;
                at++;
            }
            case '+' -> {
                least = 1;
                most = -1;
                at++;
            }
            case '?' -> {
                least = 0;
                most = 1;
                at++;
            }
            case '{' -> {
                at++;
                least = number(0);
                most = least;
                if (at < text.length() && text.charAt(at) == ',') {
                    at++;
                    most = number(-1);
                }
                expect('}');
                if (most >= 0 && most < least) {
                    throw refuse("repeating fewer times than it must");
                }
            }
            default -> {
                return piece;
            }
        }
        if (at < text.length() && (text.charAt(at) == '?' || text.charAt(at) == '+')) {
            // Whether it prefers more or fewer makes no difference to whether it matches.
            if (text.charAt(at) == '+') {
                throw refuse("using possessive repetition");
            }
            at++;
        }
        if (at < text.length() && "*+?{".indexOf(text.charAt(at)) >= 0) {
            throw refuse("repeating a repetition");
        }
        return repeat(piece, from, to, least, most);
    }

    /** Chains copies of a piece, the first of which exists already. */
    private Piece repeat(Piece first, int from, int to, int least, int most) {
        int after = at;
        Piece chain = empty();
        Piece copy = first;
        int copies = most < 0 ? Math.max(1, least) : most;
        for (int i = 0; i < copies; i++) {
            if (i > 0) {
                at = from;
                copy = atom();
                if (at != to) {
                    throw new IllegalStateException("the same text was read differently");
                }
            }
            int end = add(Kind.SPLIT, null);
            int begin = add(Kind.SPLIT, null);
            states.get(chain.end()).next = begin;
            states.get(begin).next = copy.start();
            states.get(copy.end()).next = end;
            if (i >= least) {
                states.get(begin).other = end;
            }
            if (most < 0 && i == copies - 1) {
                states.get(copy.end()).other = copy.start();
            }
            chain = new Piece(chain.start(), end);
        }
        at = after;
        return chain;
    }

    private int number(int absent) {
        int from = at;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            return absent;
        }
        if (at - from > 4) {
            throw refuse("too large");
        }
        return Integer.parseInt(text.substring(from, at));
    }

    private Piece atom() {
        char sign = text.charAt(at++);
        return switch (sign) {
            case '.' -> single(Kind.CHARACTER, c -> c != '\n');
            case '^' -> single(Kind.BEGINNING, null);
            case '$' -> single(Kind.END, null);
            case '[' -> single(Kind.CHARACTER, characterClass());
            case '\\' -> single(Kind.CHARACTER, escaped());
            case '(' -> group();
            case '*', '+', '?', '{' -> throw refuse("repeating nothing");
            default -> single(Kind.CHARACTER, c -> c == sign);
        };
    }

    private Piece group() {
        if (at < text.length() && text.charAt(at) == '?') {
            if (!text.startsWith("?:", at)) {
                throw refuse("using (?…), of which only (?:…) is known");
            }
            at += 2;
        }
        Piece inside = alternatives();
        expect(')');
        return inside;
    }

    private IntPredicate escaped() {
        if (at >= text.length()) {
            throw refuse("ending in a backslash");
        }
        char sign = text.charAt(at++);
        IntPredicate digit = c -> c >= '0' && c <= '9';
        IntPredicate word = c -> Character.isLetterOrDigit(c) || c == '_';
        IntPredicate space = Character::isWhitespace;
        return switch (sign) {
            case 'd' -> digit;
            case 'D' -> digit.negate();
            case 'w' -> word;
            case 'W' -> word.negate();
            case 's' -> space;
            case 'S' -> space.negate();
            default -> {
                if (Character.isLetterOrDigit(sign)) {
                    throw refuse("using \\" + sign);
                }
                yield c -> c == sign;
            }
        };
    }

    private IntPredicate characterClass() {
        boolean negated = at < text.length() && text.charAt(at) == '^';
        if (negated) {
            at++;
        }
        IntPredicate any = _ -> false;
        boolean first = true;
        while (at < text.length() && (first || text.charAt(at) != ']')) {
            first = false;
            char from = text.charAt(at++);
            if (from == '\\') {
                any = any.or(escaped());
            } else if (at + 1 < text.length()
                    && text.charAt(at) == '-'
                    && text.charAt(at + 1) != ']') {
                char to = text.charAt(at + 1);
                if (to == '\\' || to < from) {
                    throw refuse("using an odd range in [ ]");
                }
                at += 2;
                any = any.or(c -> c >= from && c <= to);
            } else {
                any = any.or(c -> c == from);
            }
        }
        expect(']');
        return negated ? any.negate() : any;
    }

    private void expect(char sign) {
        if (at >= text.length() || text.charAt(at) != sign) {
            throw refuse("lacking a '%c'".formatted(sign));
        }
        at++;
    }

    private UserException refuse(String why) {
        return new UserException(
                "%s: the pattern '%s' cannot be read, %s; open the float checkpoint instead"
                        .formatted(where, Printable.of(text), why));
    }
}
