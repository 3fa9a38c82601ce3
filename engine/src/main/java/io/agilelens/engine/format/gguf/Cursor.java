package io.agilelens.engine.format.gguf;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.StoredBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads little-endian numbers and strings one after another and never over the end: a length is
 * compared with the bytes that remain before anything of that size is made.
 */
final class Cursor {
    private static final int WINDOW = 1 << 16;

    private final Path path;
    private final StoredBytes bytes;
    private final byte[] window;
    private long windowStart;
    private int windowLength;
    private long position;
    private String place = "the header";

    Cursor(Path path, StoredBytes bytes, long position) {
        this.path = path;
        this.bytes = bytes;
        this.window = new byte[(int) Math.min(WINDOW, bytes.size())];
        this.position = position;
    }

    /** Where the next byte stands. */
    long position() {
        return position;
    }

    long remaining() {
        return bytes.size() - position;
    }

    /** Names what is read next, for messages. */
    void enter(String newPlace) {
        place = newPlace;
    }

    String place() {
        return place;
    }

    int unsignedByte() {
        return (int) number(1);
    }

    long unsignedInteger() {
        return number(4);
    }

    /** 64 bits; unsigned numbers of 2^63 and more come out negative. */
    long wide() {
        return number(8);
    }

    /** A number of 1, 2, 4 or 8 bytes, not sign-extended. */
    long number(int size) {
        need(size);
        if (position < windowStart || position + size > windowStart + windowLength) {
            windowStart = position;
            windowLength = (int) Math.min(window.length, remaining());
            bytes.copyTo(position, window, 0, windowLength);
        }
        int at = (int) (position - windowStart);
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | window[at + i] & 0xFF;
        }
        position += size;
        return value;
    }

    /**
     * The length of a string or the count of an array whose elements take at least {@code least}.
     */
    long length(String what, long least) {
        long length = wide();
        if (length < 0 || length > remaining() / least) {
            throw damaged(
                    "%s announces %s of %s at byte %d, but only %d bytes follow"
                            .formatted(
                                    place,
                                    what,
                                    Long.toUnsignedString(length),
                                    position - 8,
                                    remaining()));
        }
        return length;
    }

    /** Passes over bytes that {@link #length} has shown to be there. */
    void skip(long count) {
        need(count);
        position += count;
    }

    /**
     * A string, malformed UTF-8 replaced.
     *
     * @param most bytes it may have
     */
    String text(int most) {
        long length = length("a string", 1);
        if (length > most) {
            throw damaged(
                    "%s has a string of %d bytes at byte %d, more than the %d allowed"
                            .formatted(place, length, position - 8, most));
        }
        return new String(take((int) length), StandardCharsets.UTF_8);
    }

    private byte[] take(int length) {
        byte[] taken = new byte[length];
        bytes.copyTo(position, taken, 0, length);
        position += length;
        return taken;
    }

    private void need(long count) {
        if (count > remaining()) {
            throw damaged(
                    "it ends at byte %d, inside %s; it is probably cut short"
                            .formatted(bytes.size(), place));
        }
    }

    UserException damaged(String what) {
        return damaged(path, what);
    }

    static UserException damaged(Path path, String what) {
        return new UserException(
                "%s is damaged: %s; get the file again".formatted(Printable.of(path), what));
    }
}
