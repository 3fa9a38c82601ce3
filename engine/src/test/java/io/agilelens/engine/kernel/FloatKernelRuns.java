package io.agilelens.engine.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Every kernel with float results on fixed inputs, each run giving the results anew. */
final class FloatKernelRuns {

    private static final int KEYS_BEFORE = 30;

    private final Kernels kernels;
    private final int tokens;
    private final int channels;
    private final KernelInputs inputs = new KernelInputs(11);
    private final Map<String, Supplier<float[]>> runs = new LinkedHashMap<>();

    private FloatKernelRuns(Kernels kernels, int tokens, int channels) {
        this.kernels = kernels;
        this.tokens = tokens;
        this.channels = channels;
    }

    /**
     * Runs by name.
     *
     * @param tokens more than 1
     * @param channels odd, to leave tails
     */
    static Map<String, Supplier<float[]>> of(Kernels kernels, int tokens, int channels) {
        FloatKernelRuns all = new FloatKernelRuns(kernels, tokens, channels);
        for (int count : new int[] {1, tokens}) {
            all.addFloatProducts(count);
            all.addIntegerProducts(count);
            all.addAttention(count);
        }
        all.addRows();
        all.addElementwise();
        return all.runs;
    }

    private void addFloatProducts(int count) {
        float[] x = floats(count * channels);
        float[] w = floats(channels * channels);
        Fp32Weights fp32 = kernels.packFp32(w, channels, channels);
        Fp16Weights fp16 = kernels.packFp16(w, channels, channels);
        float[] y = new float[x.length];
        add("FP32 product", count, y, () -> kernels.multiply(x, count, fp32, y));
        add("FP16 product", count, y, () -> kernels.multiply(x, count, fp16, y));
    }

    private void addIntegerProducts(int count) {
        int[] starts = KernelInputs.blocks(channels, 16);
        int groups = starts.length - 1;
        byte[] x = inputs.bytes(count * channels, -8, 7);
        byte[] w = inputs.bytes(channels * channels, -8, 7);
        float[] scales = inputs.scales(channels * groups);
        byte[] zeroPoints = inputs.bytes(channels * groups, -8, 7);
        int[] runGroups = IntStream.range(0, groups).toArray();
        Int8Weights int8 =
                kernels.packInt8(
                        w,
                        channels,
                        channels,
                        scales,
                        zeroPoints,
                        starts,
                        runGroups,
                        inputs.shifts(groups));
        Int4Weights int4 =
                kernels.packInt4(
                        w,
                        channels,
                        channels,
                        scales,
                        zeroPoints,
                        starts,
                        runGroups,
                        inputs.shifts(groups),
                        4);
        Int4Weights wide4 =
                kernels.packInt4(
                        w,
                        channels,
                        channels,
                        scales,
                        zeroPoints,
                        starts,
                        runGroups,
                        inputs.shifts(groups),
                        8);
        float[] floats = floats(count * channels);
        byte[] unsigned = inputs.bytes(channels * channels, 0, 15);
        byte[] zeros = inputs.bytes(channels * groups, 0, 15);
        for (int bits : new int[] {4, 8}) {
            GroupedWeights grouped =
                    kernels.packGrouped(unsigned, channels, channels, bits, scales, zeros, starts);
            float[] z = new float[floats.length];
            add(
                    bits + "-bit weights' product",
                    count,
                    z,
                    () -> kernels.multiply(floats, count, grouped, z));
        }
        float[] y = new float[x.length];
        add("INT8 product", count, y, () -> kernels.multiply(x, count, int8, y));
        add("INT4 product of 8-bit codes", count, y, () -> kernels.multiply(x, count, wide4, y));
        add("INT4 product", count, y, () -> kernels.multiply(x, count, int4, y));
    }

