package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The sizes at the start of a llama2.c file (github.com/karpathy/llama2.c, {@code export.py}). The
 * oldest files begin with seven 32-bit numbers and nothing that names the format, so that only a
 * file whose length is exactly what those numbers ask for is taken for one. Newer ones begin with a
 * magic number and have a header of 256 bytes.
 *
 * @param version 0 for the oldest
 * @param tied whether the output head is the embedding
 * @param group weights that share a scale in version 2, otherwise 0
 */
record Llama2cHeader(
        int version,
        int hidden,
        int feedForward,
        int layers,
        int heads,
        int keyValueHeads,
        int vocabulary,
        int context,
        boolean tied,
        int group) {
    /** "ak42". */
    static final int MAGIC = 0x616b3432;

    private static final int LEGACY_BYTES = 7 * Integer.BYTES;
    private static final int VERSIONED_BYTES = 256;
    private static final int LARGEST_VERSION = 2;
    private static final int LARGEST_SIZE = 1 << 24;

    /**
     * Reads the header if there is one.
     *
     * @return empty if the file is something else
     * @throws UserException if it is a llama2.c file that is damaged or of an unknown version
     */
    static Optional<Llama2cHeader> read(MappedFile file) {
        if (file.size() < LEGACY_BYTES) {
            return Optional.empty();
        }
        int size = (int) Math.min(file.size(), VERSIONED_BYTES);
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.read(bytes, 0);
        bytes.flip();
        int magic = bytes.getInt(0);
        if (magic == MAGIC) {
            return Optional.of(versioned(bytes, file));
        }
        if (magic == Integer.reverseBytes(MAGIC)) {
            throw bigEndian(file.path());
        }
        return legacy(bytes, file);
    }

    private static Llama2cHeader versioned(ByteBuffer bytes, MappedFile file) {
        String name = Printable.of(file.path());
        if (file.size() < VERSIONED_BYTES) {
            throw new UserException(
                    "%s ends inside its header of %d bytes; get the file again"
                            .formatted(name, VERSIONED_BYTES));
        }
        int version = bytes.getInt(4);
        if (version < 1 || version > LARGEST_VERSION) {
            throw new UserException(
                    "%s is a llama2.c file of version %d: this program reads versions 0 to %d; export the model again with --version 1 or 2"
                            .formatted(name, version, LARGEST_VERSION));
        }
        int shared = bytes.get(8 + LEGACY_BYTES);
        int group = version == 2 ? bytes.getInt(8 + LEGACY_BYTES + 1) : 0;
        Llama2cHeader header = of(version, bytes, 8, shared == 1, group);
        if (!header.isPlausible() || shared < 0 || shared > 1) {
            throw new UserException(
                    "%s has sizes in its header that no model has: %s; get the file again"
                            .formatted(name, header.sizes()));
        }
        if (version == 2 && !header.hasWholeGroups()) {
            throw new UserException(
                    "%s has groups of %d weights at byte %d of its header, which do not divide its tensors; get the file again"
                            .formatted(name, group, 8 + LEGACY_BYTES + 1));
        }
        header.requireLength(file);
        return header;
    }

    private static Optional<Llama2cHeader> legacy(ByteBuffer bytes, MappedFile file) {
        Llama2cHeader header = of(0, bytes, 0, bytes.getInt(5 * Integer.BYTES) > 0, 0);
        if (header.isPlausible()) {
            if (header.fits(file.size())) {
                return Optional.of(header);
            }
            // Seven small numbers that go together are no accident in a file of this name.
            if (file.path().getFileName().toString().endsWith(".bin")) {
                header.requireLength(file);
            }
            return Optional.empty();
        }
        Llama2cHeader swapped = of(0, bytes.order(ByteOrder.BIG_ENDIAN), 0, true, 0);
        if (swapped.isPlausible() && swapped.fits(file.size())) {
            throw bigEndian(file.path());
        }
        return Optional.empty();
    }

    private static Llama2cHeader of(
            int version, ByteBuffer bytes, int at, boolean tied, int group) {
        int vocabulary = bytes.getInt(at + 20);
        // The oldest files say with a negative vocabulary that the head has weights of its own.
        return new Llama2cHeader(
                version,
                bytes.getInt(at),
                bytes.getInt(at + 4),
                bytes.getInt(at + 8),
                bytes.getInt(at + 12),
                bytes.getInt(at + 16),
                version == 0 && vocabulary != Integer.MIN_VALUE ? Math.abs(vocabulary) : vocabulary,
                bytes.getInt(at + 24),
                tied,
                group);
    }

    private static UserException bigEndian(Path path) {
        return new UserException(
                "%s is a llama2.c file with its bytes in big-endian order; export it again on a little-endian machine"
                        .formatted(Printable.of(path)));
    }

    /** Channels of a head. */
    int headDimension() {
        return hidden / heads;
    }

    /** Channels of all key heads side by side. */
    int keyValueWidth() {
        return headDimension() * keyValueHeads;
    }

    /** Bytes in front of the first tensor. */
    int bytes() {
        return version == 0 ? LEGACY_BYTES : VERSIONED_BYTES;
    }

    private boolean isPlausible() {
        return isSize(hidden)
                && isSize(feedForward)
                && isSize(layers)
                && isSize(heads)
                && isSize(keyValueHeads)
                && isSize(vocabulary)
                && isSize(context)
                && hidden % heads == 0
                && heads % keyValueHeads == 0
                && headDimension() % 2 == 0;
    }

    private static boolean isSize(int size) {
        return size > 0 && size <= LARGEST_SIZE;
    }

    private boolean hasWholeGroups() {
        return group > 0 && hidden % group == 0 && (long) hidden * feedForward % group == 0;
    }

    private boolean fits(long size) {
        try {
            return length() == size;
        } catch (ArithmeticException tooLarge) {
            return false;
        }
    }

    private void requireLength(MappedFile file) {
        String name = Printable.of(file.path());
        long expected;
        try {
            expected = length();
        } catch (ArithmeticException tooLarge) {
            throw new UserException(
                    "%s has sizes in its header that no file can hold: %s; get the file again"
                            .formatted(name, sizes()),
                    tooLarge);
        }
        if (expected != file.size()) {
            throw new UserException(
                    "%s has %,d bytes where a llama2.c file of version %d with its sizes (%s) has %,d: it is %s; get it again"
                            .formatted(
                                    name,
                                    file.size(),
                                    version,
                                    sizes(),
                                    expected,
                                    file.size() < expected ? "cut short" : "damaged"));
        }
    }

    private String sizes() {
        return "dim %d, hidden %d, layers %d, heads %d, key/value heads %d, vocabulary %d, context %d"
                .formatted(hidden, feedForward, layers, heads, keyValueHeads, vocabulary, context);
    }

    /**
     * Bytes of the whole file.
     *
     * @throws ArithmeticException if that is no 64-bit number
     */
    private long length() {
        long norms = Math.multiplyExact(2L * layers + 1, (long) hidden);
        long attention = Math.multiplyExact(2L * (hidden + keyValueWidth()), (long) hidden);
        long mlp = Math.multiplyExact(3L * feedForward, (long) hidden);
        long weights =
                Math.addExact(
                        Math.multiplyExact((tied ? 1L : 2L) * vocabulary, (long) hidden),
                        Math.multiplyExact(Math.addExact(attention, mlp), (long) layers));
        long angles = version == 0 ? Math.multiplyExact((long) context, headDimension()) : 0;
        long stored =
                version == 2
                        ? Math.addExact(weights, Math.multiplyExact(4L, weights / group))
                        : Math.multiplyExact(4L, weights);
        return Math.addExact(
                bytes(), Math.addExact(stored, Math.multiplyExact(4L, norms + angles)));
    }
}
