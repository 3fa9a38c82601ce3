package io.agilelens.engine.format.gguf;

/**
 * A metadata value. Strings and arrays stay in the file until they are asked for: a vocabulary of
 * 250 000 tokens costs nothing when only shapes are wanted.
 */
sealed interface Value {

    /** For messages: "a string", "an array of 3 INT32". */
    String description();

    /** A whole number; UINT64 above 2^63 − 1 appears negative and is refused by every range. */
    record Whole(ValueType type, long value) implements Value {
        @Override
        public String description() {
            return type == ValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /** A floating-point number. */
    record Real(double value) implements Value {
        @Override
        public String description() {
            return Double.toString(value);
        }
    }

    /** True or false. */
    record Flag(boolean value) implements Value {
        @Override
        public String description() {
            return Boolean.toString(value);
        }
    }

    /**
     * UTF-8 in the file.
     *
     * @param position of the first byte
     * @param length in bytes
     */
    record Text(long position, long length) implements Value {
        @Override
        public String description() {
            return "a string of %d bytes".formatted(length);
        }
    }

    /**
     * An array in the file, all of whose elements are known to lie inside it.
     *
     * @param position of the first element
     */
    record Sequence(ValueType type, long count, long position) implements Value {
        @Override
        public String description() {
            return "an array of %d %s".formatted(count, type);
        }
    }
}
