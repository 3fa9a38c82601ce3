package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON that comes with a model. Size, nesting and the length of numbers are bounded, a key
 * may stand once in an object, nothing may follow the value; what breaks a rule becomes one line
 * with the place.
 */
public final class JsonFiles {
    private static final int DEEPEST = 64;
    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_KEY = 65_536;
    private static final int LONGEST_STRING = 16 << 20;

    /**
     * Brackets, keys and values in a file; each may cost a hundred bytes of memory. The largest
     * tokenizers have not quite three million.
     */
    private static final long MOST_TOKENS = 4_000_000;

    /** Parsers for hostile files, without the duplicate check, which costs memory per key. */
    static final JsonFactory BOUNDED =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNumberLength(LONGEST_NUMBER)
                                    .maxNameLength(LONGEST_KEY)
                                    .maxStringLength(LONGEST_STRING)
                                    .build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    // Python writes infinities and NaN into JSON as bare words.
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            BOUNDED.rebuild()
                                    .streamReadConstraints(
                                            BOUNDED.streamReadConstraints()
                                                    .rebuild()
                                                    .maxTokenCount(MOST_TOKENS)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** What the parser adds about its own methods and settings. */
    private static final Pattern INSIDE =
            Pattern.compile(
                    ", from `[^`]*`|: enable `[^`]*` to allow| \\(`[^`]*`\\)| \\(bound as .*|"
                            + " \\(start marker at \\[[^\\]]*\\]\\)");

    private JsonFiles() {}

    /**
     * Reads a whole JSON object from a file.
     *
     * @param largest the most bytes it may have
     * @throws UserException if it cannot be read, is larger, is no JSON or no object
     */
    public static JsonNode readObject(Path path, long largest) {
        return parseObject(readBytes(path, largest), path);
    }

    /**
     * Reads a whole file.
     *
     * @param largest the most bytes it may have
     */
    public static byte[] readBytes(Path path, long largest) {
        if (!Files.isRegularFile(path) && Files.exists(path)) {
            throw new UserException(
                    "%s is no file; put the file itself in its place".formatted(name(path)));
        }
        try (InputStream stream = Files.newInputStream(path)) {
            long size = Files.size(path);
            if (size > largest) {
                throw new UserException(
                        "%s is larger than the %d bytes such a file may have; it is not what its name says, get it again"
                                .formatted(name(path), largest));
            }
            // No more than the announced size: what lies under /proc may have no end.
            byte[] bytes = new byte[Math.toIntExact(size)];
            int read = stream.readNBytes(bytes, 0, bytes.length);
            return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    /**
     * Parses a whole JSON object, unless the thread's work is cancelled meanwhile.
     *
     * @param path where it came from, for the message
     */
    public static JsonNode parseObject(byte[] json, Path path) {
        JsonNode value;
        try {
            value = MAPPER.readTree(cancellable(json));
        } catch (JacksonException failure) {
            throw new UserException(
                    "%s is no valid JSON: %s; mend it or get the file again"
                            .formatted(name(path), reason(failure)),
                    failure);
        }
        if (!value.isObject()) {
            throw new UserException(
                    "%s must hold a JSON object in { }; get the file again".formatted(name(path)));
        }
        return value;
    }

    /** The parser reads a few thousand bytes at a time. */
    private static InputStream cancellable(byte[] bytes) {
        Cancellation cancellation = Cancellation.current();
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] into, int offset, int length) {
                cancellation.check();
                return super.read(into, offset, length);
            }
        };
    }

    /** What the parser says, with line and column, on one line. */
    public static String reason(JacksonException failure) {
        String original = String.valueOf(failure.getOriginalMessage());
        String reason = Printable.of(INSIDE.matcher(original).replaceAll(""));
        TokenStreamLocation place = failure.getLocation();
        return place == null || place.getLineNr() < 1
                ? reason
                : "%s (line %d, column %d)"
                        .formatted(reason, place.getLineNr(), place.getColumnNr());
    }

    private static String name(Path path) {
        return Printable.of(path);
    }
}
