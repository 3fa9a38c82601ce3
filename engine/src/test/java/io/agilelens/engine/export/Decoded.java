package io.agilelens.engine.export;

import io.agilelens.engine.format.SafetensorsFile;
import io.agilelens.engine.tensor.DType;
import io.agilelens.engine.tensor.DenseTensor;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/**
 * Decodes packed linears bit by bit as the descriptions of their layouts say, one element at a
 * time, so that nothing here resembles what wrote them or the program's own readers.
 *
 * @param outputs rows
 * @param inputs columns
 * @param values {@code [outputs, inputs]}
 */
record Decoded(int outputs, int inputs, float[] values) {

    /** AutoAWQ, gemm. */
    static Decoded awq(SafetensorsFile file, String module, int groupSize) {
        int[] order = {0, 4, 1, 5, 2, 6, 3, 7};
        long[] shape = shape(file, module + ".qweight");
        int inputs = (int) shape[0];
        int words = (int) shape[1];
        int outputs = words * 8;
        int size = groupSize == -1 ? inputs : groupSize;
        int[] codes = integers(file, module + ".qweight");
        int[] zeros = integers(file, module + ".qzeros");
        float[] scales = floats(file, module + ".scales");
        float[] values = new float[outputs * inputs];
        for (int i = 0; i < inputs; i++) {
            for (int o = 0; o < outputs; o++) {
                int shift = 4 * order[o % 8];
                int code = codes[i * words + o / 8] >>> shift & 15;
                int zero = zeros[i / size * words + o / 8] >>> shift & 15;
                values[o * inputs + i] = (code - zero) * scales[i / size * outputs + o];
            }
        }
        return new Decoded(outputs, inputs, values);
    }

    /**
     * GPTQ.
     *
     * @param version 1 stores zero points less one
     */
    static Decoded gptq(SafetensorsFile file, String module, int bits, int version) {
        int outputs = (int) shape(file, module + ".qweight")[1];
        int[] groupOf = integers(file, module + ".g_idx");
        int inputs = groupOf.length;
        int[] codes = integers(file, module + ".qweight");
        int[] zeros = integers(file, module + ".qzeros");
        int zeroWords = (int) shape(file, module + ".qzeros")[1];
        float[] scales = floats(file, module + ".scales");
        float[] values = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int code = 0;
                for (int b = 0; b < bits; b++) {
                    int bit = i * bits + b;
                    code |= (codes[bit / 32 * outputs + o] >>> bit % 32 & 1) << b;
                }
                int zero = 0;
                for (int b = 0; b < bits; b++) {
                    int bit = o * bits + b;
                    zero |= (zeros[groupOf[i] * zeroWords + bit / 32] >>> bit % 32 & 1) << b;
                }
                if (version == 1) {
                    // As loaders do that never heard of a wrapped field.
                    zero = zero + 1;
                }
                values[o * inputs + i] = (code - zero) * scales[groupOf[i] * outputs + o];
            }
        }
        return new Decoded(outputs, inputs, values);
    }

    /** compressed-tensors, pack-quantized; {@code weights} is their part of the settings. */
    static Decoded packQuantized(SafetensorsFile file, String module, JsonNode weights) {
        int bits = weights.path("num_bits").intValue();
        int fields = 32 / bits;
        byte[] stated = ((DenseTensor) tensor(file, module + ".weight_shape")).data().toBytes();
        int outputs = stated[0] & 0xFF | (stated[1] & 0xFF) << 8;
        int inputs = stated[8] & 0xFF | (stated[9] & 0xFF) << 8;
        int words = (int) shape(file, module + ".weight_packed")[1];
        int[] codes = integers(file, module + ".weight_packed");
        float[] scales = floats(file, module + ".weight_scale");
        int groups = scales.length / outputs;
        boolean symmetric = weights.path("symmetric").booleanValue();
        int[] zeros = symmetric ? null : integers(file, module + ".weight_zero_point");
        int[] groupOf =
                has(file, module + ".weight_g_idx")
                        ? integers(file, module + ".weight_g_idx")
                        : null;
        int middle = 1 << bits - 1;
        int mask = (1 << bits) - 1;
        float[] values = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int group = groupOf != null ? groupOf[i] : groups == 1 ? 0 : i / (inputs / groups);
                int signed = (codes[o * words + i / fields] >>> i % fields * bits & mask) - middle;
                int zero =
                        symmetric
                                ? 0
                                : (zeros[o / fields * groups + group] >>> o % fields * bits & mask)
                                        - middle;
                values[o * inputs + i] = (signed - zero) * scales[o * groups + group];
            }
        }
        return new Decoded(outputs, inputs, values);
    }

    /** compressed-tensors, int-quantized. */
    static Decoded intQuantized(SafetensorsFile file, String module) {
        int outputs = (int) shape(file, module + ".weight")[0];
        int inputs = (int) shape(file, module + ".weight")[1];
        byte[] codes = ((DenseTensor) tensor(file, module + ".weight")).data().toBytes();
        float[] scales = floats(file, module + ".weight_scale");
        int groups = scales.length / outputs;
        byte[] zeros =
                has(file, module + ".weight_zero_point")
                        ? ((DenseTensor) tensor(file, module + ".weight_zero_point"))
                                .data()
                                .toBytes()
                        : new byte[scales.length];
        float[] values = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int group = o * groups + i / (inputs / groups);
                values[o * inputs + i] = (codes[o * inputs + i] - zeros[group]) * scales[group];
            }
        }
        return new Decoded(outputs, inputs, values);
    }

    static SafetensorsFile open(Path folder) {
        return SafetensorsFile.open(folder.resolve("model.safetensors"));
    }

    static io.agilelens.engine.tensor.Tensor tensor(SafetensorsFile file, String name) {
        return file.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no tensor " + name));
    }

    static boolean has(SafetensorsFile file, String name) {
        return file.tensors().stream().anyMatch(tensor -> tensor.name().equals(name));
    }

    private static long[] shape(SafetensorsFile file, String name) {
        return tensor(file, name).shape();
    }

    private static int[] integers(SafetensorsFile file, String name) {
        DenseTensor dense = (DenseTensor) tensor(file, name);
        if (dense.dtype() != DType.I32) {
            throw new AssertionError(name + " is " + dense.dtype());
        }
        return dense.data().toIntegers();
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return tensor(file, name).toFloats();
    }

    /** The largest difference to other values. */
    double difference(float[] others) {
        if (others.length != values.length) {
            throw new AssertionError(others.length + " values, not " + values.length);
        }
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs((double) values[i] - others[i]));
        }
        return largest;
    }

    /** The largest magnitude. */
    double magnitude() {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoded(int o, int i, float[] theirs)
                && o == outputs
                && i == inputs
                && Arrays.equals(theirs, values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
