package io.agilelens.trainer;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and reads safetensors files: the length of a JSON header, the header, the data in
 * little-endian order.
 */
final class Safetensors {
    /** How the elements are stored. */
    enum ElementType {
        F16(2),
        F32(4);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * A tensor in memory.
     *
     * @param shape its dimensions
     * @param values its elements, row by row; not copied
     */
    record Entry(List<Integer> shape, float[] values) {
        Entry {
            shape = List.copyOf(shape);
        }
    }

    /**
     * What a file holds.
     *
     * @param tensors by name, in the file's order
     * @param metadata the free text entries of the header
     */
    record Contents(Map<String, Entry> tensors, Map<String, String> metadata) {}

    private static final JsonMapper JSON = new JsonMapper();

    private Safetensors() {}

    /** Writes a file as a whole or not at all; values are rounded to the type, halves to even. */
    static void write(
            Path file, Map<String, Entry> tensors, ElementType type, Map<String, String> metadata)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode free = header.putObject("__metadata__");
        metadata.forEach(free::put);
        long end = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            long begin = end;
            end += (long) tensor.getValue().values().length * type.bytes;
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", type.name());
            tensor.getValue().shape().forEach(entry.withArray("shape")::add);
            entry.withArray("data_offsets").add(begin).add(end);
        }
        byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padding = (8 - text.length % 8) % 8;
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(partial));
                DataOutputStream output = new DataOutputStream(stream)) {
            output.writeLong(Long.reverseBytes(text.length + padding));
            output.write(text);
            output.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
            for (Entry tensor : tensors.values()) {
                output.write(encode(tensor.values(), type));
            }
        }
        Files.move(
                partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads a file written by {@link #write}.
     *
     * @throws IllegalArgumentException if an element type is other than F16 and F32
     */
    static Contents read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] text = new byte[Math.toIntExact(bytes.getLong())];
        bytes.get(text);
        JsonNode header = JSON.readTree(text);
        int data = bytes.position();
        Map<String, Entry> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            JsonNode value = property.getValue();
            if (property.getKey().equals("__metadata__")) {
                value.properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asString()));
                continue;
            }
            List<Integer> shape = value.get("shape").valueStream().map(JsonNode::asInt).toList();
            ElementType type = ElementType.valueOf(value.get("dtype").asString());
            int begin = data + value.get("data_offsets").get(0).asInt();
            int end = data + value.get("data_offsets").get(1).asInt();
            ByteBuffer slice = bytes.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
            tensors.put(property.getKey(), new Entry(shape, decode(slice, type)));
        }
        return new Contents(tensors, metadata);
    }

    private static byte[] encode(float[] values, ElementType type) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case F32 -> bytes.putFloat(value);
            }
        }
        return bytes.array();
    }

    private static float[] decode(ByteBuffer bytes, ElementType type) {
        float[] values = new float[bytes.remaining() / type.bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (type) {
                        case F16 -> Float.float16ToFloat(bytes.getShort());
                        case F32 -> bytes.getFloat();
                    };
        }
        return values;
    }
}
