package io.agilelens.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agilelens.engine.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One folder of the reference kit: its {@code manifest.json} and the arrays that lists. The kit is
 * looked for as {@code shared/golden} beside the project; where it is not, the asking test is
 * skipped and says so.
 *
 * @param folder where manifest and arrays lie
 */
public record Golden(Path folder, JsonNode manifest) {

    /** The kit's folder; skips the test if there is none. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path place = start; place != null; place = place.getParent()) {
            Path kit = place.resolve("shared").resolve("golden");
            if (Files.isDirectory(kit)) {
                return kit;
            }
        }
        assumeTrue(false, "no reference kit: no folder shared/golden above " + start);
        throw new AssertionError("unreachable");
    }

    /** A checkpoint folder of the kit, such as {@code stories260k}. */
    public static Path model(String name) {
        return root().resolve("models").resolve(name);
    }

    /** Opens a folder by its path in the kit, such as {@code "quant", "log2"}. */
    public static Golden open(String... path) {
        Path folder = root();
        for (String step : path) {
            folder = folder.resolve(step);
        }
        return new Golden(folder, json(folder.resolve("manifest.json")));
    }

    /** Any JSON file of the kit. */
    public static JsonNode json(Path file) {
        return JsonMapper.shared().readTree(bytes(file));
    }

    /** An array of the manifest, flattened row-major. */
    public float[] floats(String array) {
        return floats(file(array));
    }

    /** An array of the manifest, flattened row-major. */
    public int[] ints(String array) {
        return ints(file(array));
    }

    /** A two-dimensional float array of the manifest. */
    public Matrix matrix(String array) {
        int[] shape = shape(array);
        return new Matrix(shape[0], shape[1], floats(array));
    }

    /** The sizes of an array of the manifest, slowest first. */
    public int[] shape(String array) {
        JsonNode sizes = entry(array).path("shape");
        int[] shape = new int[sizes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.get(i).intValue();
        }
        return shape;
    }

    /** The file of an array of the manifest. */
    public Path file(String array) {
        return folder.resolve(entry(array).path("file").stringValue());
    }

    private JsonNode entry(String array) {
        JsonNode entry = manifest.path("arrays").path(array);
        if (!entry.isObject()) {
            throw new IllegalArgumentException(folder + " has no array " + array);
        }
        return entry;
    }

    /** A raw file of little-endian float32. */
    public static float[] floats(Path file) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[buffer.remaining() / Float.BYTES];
        buffer.asFloatBuffer().get(values);
        return values;
    }

    /** A raw file of little-endian 32-bit integers. */
    public static int[] ints(Path file) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int[] values = new int[buffer.remaining() / Integer.BYTES];
        buffer.asIntBuffer().get(values);
        return values;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