    private void addAttention(int count) {
        int keys = KEYS_BEFORE + count;
        float[] q = floats(count * channels);
        float[] k = floats(keys * channels);
        float[] p = floats(count * keys);
        PackedKeys packedKeys = kernels.packKeys(k, keys, 1, channels);
        PackedValues packedValues = kernels.packValues(k, keys, 1, channels);
        addAttention("packed", count, q, packedKeys, p, packedValues);
        for (CachePrecision precision : CachePrecision.values()) {
            CachedKeys cachedKeys = kernels.cachedKeys(1, channels, precision);
            CachedValues cachedValues = kernels.cachedValues(1, channels, precision);
            cachedKeys.append(k, keys);
            cachedValues.append(k, keys);
            addAttention("cached " + precision, count, q, cachedKeys, p, cachedValues);
        }
    }

    private void addAttention(
            String kind, int count, float[] q, PackedKeys keys, float[] p, PackedValues values) {
        int length = keys.keys();
        float[] scores = new float[count * length];
        float[] context = new float[count * channels];
        add(
                "scores of %s keys".formatted(kind),
                count,
                scores,
                () ->
                        kernels.attentionScores(
                                q,
                                0,
                                channels,
                                count,
                                keys,
                                0,
                                0.3f,
                                KEYS_BEFORE + 1,
                                scores,
                                0,
                                length));
        add(
                "context of %s values".formatted(kind),
                count,
                context,
                () ->
                        kernels.attentionContext(
                                p,
                                0,
                                length,
                                count,
                                values,
                                0,
                                KEYS_BEFORE + 1,
                                context,
                                0,
                                channels));
    }

    private void addRows() {
        float[] x = floats(tokens * channels);
        float[] weight = floats(channels);
        float[] bias = floats(channels);
        float[] y = new float[x.length];
        add(
                "softmax",
                tokens,
                y,
                () -> {
                    System.arraycopy(x, 0, y, 0, x.length);
                    for (int t = 0; t < tokens; t++) {
                        kernels.softmax(y, t * channels, channels);
                    }
                });
        add("RMS norm", tokens, y, () -> kernels.rmsNorm(x, tokens, channels, weight, 1e-6f, y));
        add(
                "layer norm",
                tokens,
                y,
                () -> kernels.layerNorm(x, tokens, channels, weight, bias, 1e-6f, y));
    }

    private void addElementwise() {
        int even = channels - 1;
        float[] x = floats(tokens * channels);
        float[] other = floats(x.length);
        float[] sines = floats(tokens * even / 2);
        addInPlace("rotation", x, y -> kernels.rotate(y, tokens, 1, even, other, sines));
        addInPlace("SiLU", x, y -> kernels.siluMultiply(y, other, y.length));
        addInPlace("GELU", x, y -> kernels.geluTanh(y, y.length));
        addInPlace("ReLU", x, y -> kernels.relu(y, y.length));
        int[] positions = IntStream.range(0, x.length).map(j -> 2 * j).toArray();
        addInPlace("ALiBi", x, y -> kernels.addAlibi(y, 0, y.length, positions, 99, 0.3f));
        addInPlace("sum", x, y -> kernels.add(y, other, y.length));
        addInPlace("bias", x, y -> kernels.addBias(y, tokens, channels, other));
    }

    private interface InPlace {
        void run(float[] y);
    }

    private void addInPlace(String name, float[] x, InPlace kernel) {
        float[] y = new float[x.length];
        add(
                name,
                tokens,
                y,
                () -> {
                    System.arraycopy(x, 0, y, 0, x.length);
                    kernel.run(y);
                });
    }

    private void add(String name, int count, float[] y, Runnable kernel) {
        runs.put(
                "%s of %d × %d".formatted(name, count, channels),
                () -> {
                    kernel.run();
                    return y;
                });
    }

    /** Random values, both zeros and a subnormal number. */
    private float[] floats(int count) {
        float[] values = inputs.floats(count);
        values[0] = -0.0f;
        values[1] = 0.0f;
        values[2] = 1e-40f;
        return values;
    }
}
