package io.agilelens.engine.format.gguf;

import io.agilelens.engine.format.FileErrors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a GGUF file of version 3 together: metadata in the order of calls, then tensors. */
final class GgufWriter {
    private static final int ALIGNMENT = 32;

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final List<Planned> tensors = new ArrayList<>();
    private int version = 3;

    /** What the file says about a tensor; {@code shape} is slowest dimension first. */
    private record Planned(String name, int type, long[] shape, byte[] data) {}

    GgufWriter version(int other) {
        version = other;
        return this;
    }

    GgufWriter text(String key, String value) {
        return put(key, ValueType.STRING, new Bytes().text(value));
    }

    /** An unsigned 32-bit number, the usual type of counts. */
    GgufWriter whole(String key, long value) {
        return put(key, ValueType.UINT32, new Bytes().integer((int) value));
    }

    GgufWriter real(String key, double value) {
        return put(
                key, ValueType.FLOAT32, new Bytes().integer(Float.floatToIntBits((float) value)));
    }

    GgufWriter flag(String key, boolean value) {
        return put(key, ValueType.BOOL, new Bytes().octet(value ? 1 : 0));
    }

    GgufWriter texts(String key, List<String> list) {
        Bytes bytes = new Bytes().integer(ValueType.STRING.ordinal()).wide(list.size());
        list.forEach(bytes::text);
        return put(key, ValueType.ARRAY, bytes);
    }

    GgufWriter reals(String key, float[] list) {
        Bytes bytes = new Bytes().integer(ValueType.FLOAT32.ordinal()).wide(list.length);
        for (float value : list) {
            bytes.integer(Float.floatToIntBits(value));
        }
        return put(key, ValueType.ARRAY, bytes);
    }

    GgufWriter wholes(String key, int[] list) {
        Bytes bytes = new Bytes().integer(ValueType.INT32.ordinal()).wide(list.length);
        for (int value : list) {
            bytes.integer(value);
        }
        return put(key, ValueType.ARRAY, bytes);
    }

    /** Any value, for which the caller vouches. */
    GgufWriter put(String key, ValueType type, Bytes value) {
        values.put(key, new Bytes().integer(type.ordinal()).octets(value.toBytes()).toBytes());
        return this;
    }

    /** Puts other words in front of keys that start in one way. */
    GgufWriter rename(String start, String other) {
        Map<String, byte[]> renamed = new LinkedHashMap<>();
        values.forEach(
                (key, value) ->
                        renamed.put(
                                key.startsWith(start) ? other + key.substring(start.length()) : key,
                                value));
        values.clear();
        values.putAll(renamed);
        return this;
    }

    GgufWriter remove(String key) {
        values.remove(key);
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param shape slowest dimension first
     * @param data its bytes as they shall stand in the file
     */
    GgufWriter add(String name, int type, long[] shape, byte[] data) {
        tensors.add(new Planned(name, type, shape, data));
        return this;
    }

    /** Deals the tensors out to several files; the first keeps the metadata. */
    List<GgufWriter> split(int count) {
        List<GgufWriter> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new GgufWriter());
        }
        parts.getFirst().values.putAll(values);
        for (int i = 0; i < tensors.size(); i++) {
            parts.get(i * count / tensors.size()).tensors.add(tensors.get(i));
        }
        return parts;
    }

    /** The whole file. */
    byte[] toBytes() {
        Bytes file =
                new Bytes()
                        .octets("GGUF".getBytes(StandardCharsets.US_ASCII))
                        .integer(version)
                        .wide(tensors.size())
                        .wide(values.size());
        values.forEach((key, value) -> file.text(key).octets(value));
        long offset = 0;
        for (Planned tensor : tensors) {
            file.text(tensor.name()).integer(tensor.shape().length);
            for (int i = tensor.shape().length - 1; i >= 0; i--) {
                file.wide(tensor.shape()[i]);
            }
            file.integer(tensor.type()).wide(offset);
            offset += aligned(tensor.data().length);
        }
        file.pad(ALIGNMENT);
        for (Planned tensor : tensors) {
            file.octets(tensor.data()).pad(ALIGNMENT);
        }
        return file.toBytes();
    }

    /** Writes the file and gives its path back. */
    Path write(Path path) {
        try {
            Files.write(path, toBytes());
            return path;
        } catch (IOException failure) {
            throw FileErrors.writing(path, failure);
        }
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Little-endian bytes one after another. */
    static class Bytes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Bytes octet(int value) {
            bytes.write(value);
            return this;
        }

        Bytes integer(int value) {
            return octets(little(4).putInt(value).array());
        }

        Bytes wide(long value) {
            return octets(little(8).putLong(value).array());
        }

        Bytes text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return wide(utf8.length).octets(utf8);
        }

        Bytes octets(byte[] more) {
            bytes.writeBytes(more);
            return this;
        }

        Bytes pad(int alignment) {
            while (bytes.size() % alignment != 0) {
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
