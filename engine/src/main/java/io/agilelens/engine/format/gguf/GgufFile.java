package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.MappedFile;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One GGUF file of version 2 or 3: metadata and tensors under the names of the file. Opening it
 * reads the header only; the weights stay in the mapped file.
 */
final class GgufFile implements AutoCloseable {
    static final String ALIGNMENT = "general.alignment";

    private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] POINTER = "version ".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_BYTES = 4;

    /** Far above what any model has, so that a hostile header costs little. */
    private static final long MOST_ENTRIES = 1 << 16;

    private static final int LONGEST_KEY = 65_535;
    private static final long LONGEST_KEYS = 1 << 24;

    /** Strings and arrays inside of arrays that are walked over, in the whole file. */
    private static final long MOST_ELEMENTS = 1 << 26;

    private static final int LONGEST_NAME = 64;
    private static final int MOST_DIMENSIONS = 4;
    private static final int DEEPEST_ARRAY = 8;
    private static final long LARGEST_ALIGNMENT = 1 << 20;
    private static final long USUAL_ALIGNMENT = 32;

    // The least that one of them can take in the file.
    private static final int SMALLEST_VALUE = 8 + 4 + 1;
    private static final int SMALLEST_TENSOR = 8 + 4 + 4 + 8;

    /**
     * One line of the tensor table.
     *
     * @param shape slowest dimension first, the reverse of the file
     * @param offset of its first byte in the data section
     */
    record Entry(String name, TensorType type, long[] shape, long offset, long bytes) {}

    private final MappedFile file;
    private final long version;
    private final Metadata metadata;
    private final List<Entry> entries;
    private final StoredBytes data;

    private GgufFile(
            MappedFile file,
            long version,
            Metadata metadata,
            List<Entry> entries,
            StoredBytes data) {
        this.file = file;
        this.version = version;
        this.metadata = metadata;
        this.entries = entries;
        this.data = data;
    }

    /** Whether a file starts like a GGUF file. */
    static boolean startsLikeOne(byte[] firstBytes) {
        return Arrays.equals(
                firstBytes, 0, Math.min(firstBytes.length, MAGIC.length), MAGIC, 0, MAGIC.length);
    }

    /**
     * Opens and checks a file.
     *
     * @throws UserException if it cannot be read or breaks a rule of the format
     */
    static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path, "a .gguf file");
        try {
            return new Parser(file).parse();
        } catch (RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    Path path() {
        return file.path();
    }

    long version() {
        return version;
    }

    Metadata metadata() {
        return metadata;
    }

    List<Entry> entries() {
        return entries;
    }

    /** A tensor under a name of the caller's. */
    Tensor tensor(Entry entry, String name) {
        return entry.type()
                .tensor(name, entry.shape(), data.slice(entry.offset(), entry.bytes()), path());
    }

    @Override
    public void close() {
        file.close();
    }

    /** Walks one header. */
    private static final class Parser {
        private final MappedFile file;
        private final Path path;
        private long elements;

        Parser(MappedFile file) {
            this.file = file;
            this.path = file.path();
        }

        GgufFile parse() {
            checkMagic();
            StoredBytes bytes = file.bytes();
            Cursor cursor = new Cursor(path, bytes, MAGIC.length);
            long version = version(cursor);
            long tensors = count(cursor, "tensors");
            long values = count(cursor, "metadata values");
            checkFits(values, SMALLEST_VALUE, "metadata values", cursor);
            Metadata metadata = new Metadata(path, bytes, values(cursor, values));
            long alignment = alignment(metadata);
            checkFits(tensors, SMALLEST_TENSOR, "tensors", cursor);
            List<Entry> entries = entries(cursor, tensors, alignment);
            long start = aligned(cursor.position(), alignment);
            if (start > bytes.size()) {
                if (!entries.isEmpty()) {
                    throw Cursor.damaged(
                            path,
                            "it ends at byte %d, before its data; it is probably cut short"
                                    .formatted(bytes.size()));
                }
                start = bytes.size();
            }
            StoredBytes data = bytes.slice(start, bytes.size() - start);
            checkPlaces(entries, data.size());
            return new GgufFile(file, version, metadata, List.copyOf(entries), data);
        }

        private void checkMagic() {
            if (file.size() == 0) {
                throw Cursor.damaged(path, "it is empty");
            }
            byte[] first = new byte[(int) Math.min(file.size(), POINTER.length)];
            file.read(ByteBuffer.wrap(first), 0);
            if (Arrays.equals(first, POINTER)) {
                throw new UserException(
                        "%s is only a Git LFS pointer, not the weights; fetch them with 'git lfs pull'"
                                .formatted(Printable.of(path)));
            }
            if (!startsLikeOne(first)) {
                throw new UserException(
                        "%s is no GGUF file: it does not start with 'GGUF'; get the file again"
                                .formatted(Printable.of(path)));
            }
        }

        private long version(Cursor cursor) {
            cursor.enter("the header");
            long version = cursor.number(VERSION_BYTES);
            long swapped = Integer.toUnsignedLong(Integer.reverseBytes((int) version));
            if (version > 0xFFFF && swapped <= 0xFFFF) {
                throw new UserException(
                        "%s is a big-endian GGUF file (its version bytes are swapped), which is not read; convert it with gguf_convert_endian.py or get the little-endian file"
                                .formatted(Printable.of(path)));
            }
            if (version != 2 && version != 3) {
                throw new UserException(
                        "%s is GGUF version %d; versions 2 and 3 are read: convert the model again with a current llama.cpp"
                                .formatted(Printable.of(path), version));
            }
            return version;
        }

        private long count(Cursor cursor, String what) {
            long count = cursor.wide();
            if (count < 0 || count > MOST_ENTRIES) {
                throw Cursor.damaged(
                        path,
                        "its header announces %s %s, more than the %d allowed"
                                .formatted(Long.toUnsignedString(count), what, MOST_ENTRIES));
            }
            return count;
        }

        private void checkFits(long count, int smallest, String what, Cursor cursor) {
            if (count > cursor.remaining() / smallest) {
                throw Cursor.damaged(
                        path,
                        "its header announces %d %s but only %d bytes follow; it is probably cut short"
                                .formatted(count, what, cursor.remaining()));
            }
        }

        private Map<String, Value> values(Cursor cursor, long count) {
            Map<String, Value> values = new LinkedHashMap<>();
            long letters = 0;
            for (long i = 0; i < count; i++) {
                cursor.enter("the key of metadata value %d".formatted(i));
                String key = cursor.text(LONGEST_KEY);
                letters += key.length();
                if (letters > LONGEST_KEYS) {
                    throw cursor.damaged(
                            "its metadata keys take more than %d letters together"
                                    .formatted(LONGEST_KEYS));
                }
                cursor.enter("metadata key '%s'".formatted(Printable.of(key)));
                if (values.put(key, value(cursor, type(cursor))) != null) {
                    throw Cursor.damaged(path, cursor.place() + " stands there twice");
                }
            }
            return values;
        }

        private static ValueType type(Cursor cursor) {
            long code = cursor.unsignedInteger();
            if (!ValueType.isKnown(code)) {
                throw cursor.damaged(
                        "%s has the unknown type %d at byte %d"
                                .formatted(cursor.place(), code, cursor.position() - 4));
            }
            return ValueType.of(code);
        }

        private Value value(Cursor cursor, ValueType type) {
            return switch (type) {
                case STRING -> {
                    long length = cursor.length("a string", 1);
                    Value text = new Value.Text(cursor.position(), length);
                    cursor.skip(length);
                    yield text;
                }
                case ARRAY -> array(cursor);
                case FLOAT32 -> new Value.Real(decimal((int) cursor.unsignedInteger()));
                case FLOAT64 -> new Value.Real(Double.longBitsToDouble(cursor.wide()));
                case BOOL -> flag(cursor);
                default -> new Value.Whole(type, Metadata.whole(cursor, type));
            };
        }

        /** The shortest decimal number that rounds to the float: 1e-5 and not 9.999999747e-6. */
        private static double decimal(int bits) {
            return Double.parseDouble(Float.toString(Float.intBitsToFloat(bits)));
        }

        private static Value flag(Cursor cursor) {
            int value = cursor.unsignedByte();
            if (value > 1) {
                throw cursor.damaged(
                        "%s must be 0 or 1 and is %d at byte %d"
                                .formatted(cursor.place(), value, cursor.position() - 1));
            }
            return new Value.Flag(value == 1);
        }

        private Value array(Cursor cursor) {
            ValueType type = type(cursor);
            long count = arrayCount(cursor, type);
            Value array = new Value.Sequence(type, count, cursor.position());
            skipElements(cursor, type, count, 1);
            return array;
        }

        private static long arrayCount(Cursor cursor, ValueType type) {
            long least =
                    switch (type) {
                        case STRING -> Long.BYTES;
                        case ARRAY -> Integer.BYTES + Long.BYTES;
                        default -> type.bytes();
                    };
            return cursor.length("an array", least);
        }

        private void skipElements(Cursor cursor, ValueType type, long count, int depth) {
            if (type.isFixed()) {
                cursor.skip(count * type.bytes());
                return;
            }
            if (depth > DEEPEST_ARRAY) {
                throw cursor.damaged(
                        "%s nests arrays more than %d deep at byte %d"
                                .formatted(cursor.place(), DEEPEST_ARRAY, cursor.position()));
            }
            elements += count;
            if (elements > MOST_ELEMENTS) {
                throw cursor.damaged(
                        "%s brings the strings and arrays inside of arrays to %d, more than the %d allowed"
                                .formatted(cursor.place(), elements, MOST_ELEMENTS));
            }
            for (long i = 0; i < count; i++) {
                if (type == ValueType.STRING) {
                    cursor.skip(cursor.length("a string", 1));
                } else {
                    ValueType inner = type(cursor);
                    skipElements(cursor, inner, arrayCount(cursor, inner), depth + 1);
                }
            }
        }

        private long alignment(Metadata metadata) {
            if (!metadata.has(ALIGNMENT)) {
                return USUAL_ALIGNMENT;
            }
            long alignment = metadata.whole(ALIGNMENT, 8, LARGEST_ALIGNMENT);
            if (Long.bitCount(alignment) != 1) {
                throw Cursor.damaged(
                        path,
                        "metadata key '%s' is %d, which is no power of two"
                                .formatted(ALIGNMENT, alignment));
            }
            return alignment;
        }

        private List<Entry> entries(Cursor cursor, long count, long alignment) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (long i = 0; i < count; i++) {
                cursor.enter("the name of tensor %d".formatted(i));
                String name = cursor.text(LONGEST_NAME);
                cursor.enter("tensor '%s'".formatted(Printable.of(name)));
                if (entries.put(name, entry(cursor, name, alignment)) != null) {
                    throw Cursor.damaged(path, cursor.place() + " stands there twice");
                }
            }
            return new ArrayList<>(entries.values());
        }

        private Entry entry(Cursor cursor, String name, long alignment) {
            long dimensions = cursor.unsignedInteger();
            if (dimensions > MOST_DIMENSIONS) {
                throw cursor.damaged(
                        "%s has %d dimensions, more than the %d allowed"
                                .formatted(cursor.place(), dimensions, MOST_DIMENSIONS));
            }
            long[] shape = new long[(int) dimensions];
            for (int i = shape.length - 1; i >= 0; i--) {
                shape[i] = cursor.wide();
                if (shape[i] < 0) {
                    throw cursor.damaged(
                            "%s has a dimension of %s"
                                    .formatted(cursor.place(), Long.toUnsignedString(shape[i])));
                }
            }
            TensorType type = tensorType(cursor);
            long offset = cursor.wide();
            if (Long.remainderUnsigned(offset, alignment) != 0) {
                throw cursor.damaged(
                        "%s starts at byte %s of the data, which is no multiple of %d"
                                .formatted(
                                        cursor.place(), Long.toUnsignedString(offset), alignment));
            }
            return new Entry(name, type, shape, offset, bytes(cursor, type, shape));
        }

        private TensorType tensorType(Cursor cursor) {
            long code = cursor.unsignedInteger();
            return TensorType.of(code)
                    .orElseThrow(
                            () ->
                                    TensorType.nameOfOther(code)
                                            .map(name -> unsupported(cursor, name))
                                            .orElseGet(
                                                    () ->
                                                            cursor.damaged(
                                                                    "%s has the unknown type %d"
                                                                            .formatted(
                                                                                    cursor.place(),
                                                                                    code))));
        }

        private UserException unsupported(Cursor cursor, String type) {
            return new UserException(
                    "%s: %s is stored as %s, which is not read; get the model in one of %s"
                            .formatted(
                                    Printable.of(path),
                                    cursor.place(),
                                    type,
                                    TensorType.readable()));
        }

        private static long bytes(Cursor cursor, TensorType type, long[] shape) {
            long row = shape.length == 0 ? 1 : shape[shape.length - 1];
            if (row % type.blockElements() != 0) {
                throw cursor.damaged(
                        "%s has rows of %d elements, which are no whole blocks of %d as %s needs"
                                .formatted(cursor.place(), row, type.blockElements(), type.name()));
            }
            try {
                long elements = 1;
                for (long size : shape) {
                    elements = Math.multiplyExact(elements, size);
                }
                return Math.multiplyExact(
                        elements / type.blockElements(), (long) type.blockBytes());
            } catch (ArithmeticException overflow) {
                throw cursor.damaged(
                        "%s has the impossible shape %s"
                                .formatted(cursor.place(), Arrays.toString(shape)));
            }
        }

        private static long aligned(long position, long alignment) {
            return (position + alignment - 1) / alignment * alignment;
        }

        /** Checks that every tensor lies inside the data and none in another. */
        private void checkPlaces(List<Entry> entries, long available) {
            List<Entry> sorted = new ArrayList<>(entries);
            sorted.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
            long covered = 0;
            String previous = "";
            for (Entry entry : sorted) {
                String name = "tensor '%s'".formatted(Printable.of(entry.name()));
                if (entry.offset() < 0
                        || entry.offset() > available
                        || entry.bytes() > available - entry.offset()) {
                    throw Cursor.damaged(
                            path,
                            "%s has %d bytes at byte %s of the data, but there are only %d; the file is probably cut short"
                                    .formatted(
                                            name,
                                            entry.bytes(),
                                            Long.toUnsignedString(entry.offset()),
                                            available));
                }
                if (entry.bytes() > 0 && entry.offset() < covered) {
                    throw Cursor.damaged(path, "%s overlaps %s".formatted(name, previous));
                }
                if (entry.bytes() > 0) {
                    covered = entry.offset() + entry.bytes();
                    previous = name;
                }
            }
        }
    }
}
