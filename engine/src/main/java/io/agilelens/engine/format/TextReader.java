package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text of any size, read as it is needed. Bytes that are no UTF-8 become U+FFFD, one for each
 * malformed sequence as the Unicode standard counts them, and are counted; a byte order mark in
 * front is dropped. What is no text at all is refused: UTF-16, and files with NUL bytes.
 */
public final class TextReader extends Reader {
    private static final char REPLACEMENT = '�';
    private static final int BLOCK = 1 << 16;

    private final String source;
    private final InputStream stream;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK).flip();
    private long position;
    private boolean ended;
    private long replaced;
    private int pendingReplacements;

    private TextReader(String source, InputStream stream) {
        this.source = source;
        this.stream = stream;
    }

    /**
     * @throws UserException if it cannot be read, is a folder, is empty or no text
     */
    public static TextReader open(Path path) {
        if (Files.isDirectory(path)) {
            throw new UserException(
                    "%s is a folder; give a text file".formatted(Printable.of(path)));
        }
        try {
            return of(Printable.of(path), Files.newInputStream(path));
        } catch (IOException failure) {
            throw FileErrors.reading(path, failure);
        }
    }

    /**
     * @param source where the text comes from, for messages
     * @param stream its bytes, closed with the reader
     * @throws UserException if it cannot be read, is empty or no text
     */
    public static TextReader of(String source, InputStream stream) {
        TextReader reader = new TextReader(source, new BufferedInputStream(stream, BLOCK));
        try {
            reader.begin();
            return reader;
        } catch (IOException | RuntimeException failure) {
            reader.closeQuietly();
            throw failure instanceof RuntimeException told ? told : reader.failed(failure);
        }
    }

    /** Where the text comes from, for a person to read. */
    public String source() {
        return source;
    }

    /** Sequences of bytes that were no UTF-8, in what was read so far. */
    public long replaced() {
        return replaced;
    }

    /** The rest of the text. */
    public String readRest() {
        StringBuilder text = new StringBuilder();
        char[] part = new char[BLOCK];
        for (int count = read(part, 0, BLOCK); count >= 0; count = read(part, 0, BLOCK)) {
            text.append(part, 0, count);
        }
        return text.toString();
    }

    private void begin() throws IOException {
        fill();
        if (ended && !bytes.hasRemaining()) {
            throw new UserException("%s is empty; give a text".formatted(source));
        }
        int first = bytes.remaining() > 0 ? bytes.get(0) & 0xFF : 0;
        int second = bytes.remaining() > 1 ? bytes.get(1) & 0xFF : 0;
        boolean marked = first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE;
        if (marked || looksWide()) {
            throw new UserException(
                    "%s is in UTF-16; convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8"
                            .formatted(source));
        }
        refuseZeros(0, bytes.limit(), 0);
        if (bytes.remaining() > 2
                && first == 0xEF
                && second == 0xBB
                && (bytes.get(2) & 0xFF) == 0xBF) {
            bytes.position(3);
            if (!bytes.hasRemaining() && ended) {
                throw new UserException("%s is empty; give a text".formatted(source));
            }
        }
    }

    /** Whether every other byte is 0, as in UTF-16 of Latin letters without a mark. */
    private boolean looksWide() {
        int pairs = bytes.limit() / 2;
        int low = 0;
        int high = 0;
        for (int i = 0; i < pairs; i++) {
            low += bytes.get(2 * i) == 0 ? 1 : 0;
            high += bytes.get(2 * i + 1) == 0 ? 1 : 0;
        }
        return pairs > 0
                && (low == 0 && high * 10 > pairs * 9 || high == 0 && low * 10 > pairs * 9);
    }

    private void refuseZeros(int from, int to, long firstPosition) {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) == 0) {
                throw new UserException(
                        "%s is no text: byte %,d is 0; give a UTF-8 text file"
                                .formatted(source, firstPosition + i - from));
            }
        }
    }

    /** Reads more bytes behind those not decoded yet. */
    private void fill() throws IOException {
        bytes.compact();
        int from = bytes.position();
        long at = position;
        while (!ended && bytes.hasRemaining()) {
            int count =
                    stream.read(
                            bytes.array(),
                            bytes.arrayOffset() + bytes.position(),
                            bytes.remaining());
            if (count < 0) {
                ended = true;
            } else {
                bytes.position(bytes.position() + count);
                position += count;
            }
        }
        bytes.flip();
        if (at > 0) {
            refuseZeros(from, bytes.limit(), at);
        }
    }

    /**
     * @throws UserException if the text cannot be read further or is none
     */
    @Override
    public int read(char[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        CharBuffer characters = CharBuffer.wrap(target, offset, length);
        int start = characters.position();
        try {
            decode(characters);
        } catch (IOException failure) {
            throw failed(failure);
        }
        int count = characters.position() - start;
        return count == 0 ? -1 : count;
    }

    private void decode(CharBuffer characters) throws IOException {
        while (characters.hasRemaining()) {
            if (pendingReplacements > 0) {
                characters.put(REPLACEMENT);
                pendingReplacements--;
                continue;
            }
            CoderResult result = decoder.decode(bytes, characters, ended);
            if (result.isError()) {
                bytes.position(bytes.position() + result.length());
                replaced++;
                pendingReplacements++;
            } else if (result.isUnderflow()) {
                if (ended) {
                    return;
                }
                fill();
            } else {
                // A pair of surrogates may be left that does not fit any more.
                return;
            }
        }
    }

    private UserException failed(Exception failure) {
        return new UserException(
                "%s cannot be read: %s; check the file"
                        .formatted(source, Printable.of(failure.getMessage())),
                failure);
    }

    private void closeQuietly() {
        try {
            close();
        } catch (UserException ignored) {
            // What went wrong before is what is told.
        }
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException failure) {
            throw failed(failure);
        }
    }
}
