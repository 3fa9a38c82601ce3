package io.agilelens.engine.format.packed;

import io.agilelens.engine.format.SafetensorsWriter;
import io.agilelens.engine.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/**
 * Packs a linear into the layouts of other tools, bit by bit as their descriptions say, so that
 * nothing here resembles the reader.
 *
 * @param codes {@code [outputs][inputs]}, unsigned
 * @param zeros {@code [outputs][groups]}, unsigned
 * @param scales {@code [outputs][groups]}, all exact in half precision
 * @param groupOf the group of each input
 */
public record Packer(
        int bits, int[][] codes, int[][] zeros, float[][] scales, int[] groupOf, int groupSize) {

    /** How inputs are put into groups. */
    public enum Order {
        NATURAL,
        SHUFFLED
    }

    /**
     * A linear of random codes.
     *
     * @param groupSize −1 for one group
     */
    public static Packer random(
            int bits, int outputs, int inputs, int groupSize, Order order, Random random) {
        int size = groupSize == -1 ? inputs : groupSize;
        int groups = (inputs + size - 1) / size;
        int[][] codes = new int[outputs][inputs];
        int[][] zeros = new int[outputs][groups];
        float[][] scales = new float[outputs][groups];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                codes[o][i] = random.nextInt(1 << bits);
            }
            for (int g = 0; g < groups; g++) {
                zeros[o][g] = random.nextInt(1 << bits);
                scales[o][g] = half((float) (random.nextGaussian() * 0.3 / (1 << bits)));
            }
        }
        int[] groupOf = new int[inputs];
        for (int i = 0; i < inputs; i++) {
            groupOf[i] = order == Order.NATURAL ? i / size : random.nextInt(groups);
        }
        return new Packer(bits, codes, zeros, scales, groupOf, groupSize);
    }

    private static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    /** The same with all zero points in the middle. */
    public Packer symmetric() {
        int[][] middle = new int[outputs()][groups()];
        for (int[] row : middle) {
            Arrays.fill(row, 1 << bits - 1);
        }
        return new Packer(bits, codes, middle, scales, groupOf, groupSize);
    }

    int outputs() {
        return codes.length;
    }

    int inputs() {
        return codes[0].length;
    }

    int groups() {
        return scales[0].length;
    }

    /** What the codes stand for, row-major. */
    public float[] values() {
        float[] values = new float[outputs() * inputs()];
        for (int o = 0; o < outputs(); o++) {
            for (int i = 0; i < inputs(); i++) {
                int group = groupOf[i];
                float difference = codes[o][i] - zeros[o][group];
                values[o * inputs() + i] = difference * scales[o][group];
            }
        }
        return values;
    }

    /** AutoAWQ, gemm. */
    public void awq(SafetensorsWriter writer, String module) {
        int[] order = {0, 2, 4, 6, 1, 3, 5, 7};
        int columns = outputs() / 8;
        int[] words = new int[inputs() * columns];
        int[] zeroWords = new int[groups() * columns];
        for (int c = 0; c < columns; c++) {
            for (int nibble = 0; nibble < 8; nibble++) {
                int output = 8 * c + order[nibble];
                for (int i = 0; i < inputs(); i++) {
                    words[i * columns + c] |= codes[output][i] << 4 * nibble;
                }
                for (int g = 0; g < groups(); g++) {
                    zeroWords[g * columns + c] |= zeros[output][g] << 4 * nibble;
                }
            }
        }
        integers(writer, module + ".qweight", words, inputs(), columns);
        integers(writer, module + ".qzeros", zeroWords, groups(), columns);
        groupsFirst(writer, module + ".scales");
    }

    /**
     * GPTQ.
     *
     * @param version 1 stores zero points less one
     * @param withZeros whether qzeros is written
     * @param withOrder whether g_idx is written
     */
    public void gptq(
            SafetensorsWriter writer,
            String module,
            int version,
            boolean withZeros,
            boolean withOrder) {
        int rows = inputs() * bits / 32;
        int[] words = new int[rows * outputs()];
        for (int o = 0; o < outputs(); o++) {
            for (int i = 0; i < inputs(); i++) {
                for (int b = 0; b < bits; b++) {
                    int bit = i * bits + b;
                    words[bit / 32 * outputs() + o] |= (codes[o][i] >> b & 1) << bit % 32;
                }
            }
        }
        integers(writer, module + ".qweight", words, rows, outputs());
        if (withZeros) {
            int columns = outputs() * bits / 32;
            int[] zeroWords = new int[groups() * columns];
            for (int g = 0; g < groups(); g++) {
                for (int o = 0; o < outputs(); o++) {
                    int stored = version == 1 ? zeros[o][g] - 1 & (1 << bits) - 1 : zeros[o][g];
                    for (int b = 0; b < bits; b++) {
                        int bit = o * bits + b;
                        zeroWords[g * columns + bit / 32] |= (stored >> b & 1) << bit % 32;
                    }
                }
            }
            integers(writer, module + ".qzeros", zeroWords, groups(), columns);
        }
        groupsFirst(writer, module + ".scales");
        if (withOrder) {
            integers(writer, module + ".g_idx", groupOf, inputs());
        }
    }

    /**
     * compressed-tensors, pack-quantized.
     *
     * @param strategy tensor, channel or group
     */
    public void packQuantized(
            SafetensorsWriter writer,
            String module,
            String strategy,
            boolean withZeros,
            boolean withOrder,
            DType scaleType) {
        int fields = 32 / bits;
        int columns = (inputs() + fields - 1) / fields;
        int[] words = new int[outputs() * columns];
        for (int o = 0; o < outputs(); o++) {
            for (int i = 0; i < inputs(); i++) {
                words[o * columns + i / fields] |= codes[o][i] << i % fields * bits;
            }
        }
        integers(writer, module + ".weight_packed", words, outputs(), columns);
        shape(writer, module + ".weight_shape");
        outputsFirst(writer, module + ".weight_scale", strategy, scaleType);
        if (withZeros) {
            int rows = (outputs() + fields - 1) / fields;
            int[] zeroWords = new int[rows * groups()];
            for (int o = 0; o < outputs(); o++) {
                for (int g = 0; g < groups(); g++) {
                    zeroWords[o / fields * groups() + g] |= zeros[o][g] << o % fields * bits;
                }
            }
            integers(writer, module + ".weight_zero_point", zeroWords, rows, groups());
        }
        if (withOrder) {
            integers(writer, module + ".weight_g_idx", groupOf, inputs());
        }
    }

    /** compressed-tensors, int-quantized. */
    public void intQuantized(
            SafetensorsWriter writer, String module, String strategy, boolean withZeros) {
        int middle = 1 << bits - 1;
        byte[] signed = new byte[outputs() * inputs()];
        for (int o = 0; o < outputs(); o++) {
            for (int i = 0; i < inputs(); i++) {
                signed[o * inputs() + i] = (byte) (codes[o][i] - middle);
            }
        }
        bytes(writer, module + ".weight", DType.I8, signed, outputs(), inputs());
        outputsFirst(writer, module + ".weight_scale", strategy, DType.BF16);
        if (withZeros) {
            boolean one = strategy.equals("tensor");
            byte[] points = new byte[one ? 1 : outputs() * groups()];
            for (int i = 0; i < points.length; i++) {
                points[i] = (byte) (zeros[i / groups()][i % groups()] - middle);
            }
            long[] shape = one ? new long[] {1} : new long[] {outputs(), groups()};
            bytes(writer, module + ".weight_zero_point", DType.I8, points, shape);
        }
    }

    /** With one scale for everything, which must be exact in BF16 too. */
    public Packer withOneScale(float scale, int zero) {
        float[][] same = new float[outputs()][groups()];
        int[][] points = new int[outputs()][groups()];
        for (int o = 0; o < outputs(); o++) {
            Arrays.fill(same[o], scale);
            Arrays.fill(points[o], zero);
        }
        return new Packer(bits, codes, points, same, groupOf, groupSize);
    }

    /** With scales that are exact in BF16. */
    public Packer withCoarseScales() {
        float[][] coarse = new float[outputs()][groups()];
        for (int o = 0; o < outputs(); o++) {
            for (int g = 0; g < groups(); g++) {
                coarse[o][g] =
                        Float.intBitsToFloat(Float.floatToIntBits(scales[o][g]) & 0xFFFF0000);
            }
        }
        return new Packer(bits, codes, zeros, coarse, groupOf, groupSize);
    }

    private void groupsFirst(SafetensorsWriter writer, String name) {
        float[] transposed = new float[groups() * outputs()];
        for (int o = 0; o < outputs(); o++) {
            for (int g = 0; g < groups(); g++) {
                transposed[g * outputs() + o] = scales[o][g];
            }
        }
        writer.add(name, DType.F16, new long[] {groups(), outputs()}, transposed);
    }

    private void outputsFirst(SafetensorsWriter writer, String name, String strategy, DType dtype) {
        if (strategy.equals("tensor")) {
            writer.add(name, dtype, new long[] {1}, new float[] {scales[0][0]});
            return;
        }
        float[] values = new float[outputs() * groups()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scales[i / groups()][i % groups()];
        }
        writer.add(name, dtype, new long[] {outputs(), groups()}, values);
    }

    private void shape(SafetensorsWriter writer, String name) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(outputs()).putLong(inputs());
        bytes(writer, name, DType.I64, bytes.array(), 2);
    }

    static void integers(SafetensorsWriter writer, String name, int[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        bytes(writer, name, DType.I32, bytes.array(), shape);
    }

    static void bytes(
            SafetensorsWriter writer, String name, DType dtype, byte[] bytes, long... shape) {
        writer.add(
                name,
                dtype,
                shape,
                channel -> {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                });
    }
}
