package io.agilelens.engine.evaluate.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.tensor.Matrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A folder of a kit: its manifest and the arrays that lists, raw little-endian files without
 * header.
 *
 * @param path where it lies
 * @param manifest its {@code manifest.json}, or the JSON file that is the case itself
 */
record KitFolder(Path path, JsonNode manifest) {
    private static final long LARGEST_ARRAY = 1L << 30;

    JsonNode tolerance() {
        return manifest.path("tolerance");
    }

    /** Names of all arrays. */
    List<String> arrays() {
        return List.copyOf(manifest.path("arrays").propertyNames());
    }

    boolean has(String array) {
        return manifest.path("arrays").path(array).isObject();
    }

    /** What the manifest says about an array. */
    String meaning(String array) {
        return entry(array).path("meaning").asString("");
    }

    /** Sizes of an array, slowest first. */
    int[] shape(String array) {
        return integers(entry(array).path("shape"));
    }

    float[] floats(String array) {
        ByteBuffer bytes = bytes(array, "float32");
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    int[] ints(String array) {
        ByteBuffer bytes = bytes(array, "int32");
        int[] values = new int[bytes.remaining() / Integer.BYTES];
        bytes.asIntBuffer().get(values);
        return values;
    }

    /** A float array of two dimensions. */
    Matrix matrix(String array) {
        int[] shape = shape(array);
        if (shape.length != 2) {
            throw new UserException(
                    "%s: array %s has %d dimensions where 2 are needed"
                            .formatted(path, array, shape.length));
        }
        return new Matrix(shape[0], shape[1], floats(array));
    }

    /** The numbers of a JSON list. */
    static int[] integers(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    /** A number of a JSON object, if it is there. */
    static Optional<Double> number(JsonNode object, String key) {
        JsonNode value = object.path(key);
        return value.isNumber() ? Optional.of(value.doubleValue()) : Optional.empty();
    }

    private JsonNode entry(String array) {
        JsonNode entry = manifest.path("arrays").path(array);
        if (!entry.isObject()) {
            throw new UserException(
                    "%s: the manifest lists no array %s: mend the kit".formatted(path, array));
        }
        return entry;
    }

    private ByteBuffer bytes(String array, String dtype) {
        JsonNode entry = entry(array);
        if (!entry.path("dtype").asString("").equals(dtype)) {
            throw new UserException(
                    "%s: array %s is %s where %s is needed"
                            .formatted(path, array, entry.path("dtype"), dtype));
        }
        Path file = path.resolve(entry.path("file").asString(array));
        byte[] bytes = JsonFiles.readBytes(file, LARGEST_ARRAY);
        long expected = Float.BYTES;
        for (int size : shape(array)) {
            expected *= size;
        }
        if (bytes.length != expected) {
            throw new UserException(
                    "%s has %d bytes where its shape needs %d: get the kit again"
                            .formatted(file, bytes.length, expected));
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
