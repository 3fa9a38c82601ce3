package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.StoredBytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The typed values of a file's header. Asking for a value of another kind, or outside the range
 * that makes sense, is an error that names the key.
 */
final class Metadata {
    private static final int LONGEST_TEXT = 1 << 20;

    /** The most elements of an array that is turned into Java's. */
    private static final int MOST_ELEMENTS = 1 << 24;

    /** The most bytes of all strings of an array together. */
    private static final long LONGEST_TEXTS = 1 << 26;

    private final Path path;
    private final StoredBytes bytes;
    private final Map<String, Value> values;

    Metadata(Path path, StoredBytes bytes, Map<String, Value> values) {
        this.path = path;
        this.bytes = bytes;
        this.values = values;
    }

    Path path() {
        return path;
    }

    Set<String> keys() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /**
     * A whole number. Some writers give one number a layer: an array of equal numbers counts as
     * that number.
     *
     * @throws UserException if it is missing, no whole number or outside the range
     */
    long whole(String key, long least, long most) {
        Value value = require(key);
        if (value instanceof Value.Sequence(ValueType type, long count, long position)
                && type.isInteger()
                && count > 0) {
            value = oneForAll(key, type, count, position);
        }
        if (value instanceof Value.Whole(ValueType type, long number)
                && number >= least
                && number <= most) {
            return number;
        }
        throw refuse(
                key, value, "a whole number from %d to %d belongs there".formatted(least, most));
    }

    private Value oneForAll(String key, ValueType type, long count, long position) {
        Cursor cursor = cursor(key, position);
        long first = whole(cursor, type);
        for (long i = 1; i < count; i++) {
            if (whole(cursor, type) != first) {
                throw refuse(
                        key, require(key), "layers that differ from each other are not supported");
            }
        }
        return new Value.Whole(type, first);
    }

    /** A whole number, or {@code absent} where the key is missing. */
    long whole(String key, long least, long most, long absent) {
        return has(key) ? whole(key, least, most) : absent;
    }

    /** A finite number. */
    double real(String key) {
        Value value = require(key);
        if (value instanceof Value.Real(double number) && Double.isFinite(number)) {
            return number;
        }
        if (value instanceof Value.Whole(ValueType type, long number)) {
            return number;
        }
        throw refuse(key, value, "a finite number belongs there");
    }

    double real(String key, double absent) {
        return has(key) ? real(key) : absent;
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        Value value = require(key);
        if (value instanceof Value.Flag(boolean flag)) {
            return flag;
        }
        throw refuse(key, value, "true or false belongs there");
    }

    /** A string of at most a mebibyte. */
    String text(String key) {
        Value value = require(key);
        if (value instanceof Value.Text(long position, long length)) {
            return cursor(key, position - Long.BYTES).text(LONGEST_TEXT);
        }
        throw refuse(key, value, "a string belongs there");
    }

    String text(String key, String absent) {
        return has(key) ? text(key) : absent;
    }

    /** An array of strings, of at most 64 MiB together. */
    String[] texts(String key) {
        Value.Sequence sequence = sequence(key, "an array of strings");
        if (sequence.type() != ValueType.STRING) {
            throw refuse(key, sequence, "an array of strings belongs there");
        }
        Cursor cursor = cursor(key, sequence.position());
        String[] texts = new String[(int) sequence.count()];
        long longest = sequence.position() + LONGEST_TEXTS;
        for (int i = 0; i < texts.length; i++) {
            texts[i] = cursor.text(LONGEST_TEXT);
            if (cursor.position() > longest) {
                throw refuse(
                        key, sequence, "more than %d bytes are too many".formatted(LONGEST_TEXTS));
            }
        }
        return texts;
    }

    /** An array of numbers of any type, as float32. */
    float[] reals(String key) {
        Value.Sequence sequence = sequence(key, "an array of numbers");
        ValueType type = sequence.type();
        if (!type.isReal() && !type.isInteger()) {
            throw refuse(key, sequence, "an array of numbers belongs there");
        }
        Cursor cursor = cursor(key, sequence.position());
        float[] reals = new float[(int) sequence.count()];
        for (int i = 0; i < reals.length; i++) {
            reals[i] =
                    switch (type) {
                        case FLOAT32 -> Float.intBitsToFloat((int) cursor.unsignedInteger());
                        case FLOAT64 -> (float) Double.longBitsToDouble(cursor.wide());
                        default -> whole(cursor, type);
                    };
        }
        return reals;
    }

    /** An array of whole numbers of any type, narrowed to 32 bits. */
    int[] wholes(String key) {
        Value.Sequence sequence = sequence(key, "an array of whole numbers");
        if (!sequence.type().isInteger()) {
            throw refuse(key, sequence, "an array of whole numbers belongs there");
        }
        Cursor cursor = cursor(key, sequence.position());
        int[] wholes = new int[(int) sequence.count()];
        for (int i = 0; i < wholes.length; i++) {
            wholes[i] = (int) whole(cursor, sequence.type());
        }
        return wholes;
    }

    private Value.Sequence sequence(String key, String what) {
        Value value = require(key);
        if (!(value instanceof Value.Sequence sequence)) {
            throw refuse(key, value, what + " belongs there");
        }
        if (sequence.count() > MOST_ELEMENTS) {
            throw refuse(key, value, "more than %d are too many".formatted(MOST_ELEMENTS));
        }
        return sequence;
    }

    /** Reads a whole number of a type, with its sign. */
    static long whole(Cursor cursor, ValueType type) {
        long raw = cursor.number(type.bytes());
        return switch (type) {
            case INT8 -> (byte) raw;
            case INT16 -> (short) raw;
            case INT32 -> (int) raw;
            default -> raw;
        };
    }

    private Value require(String key) {
        Value value = values.get(key);
        if (value == null) {
            throw new UserException(
                    "%s lacks the metadata key '%s'; convert the model again"
                            .formatted(Printable.of(path), key));
        }
        return value;
    }

    private Cursor cursor(String key, long position) {
        Cursor cursor = new Cursor(path, bytes, position);
        cursor.enter("metadata key '%s'".formatted(Printable.of(key)));
        return cursor;
    }

    /** What is wrong with a value, and what belongs there. */
    UserException refuse(String key, String remedy) {
        return refuse(key, require(key), remedy);
    }

    private UserException refuse(String key, Value value, String remedy) {
        return new UserException(
                "%s: metadata key '%s' is %s: %s"
                        .formatted(
                                Printable.of(path), Printable.of(key), shown(key, value), remedy));
    }

    private String shown(String key, Value value) {
        return value instanceof Value.Text(long position, long length) && length <= LONGEST_TEXT
                ? "'%s'".formatted(Printable.of(text(key)))
                : value.description();
    }
}
