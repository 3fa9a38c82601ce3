package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.Deletion;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.SafetensorsWriter.ByteSource;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file of version 3: metadata in the order of calls, then tensors, whose bytes are
 * asked for one tensor at a time. Source: {@code ggml/docs/gguf.md}.
 */
public final class GgufFileWriter {
    private static final int ALIGNMENT = 32;
    private static final int VERSION = 3;

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final Map<String, Planned> tensors = new LinkedHashMap<>();

    /** Shape is slowest dimension first. */
    private record Planned(
            String name, GgufType type, long[] shape, long bytes, ByteSource source) {}

    public GgufFileWriter text(String key, String value) {
        return put(key, ValueType.STRING, new Bytes().text(value));
    }

    /** An unsigned 32-bit number, the usual type of counts. */
    public GgufFileWriter whole(String key, long value) {
        if (value < 0 || value > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(key + " does not fit 32 bits: " + value);
        }
        return put(key, ValueType.UINT32, new Bytes().integer((int) value));
    }

    public GgufFileWriter real(String key, double value) {
        return put(
                key, ValueType.FLOAT32, new Bytes().integer(Float.floatToIntBits((float) value)));
    }

    public GgufFileWriter flag(String key, boolean value) {
        return put(key, ValueType.BOOL, new Bytes().octet(value ? 1 : 0));
    }

    public GgufFileWriter texts(String key, List<String> list) {
        Bytes bytes = new Bytes().integer(ValueType.STRING.ordinal()).wide(list.size());
        list.forEach(bytes::text);
        return put(key, ValueType.ARRAY, bytes);
    }

    public GgufFileWriter reals(String key, float[] list) {
        Bytes bytes = new Bytes().integer(ValueType.FLOAT32.ordinal()).wide(list.length);
        for (float value : list) {
            bytes.integer(Float.floatToIntBits(value));
        }
        return put(key, ValueType.ARRAY, bytes);
    }

    public GgufFileWriter wholes(String key, int[] list) {
        Bytes bytes = new Bytes().integer(ValueType.INT32.ordinal()).wide(list.length);
        for (int value : list) {
            bytes.integer(value);
        }
        return put(key, ValueType.ARRAY, bytes);
    }

    private GgufFileWriter put(String key, ValueType type, Bytes value) {
        values.put(key, new Bytes().integer(type.ordinal()).octets(value.toBytes()).toBytes());
        return this;
    }

    /**
     * Declares a tensor.
     *
     * @param shape slowest dimension first; a row is a whole number of blocks
     * @param source writes its bytes, exactly as many as shape and type ask for
     */
    public GgufFileWriter add(String name, GgufType type, long[] shape, ByteSource source) {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        if (shape[shape.length - 1] % type.blockElements() != 0) {
            throw new IllegalArgumentException(
                    "rows of %s are no whole blocks of %s".formatted(name, type));
        }
        if (tensors.putIfAbsent(name, new Planned(name, type, shape, type.bytes(elements), source))
                != null) {
            throw new IllegalArgumentException("the tensor name " + name + " is taken");
        }
        return this;
    }

    /**
     * Writes the file; {@link io.agilelens.engine.format.AtomicFiles} forces it to the disk.
     *
     * @param path must not exist; on failure it does not exist afterwards either
     * @throws io.agilelens.engine.UserException if the file cannot be written
     * @throws java.util.concurrent.CancellationException when it is cancelled; looked at whenever a
     *     source writes
     */
    public void write(Path path, Progress progress, Cancellation cancellation) {
        try {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            try (channel) {
                writeFully(channel, header());
                int done = 0;
                for (Planned tensor : tensors.values()) {
                    cancellation.check();
                    progress.report("writing tensors", done++, tensors.size());
                    writeTensor(channel, tensor, cancellation);
                }
            } catch (IOException | RuntimeException | Error failure) {
                Deletion.of(path);
                throw failure;
            }
        } catch (IOException failure) {
            throw FileErrors.writing(path, failure);
        }
    }

    private static void writeTensor(FileChannel channel, Planned tensor, Cancellation cancellation)
            throws IOException {
        long begin = channel.position();
        tensor.source().writeTo(new Shared(channel, cancellation));
        long written = channel.position() - begin;
        if (written != tensor.bytes()) {
            throw new IllegalStateException(
                    "tensor %s: %d bytes were written, its shape asks for %d"
                            .formatted(tensor.name(), written, tensor.bytes()));
        }
        writeFully(channel, new byte[(int) (aligned(written) - written)]);
    }

    private byte[] header() {
        Bytes file =
                new Bytes()
                        .octets("GGUF".getBytes(StandardCharsets.US_ASCII))
                        .integer(VERSION)
                        .wide(tensors.size())
                        .wide(values.size());
        values.forEach((key, value) -> file.text(key).octets(value));
        long offset = 0;
        for (Planned tensor : tensors.values()) {
            file.text(tensor.name()).integer(tensor.shape().length);
            for (int i = tensor.shape().length - 1; i >= 0; i--) {
                file.wide(tensor.shape()[i]);
            }
            file.integer(tensor.type().code()).wide(offset);
            offset += aligned(tensor.bytes());
        }
        return file.pad().toBytes();
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
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

    /** Little-endian bytes one after another. */
    private static final class Bytes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Bytes octet(int value) {
            bytes.write(value);
            return this;
        }

        Bytes integer(int value) {
            return octets(little(Integer.BYTES).putInt(value).array());
        }

        Bytes wide(long value) {
            return octets(little(Long.BYTES).putLong(value).array());
        }

        Bytes text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return wide(utf8.length).octets(utf8);
        }

        Bytes octets(byte[] more) {
            bytes.writeBytes(more);
            return this;
        }

        Bytes pad() {
            while (bytes.size() % ALIGNMENT != 0) {
                bytes.write(0);
            }
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }

        private static ByteBuffer little(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
