package io.agilelens.app.conformance;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.FileErrors;
import io.agilelens.engine.format.JsonFiles;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A folder of the reference kit: its manifest, and the raw arrays that lists.
 *
 * @param folder where the arrays lie
 */
record GoldenFolder(Path folder, JsonNode manifest) {
    static final String MANIFEST = "manifest.json";
    private static final long LARGEST_MANIFEST = 64L << 20;
    private static final Pattern NUMBER = Pattern.compile("[0-9.]+(?:[eE][-+]?[0-9]+)?");

    static GoldenFolder open(Path manifest) {
        return new GoldenFolder(
                manifest.getParent(), JsonFiles.readObject(manifest, LARGEST_MANIFEST));
    }

    boolean has(String array) {
        return manifest.path("arrays").has(array);
    }

    float[] floats(String array) {
        ByteBuffer bytes = bytes(array);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    int[] ints(String array) {
        ByteBuffer bytes = bytes(array);
        int[] values = new int[bytes.remaining() / Integer.BYTES];
        bytes.asIntBuffer().get(values);
        return values;
    }

    /** A two-dimensional array. */
    Matrix matrix(String array) {
        JsonNode shape = manifest.path("arrays").path(array).path("shape");
        return new Matrix(shape.path(0).asInt(0), shape.path(1).asInt(0), floats(array));
    }

    private ByteBuffer bytes(String array) {
        String name = manifest.path("arrays").path(array).path("file").asString("");
        if (name.isEmpty() || name.contains("/") || name.contains("\\")) {
            throw new UserException(
                    "%s has no array '%s': get the kit again"
                            .formatted(Printable.of(folder.resolve(MANIFEST)), array));
        }
        Path file = folder.resolve(name);
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException failure) {
            throw FileErrors.reading(file, failure);
        }
    }

    /** A tolerance: a number, or a remark that starts with one. */
    double tolerance(String key, double absent) {
        JsonNode node = manifest.path("tolerance").path(key);
        if (node.isNumber()) {
            return node.doubleValue();
        }
        Matcher number = NUMBER.matcher(node.asString(""));
        return number.lookingAt() ? Double.parseDouble(number.group()) : absent;
    }

    /**
     * A model of the kit, looked for from this folder upwards.
     *
     * @throws UserException if it is not there
     */
    Path model() {
        String name = manifest.path("model").asString("").split(" ", 2)[0];
        for (Path place = folder.toAbsolutePath(); place != null; place = place.getParent()) {
            Path model = place.resolve(name);
            if (!name.isEmpty() && Files.isDirectory(model)) {
                return model;
            }
        }
        throw new UserException(
                "%s needs the model '%s', which lies neither there nor above: give the whole kit"
                        .formatted(Printable.of(folder), Printable.of(name)));
    }
}
