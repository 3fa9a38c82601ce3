package io.agilelens.engine.format;

import io.agilelens.engine.UserException;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a safetensors file. Tensors are declared first and their bytes asked for one tensor at a
 * time, so that no more than one of them need be in memory.
 *
 * <p>The widest element types come first, as in the format's reference writer, so that every tensor
 * starts aligned; among equals the order of declaration stays.
 */
public final class SafetensorsWriter {
    private static final int HEADER_ALIGNMENT = 8;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Planned> planned = new LinkedHashMap<>();

    /** Writes a tensor's little-endian bytes, exactly as many as shape and type ask for. */
    @FunctionalInterface
    public interface ByteSource {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private record Planned(String name, DType dtype, long[] shape, long bytes, ByteSource source) {}

    /** Adds an entry to {@code __metadata__}. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Declares a tensor whose bytes the source writes when its turn comes. */
    public SafetensorsWriter add(String name, DType dtype, long[] shape, ByteSource source) {
        long bytes = dtype.bytes();
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("tensor " + name + " has a negative size");
            }
            bytes = Math.multiplyExact(bytes, size);
        }
        if (name.equals(SafetensorsHeader.METADATA)
                || planned.putIfAbsent(name, new Planned(name, dtype, shape.clone(), bytes, source))
                        != null) {
            throw new IllegalArgumentException("the tensor name " + name + " is taken");
        }
        return this;
    }

    /** Declares a tensor whose bytes lie in memory or in a mapped file. */
    public SafetensorsWriter add(String name, DType dtype, long[] shape, StoredBytes bytes) {
        return add(name, dtype, shape, channel -> writeBytes(channel, bytes));
    }

    /** Declares a copy of a stored tensor under its own name. */
    public SafetensorsWriter add(DenseTensor tensor) {
        return add(tensor.name(), tensor.dtype(), tensor.shape(), tensor.data());
    }

    /**
     * Declares a copy of a tensor under its own name, byte for byte if it holds plain numbers,
     * otherwise as the F32 values of its elements.
     */
    public SafetensorsWriter add(Tensor tensor) {
        if (tensor instanceof DenseTensor dense) {
            return add(dense);
        }
        return add(tensor, DType.F32);
    }

    /**
     * Declares a tensor's values under its own name, rounded half to even to the stored type.
     *
     * @param dtype a floating-point type
     */
    public SafetensorsWriter add(Tensor tensor, DType dtype) {
        requireWritable(dtype);
        return add(
                tensor.name(),
                dtype,
                tensor.shape(),
                channel -> writeValues(channel, dtype, tensor));
    }

    /**
     * Declares a tensor of floats, rounded half to even to the stored type.
     *
     * @param dtype F64, F32, F16 or BF16
     * @param values row-major, read when the tensor's turn comes
     */
    public SafetensorsWriter add(String name, DType dtype, long[] shape, float[] values) {
        requireWritable(dtype);
        return add(name, dtype, shape, channel -> writeFloats(channel, dtype, values));
    }

    /**
     * Writes the file; {@link AtomicFiles} forces it to the disk.
     *
     * @param path must not exist; on failure it does not exist afterwards either
     * @throws UserException if the file cannot be written
     */
    public void write(Path path) {
        write(path, Progress.NONE, Cancellation.never());
    }

    /**
     * As {@link #write(Path)}, telling how far it has come.
     *
     * @throws java.util.concurrent.CancellationException when it is cancelled; looked at whenever a
     *     source writes
     */
    public void write(Path path, Progress progress, Cancellation cancellation) {
        List<Planned> order = new ArrayList<>(planned.values());
        order.sort(Comparator.comparingInt((Planned tensor) -> tensor.dtype().bytes()).reversed());
        try {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            try (channel) {
                writeFully(channel, header(order));
                int done = 0;
                for (Planned tensor : order) {
                    cancellation.check();
                    progress.report("writing tensors", done++, order.size());
                    long begin = channel.position();
                    tensor.source().writeTo(new Shared(channel, cancellation));
                    long written = channel.position() - begin;
                    if (written != tensor.bytes()) {
                        throw new IllegalStateException(
                                "tensor %s: %d bytes were written, its shape asks for %d"
                                        .formatted(tensor.name(), written, tensor.bytes()));
                    }
                }
            } catch (IOException | RuntimeException | Error failure) {
                Deletion.of(path);
                throw failure;
            }
        } catch (IOException failure) {
            throw FileErrors.writing(path, failure);
        }
    }

    private static void requireWritable(DType dtype) {
        if (!dtype.isWritable()) {
            throw new IllegalArgumentException(
                    dtype + " is not a floating-point type that floats are rounded to");
        }
    }

    private ByteBuffer header(List<Planned> order) {
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode header = mapper.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode entries = header.putObject(SafetensorsHeader.METADATA);
            metadata.forEach(entries::put);
        }
        long offset = 0;
        for (Planned tensor : order) {
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            for (long size : tensor.shape()) {
                shape.add(size);
            }
            entry.putArray("data_offsets").add(offset).add(offset + tensor.bytes());
            offset += tensor.bytes();
        }
        byte[] json = mapper.writeValueAsBytes(header);
        int padded = Math.ceilDiv(json.length, HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeBytes(WritableByteChannel channel, StoredBytes bytes)
            throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, bytes.size())];
        for (long offset = 0; offset < bytes.size(); offset += chunk.length) {
            int size = (int) Math.min(chunk.length, bytes.size() - offset);
            bytes.copyTo(offset, chunk, 0, size);
            writeFully(channel, ByteBuffer.wrap(chunk, 0, size));
        }
    }

    private static void writeValues(WritableByteChannel channel, DType dtype, Tensor tensor)
            throws IOException {
        long elements = tensor.elements();
        int most = CHUNK_BYTES / Float.BYTES;
        for (long first = 0; first < elements; first += most) {
            float[] values = new float[(int) Math.min(most, elements - first)];
            tensor.widen(first, values, 0, values.length);
            writeFloats(channel, dtype, values);
        }
    }

    private static void writeFloats(WritableByteChannel channel, DType dtype, float[] values)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (!chunk.hasRemaining()) {
                writeFully(channel, chunk.flip());
                chunk.clear();
            }
            switch (dtype) {
                case F64 -> chunk.putDouble(value);
                case F32 -> chunk.putInt(Float.floatToRawIntBits(value));
                case F16 -> chunk.putShort(Float.floatToFloat16(value));
                case BF16 -> chunk.putShort(DType.toBfloat16(value));
                default -> throw new IllegalStateException(dtype + " holds no floats");
            }
        }
        writeFully(channel, chunk.flip());
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer buffer)
            throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** What a source gets to see of the file: it can write, but not seek or close. */
    private record Shared(FileChannel channel, Cancellation cancellation)
            implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            cancellation.check();
            return channel.write(source);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
