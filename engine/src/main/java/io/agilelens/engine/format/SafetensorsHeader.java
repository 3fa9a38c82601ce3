package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * The JSON header of a safetensors file, believed only after every number in it was checked. Read
 * as a stream, so that a hostile header costs no more memory than a few times its bytes.
 *
 * @param metadata the {@code __metadata__} object
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    private static final int MOST_DIMENSIONS = 16;

    /** Far more than any file has; each costs some hundred bytes of memory. */
    private static final int MOST_TENSORS = 1 << 18;

    private static final int MOST_METADATA = 1 << 16;

    /** Types of the format that have no {@link DType} here. */
    private static final Set<String> OTHER_TYPES =
            Set.of("C64", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F4", "F6_E2M3", "F6_E3M2");

    /**
     * One tensor.
     *
     * @param begin offset of its first byte in the data block
     * @param end offset behind its last byte
     */
    record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

    List<Entry> entriesInFileOrder() {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        return sorted;
    }

    /** Checks that the tensors cover the data block exactly: no hole, no overlap, no rest. */
    void checkCoverage(long dataBytes, Path path) {
        long covered = 0;
        String previous = "the header";
        for (Entry entry : entriesInFileOrder()) {
            String name = "tensor '%s'".formatted(Printable.of(entry.name()));
            if (entry.end() > dataBytes) {
                throw broken(
                        path,
                        "%s ends at byte %d of the data but there are only %d; the file is probably cut short"
                                .formatted(name, entry.end(), dataBytes));
            }
            if (entry.begin() < covered) {
                throw broken(path, "%s overlaps %s".formatted(name, previous));
            }
            if (entry.begin() > covered) {
                throw broken(
                        path,
                        "%d bytes between %s and %s belong to no tensor"
                                .formatted(entry.begin() - covered, previous, name));
            }
            covered = entry.end();
            previous = name;
        }
        if (covered != dataBytes) {
            throw broken(
                    path, "%d bytes at its end belong to no tensor".formatted(dataBytes - covered));
        }
    }

    static SafetensorsHeader parse(byte[] json, Path path) {
        if (json.length == 0 || json[0] != '{') {
            throw broken(path, "its header does not start with '{'; it is no safetensors file");
        }
        if (json.length > 1 && json[1] == 0) {
            // The parser would recognise other encodings by such bytes, and read them.
            throw broken(path, "its header is not in UTF-8");
        }
        try (JsonParser parser = JsonFiles.BOUNDED.createParser(ObjectReadContext.empty(), json)) {
            return new Reader(parser, path).header();
        } catch (JacksonException failure) {
            throw new UserException(
                    brokenLine(path, "its header is no valid JSON: " + JsonFiles.reason(failure)),
                    failure);
        }
    }

    static UserException broken(Path path, String what) {
        return new UserException(brokenLine(path, what));
    }

    private static String brokenLine(Path path, String what) {
        return "%s is damaged: %s; get the file again".formatted(Printable.of(path), what);
    }

    /** Walks the tokens of one header. */
    private static final class Reader {
        private final JsonParser parser;
        private final Path path;

        Reader(JsonParser parser, Path path) {
            this.parser = parser;
            this.path = path;
        }

        SafetensorsHeader header() {
            parser.nextToken();
            List<Entry> entries = new ArrayList<>();
            Set<String> names = new HashSet<>();
            Map<String, String> metadata = Map.of();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (!names.add(name)) {
                    throw broken(path, "its header names '%s' twice".formatted(Printable.of(name)));
                }
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    entries.add(entry(name));
                    if (entries.size() > MOST_TENSORS) {
                        throw broken(
                                path,
                                "its header names more than %d tensors".formatted(MOST_TENSORS));
                    }
                }
            }
            if (parser.nextToken() != null) {
                throw broken(path, "something follows the header's closing brace");
            }
            return new SafetensorsHeader(List.copyOf(entries), metadata);
        }

        private Map<String, String> metadata() {
            expect(JsonToken.START_OBJECT, METADATA, "an object");
            Map<String, String> metadata = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                expect(JsonToken.VALUE_STRING, METADATA + " " + key, "a string");
                if (metadata.put(key, parser.getString()) != null) {
                    throw broken(
                            path, "%s names '%s' twice".formatted(METADATA, Printable.of(key)));
                }
                if (metadata.size() > MOST_METADATA) {
                    throw broken(
                            path, "%s has more than %d keys".formatted(METADATA, MOST_METADATA));
                }
            }
            return Collections.unmodifiableMap(metadata);
        }

        private Entry entry(String name) {
            expect(JsonToken.START_OBJECT, name, "an object");
            String dtype = null;
            long[] shape = null;
            long[] offsets = null;
            Set<String> keys = new HashSet<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                if (!keys.add(key)) {
                    throw wrong(name, "names '%s' twice".formatted(Printable.of(key)));
                }
                switch (key) {
                    case "dtype" -> {
                        expect(JsonToken.VALUE_STRING, name + " dtype", "a string");
                        dtype = parser.getString();
                    }
                    case "shape" -> shape = sizes(name, "shape");
                    case "data_offsets" -> offsets = sizes(name, "data_offsets");
                    default -> {
                        parser.nextToken();
                        parser.skipChildren();
                    }
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw wrong(name, "lacks one of dtype, shape and data_offsets");
            }
            if (offsets.length != 2) {
                throw wrong(name, "needs two data_offsets, has " + offsets.length);
            }
            Entry entry = new Entry(name, dtype(name, dtype), shape, offsets[0], offsets[1]);
            checkSize(entry);
            return entry;
        }

        private void checkSize(Entry entry) {
            long bytes = entry.dtype().bytes();
            try {
                for (long size : entry.shape()) {
                    bytes = Math.multiplyExact(bytes, size);
                }
            } catch (ArithmeticException overflow) {
                throw wrong(
                        entry.name(), "has the impossible shape " + Arrays.toString(entry.shape()));
            }
            if (entry.begin() > entry.end() || entry.end() - entry.begin() != bytes) {
                throw wrong(
                        entry.name(),
                        "has shape %s of %s, which is %d bytes, but data_offsets %d to %d"
                                .formatted(
                                        Arrays.toString(entry.shape()),
                                        entry.dtype(),
                                        bytes,
                                        entry.begin(),
                                        entry.end()));
            }
        }

        private DType dtype(String name, String dtype) {
            for (DType known : DType.values()) {
                if (known.name().equals(dtype)) {
                    return known;
                }
            }
            if (OTHER_TYPES.contains(dtype)) {
                throw new UserException(
                        "%s: tensor '%s' is stored as %s, which is not supported; convert it to F32, F16 or BF16"
                                .formatted(Printable.of(path), Printable.of(name), dtype));
            }
            throw wrong(name, "has the unknown dtype '%s'".formatted(Printable.of(dtype)));
        }

        private long[] sizes(String name, String key) {
            String place = name + " " + key;
            expect(JsonToken.START_ARRAY, place, "an array");
            long[] sizes = new long[MOST_DIMENSIONS];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (count == MOST_DIMENSIONS) {
                    throw wrong(name, "has more than %d numbers in %s".formatted(count, key));
                }
                if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        || parser.getLongValue() < 0) {
                    throw wrong(
                            name,
                            "has %s that is no whole number from 0 to 2^63 − 1: %s"
                                    .formatted(key, Printable.of(parser.getString())));
                }
                sizes[count++] = parser.getLongValue();
            }
            return Arrays.copyOf(sizes, count);
        }

        private void expect(JsonToken expected, String place, String what) {
            if (parser.nextToken() != expected) {
                throw broken(
                        path, "'%s' in its header must be %s".formatted(Printable.of(place), what));
            }
        }

        private UserException wrong(String name, String what) {
            return broken(path, "tensor '%s' %s".formatted(Printable.of(name), what));
        }
    }
}
