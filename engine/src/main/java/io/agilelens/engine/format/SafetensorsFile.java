package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file, memory-mapped: opening reads the header only. The file is a {@code u64}
 * little-endian header length, that many bytes of JSON, and the tensors' bytes, which must cover
 * the rest of the file without holes or overlaps. Source: the "Format" section of the safetensors
 * README.
 *
 * <p>Tensors may be read by any number of threads until {@link #close()}.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** The format's own limit on the header. */
    static final long LARGEST_HEADER = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;

    /** How a Git LFS pointer begins, which lies in place of a file that was never fetched. */
    private static final byte[] POINTER = "version ".getBytes(StandardCharsets.US_ASCII);

    private final MappedFile file;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private SafetensorsFile(
            MappedFile file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.file = file;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /**
     * Opens and checks a file.
     *
     * @throws UserException if it cannot be read or breaks a rule of the format
     */
    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path, "a .safetensors file");
        try {
            byte[] json = readHeader(file);
            long dataStart = LENGTH_BYTES + json.length;
            SafetensorsHeader header = SafetensorsHeader.parse(json, path);
            header.checkCoverage(file.size() - dataStart, path);
            return new SafetensorsFile(file, tensors(file, dataStart, header), header.metadata());
        } catch (RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    private static byte[] readHeader(MappedFile file) {
        Path path = file.path();
        long size = file.size();
        if (size < LENGTH_BYTES) {
            throw SafetensorsHeader.broken(
                    path, "it has %d bytes, too few for a header".formatted(size));
        }
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(length, 0);
        if (Arrays.equals(length.array(), POINTER)) {
            throw new UserException(
                    "%s is only a Git LFS pointer, not the weights; fetch them with 'git lfs pull'"
                            .formatted(Printable.of(path)));
        }
        long headerLength = length.getLong(0);
        if (headerLength < 0 || headerLength > LARGEST_HEADER) {
            throw SafetensorsHeader.broken(
                    path,
                    "its first 8 bytes announce a header of %s bytes, more than the %d allowed"
                            .formatted(Long.toUnsignedString(headerLength), LARGEST_HEADER));
        }
        if (headerLength > size - LENGTH_BYTES) {
            throw SafetensorsHeader.broken(
                    path,
                    "it announces a header of %d bytes but has only %d bytes; it is probably cut short"
                            .formatted(headerLength, size));
        }
        ByteBuffer header = ByteBuffer.allocate((int) headerLength);
        file.read(header, LENGTH_BYTES);
        return header.array();
    }

    private static Map<String, Tensor> tensors(
            MappedFile file, long dataStart, SafetensorsHeader header) {
        StoredBytes data = file.bytes().slice(dataStart, file.size() - dataStart);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : header.entriesInFileOrder()) {
            tensors.put(
                    entry.name(),
                    new DenseTensor(
                            entry.name(),
                            entry.dtype(),
                            entry.shape(),
                            data.slice(entry.begin(), entry.end() - entry.begin())));
        }
        return tensors;
    }

    /** The file it was opened from. */
    public Path path() {
        return file.path();
    }

    /** All tensors in the order of their bytes. */
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** What {@code __metadata__} says, in the order of the file; empty if it is missing. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Unmaps the file. Its tensors must not be touched afterwards; closing twice is harmless. */
    @Override
    public void close() {
        file.close();
    }
}
