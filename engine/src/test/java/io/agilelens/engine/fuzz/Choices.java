package io.agilelens.engine.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * Bytes of a fuzzer read as a row of decisions. When they are used up every further decision is the
 * first one, so a short input is a small damage.
 */
final class Choices {
    private final byte[] bytes;
    private int next;

    Choices(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return next >= bytes.length;
    }

    int octet() {
        return isEmpty() ? 0 : bytes[next++] & 0xFF;
    }

    /** A number from 0 to {@code bound − 1}; takes two bytes only where one is too few. */
    int below(int bound) {
        if (bound <= 1) {
            return 0;
        }
        return (bound <= 256 ? octet() : octet() << 8 | octet()) % bound;
    }

    <T> T of(List<T> values) {
        return values.get(below(values.size()));
    }

    /** What was not used. */
    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, Math.min(next, bytes.length), bytes.length);
        next = bytes.length;
        return rest;
    }
}
