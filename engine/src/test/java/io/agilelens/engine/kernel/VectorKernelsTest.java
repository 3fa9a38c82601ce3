package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel at every width against its scalar twin: integers equal, floats within a bound that
 * grows with the length of the sums. The sizes are chosen to leave tails in every loop.
 */
@ParameterizedClass
@MethodSource("widths")
class VectorKernelsTest {

    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector;
    private final KernelInputs inputs = new KernelInputs(7);

    VectorKernelsTest(int bits) {
        vector = KernelProvider.of(bits);
    }

    static List<Integer> widths() {
        return KernelProvider.availableBits().stream().filter(bits -> bits > 0).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1", "1, 13, 3", "1, 33, 1021", "1, 207, 4098", "3, 31, 13", "2, 1, 207",
        "6, 32, 32", "7, 33, 31", "13, 1021, 33", "31, 13, 207", "33, 207, 64", "207, 31, 13",
        "1, 1021, 1024", "12, 64, 4096", "5, 3, 1"
    })
    void products(int tokens, int outputs, int k) {
        fp32(tokens, outputs, k);
        fp16(tokens, outputs, k);
        for (int weightBits : new int[] {4, 8}) {
            for (int bits : new int[] {4, 8}) {
                Shape shape = new Shape(tokens, outputs, k, weightBits, bits);
                integers(shape, KernelInputs.blocks(k, 32), 1, true);
                integers(shape, KernelInputs.blocks(k, 32), 1, false);
                integers(shape, KernelInputs.blocks(k, 8), 4, false);
                integers(shape, KernelInputs.blocks(k, 128), 1, false);
                integers(shape, inputs.unevenBlocks(k, 40), 3, true);
                integers(shape, new int[] {0, k}, 1, true);
                integers(shape, new int[] {0, k}, 1, false);
            }
        }
    }

    /** The last chunk has fewer panels than the others, and the last panel fewer outputs. */
    @ParameterizedTest
    @ValueSource(ints = {1, 13})
    void weightsOfSeveralChunks(int tokens) {
        int inputs = 1 << 14;
        int width = 32;
        assertTrue(PanelChunks.of(333, inputs, width, Short.BYTES).count() > 1);
        fp16(tokens, 333, inputs);
        fp32(tokens, 333, inputs);
    }

    private record Shape(int tokens, int outputs, int k, int weightBits, int activationBits) {}

    private void fp32(int tokens, int outputs, int k) {
        float[] x = inputs.floats(tokens * k);
        float[] w = inputs.floats(outputs * k);
        float[] expected = new float[tokens * outputs];
        float[] actual = dirty(expected.length);
        scalar.multiply(x, tokens, scalar.packFp32(w, outputs, k), expected);
        vector.multiply(x, tokens, vector.packFp32(w, outputs, k), actual);
        assertClose(expected, actual, sizes(x, tokens, w, outputs, k), k);
    }

    private void fp16(int tokens, int outputs, int k) {
        float[] x = inputs.floats(tokens * k);
        float[] w = inputs.floats(outputs * k);
        float[] expected = new float[tokens * outputs];
        float[] actual = dirty(expected.length);
        scalar.multiply(x, tokens, scalar.packFp16(w, outputs, k), expected);
        Fp16Weights packed = vector.packFp16(w, outputs, k);
        vector.multiply(x, tokens, packed, actual);
        assertClose(expected, actual, sizes(x, tokens, w, outputs, k), k);
    }

    private static float[] floats(byte[] codes) {
        float[] values = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = codes[i];
        }
        return values;
    }

    private static float[] ones(int count) {
        return floats(count, 1);
    }

    /**
     * Where the scales are 1 nothing is rounded as long as all sums are integers that a float
     * holds.
     */
    private static void assertExactOrClose(
            float[] expected, float[] actual, double[] sizes, boolean integers, int k) {
        for (int i = 0; i < expected.length; i++) {
            if (integers && sizes[i] <= 1 << 24) {
                assertEquals(expected[i], actual[i], "element " + i);
            }
        }
        assertClose(expected, actual, sizes, k);
    }

    /** All ways of multiplying four-bit weights by codes. */
    private void integers(Shape shape, int[] runStarts, int runsPerGroup, boolean symmetric) {
        for (KernelTuning tuning : KernelInputs.tunings()) {
            integers(
                    new VectorKernels(vector.vectorBits(), Workers.shared(), () -> tuning),
                    shape,
                    runStarts,
                    runsPerGroup,
                    symmetric);
        }
    }

    private void integers(
            Kernels contender, Shape shape, int[] runStarts, int runsPerGroup, boolean symmetric) {
        int tokens = shape.tokens();
        int outputs = shape.outputs();
        int k = shape.k();
        int runs = runStarts.length - 1;
        int[] groups = IntStream.range(0, runs).map(r -> r / runsPerGroup).toArray();
        int groupCount = groups[runs - 1] + 1;
        int largest = (1 << shape.activationBits() - 1) - 1;
        int largestWeight = (1 << shape.weightBits() - 1) - 1;
        byte[] x = inputs.bytes(tokens * k, -largest - 1, largest);
        byte[] w = inputs.bytes(outputs * k, -largestWeight - 1, largestWeight);
        byte[] zeroPoints =
                symmetric
                        ? new byte[outputs * groupCount]
                        : inputs.bytes(outputs * groupCount, -largestWeight - 1, largestWeight);
        int[] shifts = inputs.shifts(runs);
        for (float[] scales :
                List.of(ones(outputs * groupCount), inputs.scales(outputs * groupCount))) {
            float[] expected = new float[tokens * outputs];
            float[] actual = dirty(expected.length);
            float[] weights = new float[outputs * k];
            for (int o = 0; o < outputs; o++) {
                for (int run = 0; run < runs; run++) {
                    int group = o * groupCount + groups[run];
                    float factor = scales[group] * (1 << shifts[run]);
                    for (int i = runStarts[run]; i < runStarts[run + 1]; i++) {
                        weights[o * k + i] =
                                factor * (Math.abs(w[o * k + i]) + Math.abs(zeroPoints[group]));
                    }
                }
            }
            for (Kernels kernels : List.of(scalar, contender)) {
                float[] y = kernels == scalar ? expected : actual;
                if (shape.weightBits() == 8) {
                    var packed =
                            kernels.packInt8(
                                    w, outputs, k, scales, zeroPoints, runStarts, groups, shifts);
                    kernels.multiply(x, tokens, packed, y);
                } else {
                    var packed =
                            kernels.packInt4(
                                    w,
                                    outputs,
                                    k,
                                    scales,
                                    zeroPoints,
                                    runStarts,
                                    groups,
                                    shifts,
                                    shape.activationBits());
                    kernels.multiply(x, tokens, packed, y);
                }
            }
            double[] sizes = sizes(floats(x), tokens, weights, outputs, k);
            assertExactOrClose(expected, actual, sizes, scales[0] == 1, k);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 32, 33, 34, 1024, 1025, 2050})
    void integerProductsAreExactAtTheirExtremes(int k) {
        int tokens = 7;
        int outputs = 5;
        int[] group = {0, k};
        float[] ones = {1, 1, 1, 1, 1};
        for (int weight : new int[] {-8, 7}) {
            for (int zeroPoint : new int[] {-8, 0, 7}) {
                for (int activation : new int[] {-8, 7}) {
                    for (int shift : new int[] {0, 8}) {
                        fourBits(1, k, activation, 4, weight, zeroPoint, shift);
                        fourBits(tokens, k, activation, 4, weight, zeroPoint, shift);
                    }
                }
                for (int activation : new int[] {-128, 127}) {
                    fourBits(1, k, activation, 8, weight, zeroPoint, 0);
                    fourBits(tokens, k, activation, 8, weight, zeroPoint, 0);
                }
            }
        }
        for (int activation : new int[] {-128, 127}) {
            for (int weight : new int[] {-128, 127}) {
                for (int zeroPoint : new int[] {-128, 0, 127}) {
                    byte[] x = filled(tokens * k, activation);
                    byte[] w = filled(outputs * k, weight);
                    float[] y = dirty(tokens * outputs);
                    Int8Weights packed =
                            vector.packInt8(
                                    w,
                                    outputs,
                                    k,
                                    ones,
                                    filled(outputs, zeroPoint),
                                    group,
                                    new int[1],
                                    new int[1]);
                    vector.multiply(x, tokens, packed, y);
                    long exact = (long) activation * (weight - zeroPoint) * k;
                    double bound = Math.abs(exact) > 1 << 24 ? Math.abs(exact) * 0x1p-23 : 0;
                    for (float sum : y) {
                        assertEquals(exact, sum, bound);
                    }
                }
            }
        }
    }

    /** The same activation and weight everywhere. */
    private void fourBits(
            int tokens,
            int k,
            int activation,
            int activationBits,
            int weight,
            int zeroPoint,
            int shift) {
        float[] ones = {1, 1, 1, 1, 1};
        int outputs = ones.length;
        Int4Weights packed =
                vector.packInt4(
                        filled(outputs * k, weight),
                        outputs,
                        k,
                        ones,
                        filled(outputs, zeroPoint),
                        new int[] {0, k},
                        new int[1],
                        new int[] {shift},
                        activationBits);
        float[] y = dirty(tokens * outputs);
        vector.multiply(filled(tokens * k, activation), tokens, packed, y);
        float exact = activation * (weight - zeroPoint) * k << shift;
        assertArrayEquals(floats(y.length, exact), y);
    }

    /** Low and high outputs of a pair at opposite extremes, where one could borrow of the other. */
    @Test
    void pairedSumsDoNotDisturbEachOther() {
        int k = 32;
        int outputs = 128;
        byte[] x = filled(2 * k, -8);
        byte[] w = new byte[outputs * k];
        for (int o = 0; o < outputs; o++) {
            Arrays.fill(w, o * k, (o + 1) * k, (byte) (Integer.bitCount(o) % 2 == 0 ? -8 : 7));
        }
        float[] ones = floats(outputs, 1);
        Int4Weights packed =
                vector.packInt4(
                        w,
                        outputs,
                        k,
                        ones,
                        new byte[outputs],
                        new int[] {0, k},
                        new int[1],
                        new int[1],
                        4);
        float[] y = dirty(2 * outputs);
        vector.multiply(x, 2, packed, y);
        for (int i = 0; i < y.length; i++) {
            assertEquals(-8 * w[i % outputs * k] * k, y[i]);
        }
    }

    /** One token takes bits apart; subnormal numbers, and weights too large to be scaled, too. */
    @Test
    void everyHalfPrecisionPatternIsMultipliedExactly() {
        for (float beyond : new float[] {0, 64, 65504, Float.POSITIVE_INFINITY}) {
            float limit = beyond == 0 ? 64 : Float.POSITIVE_INFINITY;
            float[] weights = new float[1 << 16];
            for (int i = 0; i < weights.length; i++) {
                float weight = Float.float16ToFloat((short) i);
                weights[i] = Math.abs(weight) < limit ? weight : beyond;
            }
            Fp16Weights packed = vector.packFp16(weights, weights.length, 1);
            for (int tokens : new int[] {1, 2}) {
                float[] y = dirty(tokens * weights.length);
                vector.multiply(new float[] {1, 0.5f}, tokens, packed, y);
                for (int i = 0; i < weights.length; i++) {
                    assertEquals(weights[i], y[i] + 0f, Math.abs(weights[i]) * 0x1p-30);
                }
            }
        }
    }

    @Test
    void everyHalfPrecisionPatternIsWidenedExactly() {
        short[] halves = new short[1 << 16];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (short) i;
        }
        float[] widened = new float[halves.length];
        for (int repeat = 0; repeat < 20; repeat++) { // compiled code, too
            FloatMultiplication.widen(halves, 0, 1, widened, 0, widened.length);
        }
        for (int i = 0; i < halves.length; i++) {
            assertEquals(Float.float16ToFloat(halves[i]), widened[i]);
        }
    }

    /** Packed once, several heads, blocks of queries that begin anywhere. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "3, 13, 31, 2",
        "13, 33, 32, 1",
        "48, 131, 64, 3",
        "31, 32, 3, 2",
        "6, 207, 100, 2",
        "33, 31, 33, 1",
        "2, 207, 128, 1",
        "5, 7, 1021, 1"
    })
    void packedAttention(int queries, int keys, int headDimension, int heads) {
        int stride = headDimension + 5;
        int scoresStride = keys + 2;
        float[] q = inputs.floats(3 + queries * stride);
        float[] k = inputs.floats(keys * heads * headDimension);
        for (int firstVisible : new int[] {1, Math.max(1, keys - queries), keys}) {
            for (int head = 0; head < heads; head++) {
                float[] expected = floats(1 + queries * scoresStride, 7);
                float[] actual = expected.clone();
                scores(scalar, q, stride, queries, k, keys, heads, head, firstVisible, expected);
                scores(vector, q, stride, queries, k, keys, heads, head, firstVisible, actual);
                assertArrayEquals(expected, actual, 1e-6f * headDimension, "scores");

                float[] p = inputs.floats(1 + queries * scoresStride);
                expected = floats(4 + queries * stride, 7);
                actual = expected.clone();
                var values = scalar.packValues(k, keys, heads, headDimension);
                context(scalar, p, queries, values, head, firstVisible, expected, stride);
                values = vector.packValues(k, keys, heads, headDimension);
                context(vector, p, queries, values, head, firstVisible, actual, stride);
                values.giveBack();
                assertArrayEquals(expected, actual, 2e-6f * keys, "context");
            }
        }
    }

    @Test
    void whatWasPackedBeforeLeavesNoTrace() {
        float[] before = floats(64 * 2 * 40, Float.NaN);
        for (int i = 0; i < 2; i++) {
            PackedKeys keys = vector.packKeys(before, 64, 2, 40);
            PackedValues values = vector.packValues(before, 64, 2, 40);
            keys.giveBack();
            values.giveBack();
        }
        packedAttention(5, 13, 31, 2);
    }

    /** Tokens come in pieces, again after all were forgotten; queries see more and more of them. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, SINGLE",
        "3, 13, 31, 2, SINGLE",
        "11, 133, 32, 1, SINGLE",
        "1, 131, 64, 3, SINGLE",
        "1, 207, 128, 1, SINGLE",
        "2, 96, 80, 2, SINGLE",
        "1, 1, 1, 1, HALF",
        "3, 13, 31, 2, HALF",
        "11, 133, 32, 1, HALF",
        "1, 131, 64, 3, HALF",
        "1, 207, 128, 1, HALF",
        "2, 96, 80, 2, HALF",
        "1, 331, 16, 2, HALF"
    })
    void cachedAttention(
            int queries, int tokens, int headDimension, int heads, CachePrecision precision) {
        int width = heads * headDimension;
        CachedKeys cachedKeys = vector.cachedKeys(heads, headDimension, precision);
        CachedValues cachedValues = vector.cachedValues(heads, headDimension, precision);
        assertEquals((long) width * precision.bytes(), cachedKeys.bytesPerToken());
        assertEquals((long) width * precision.bytes(), cachedValues.bytesPerToken());
        for (int time = 0; time < 2; time++) {
            cachedKeys.clear();
            cachedValues.clear();
            CachedKeys expectedKeys = scalar.cachedKeys(heads, headDimension, precision);
            CachedValues expectedValues = scalar.cachedValues(heads, headDimension, precision);
            int piece;
            for (int t = 0; t < tokens; t += piece) {
                piece = Math.min(tokens - t, 1 + (7 * t + time) % 150);
                float[] k = inputs.floats(piece * width);
                float[] v = inputs.floats(piece * width);
                for (CachedHeads cached : List.of(cachedKeys, expectedKeys)) {
                    cached.append(k, piece);
                }
                for (CachedHeads cached : List.of(cachedValues, expectedValues)) {
                    cached.append(v, piece);
                }
            }
            assertEquals(tokens, cachedKeys.keys());
            assertArrayEquals(read(expectedKeys, tokens * width), read(cachedKeys, tokens * width));
            assertArrayEquals(
                    read(expectedValues, tokens * width), read(cachedValues, tokens * width));
            int firstVisible = Math.max(1, tokens - queries + 1);
            int stride = headDimension + 5;
            float[] q = inputs.floats(3 + queries * stride);
            float[] p = inputs.floats(1 + queries * (tokens + 2));
            for (int head = 0; head < heads; head++) {
                float[] expected = floats(1 + queries * (tokens + 2), 7);
                float[] actual = expected.clone();
                scores(scalar, q, stride, queries, expectedKeys, head, firstVisible, expected);
                scores(vector, q, stride, queries, cachedKeys, head, firstVisible, actual);
                assertArrayEquals(expected, actual, 1e-6f * headDimension, "scores");
                expected = floats(4 + queries * stride, 7);
                actual = expected.clone();
                context(scalar, p, queries, expectedValues, head, firstVisible, expected, stride);
                context(vector, p, queries, cachedValues, head, firstVisible, actual, stride);
                assertArrayEquals(expected, actual, 2e-6f * tokens, "context");
            }
        }
    }

    /** A prompt takes the room of some tokens more, one that grows half as much again. */
    @Test
    void aCacheHasRoomForWhatComesNext() {
        CachedValueRows values = (CachedValueRows) vector.cachedValues(2, 8, CachePrecision.SINGLE);
        values.append(new float[400 * 16], 400);
        assertEquals(464 * 8, values.floats(1).length);
        for (int i = 0; i < 65; i++) {
            values.append(new float[16], 1);
        }
        assertEquals(464 * 3 / 2 * 8, values.floats(1).length);
    }

    private static float[] read(CachedHeads cached, int count) {
        float[] rows = new float[count];
        cached.read(rows);
        return rows;
    }

    /** Every finite pattern is kept and multiplied as it is; what is larger becomes the largest. */
    @Test
    void everyHalfPrecisionPatternIsCachedExactly() {
        float[] numbers = new float[1 << 16];
        for (int i = 0; i < numbers.length; i++) {
            float number = Float.float16ToFloat((short) i);
            numbers[i] = Float.isFinite(number) ? number : Math.copySign(1e9f, i - 40000f);
        }
        CachedKeys keys = vector.cachedKeys(1, 1, CachePrecision.HALF);
        keys.append(numbers, numbers.length);
        float[] scores = new float[numbers.length];
        vector.attentionScores(
                new float[] {1}, 0, 1, 1, keys, 0, 1, numbers.length, scores, 0, numbers.length);
        CachedValues values = vector.cachedValues(1, numbers.length, CachePrecision.HALF);
        values.append(numbers, 1);
        float[] context = new float[numbers.length];
        vector.attentionContext(new float[] {1}, 0, 1, 1, values, 0, 1, context, 0, numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            float expected = Math.clamp(numbers[i], -65504, 65504);
            assertEquals(expected, scores[i] + 0f, Math.abs(expected) * 0x1p-30, "key " + i);
            assertEquals(expected, context[i] + 0f, Math.abs(expected) * 0x1p-30, "value " + i);
        }
    }

    private static void scores(
            Kernels kernels,
            float[] q,
            int stride,
            int queries,
            float[] k,
            int keys,
            int heads,
            int head,
            int firstVisible,
            float[] scores) {
        PackedKeys packed = kernels.packKeys(k, keys, heads, k.length / keys / heads);
        scores(kernels, q, stride, queries, packed, head, firstVisible, scores);
        packed.giveBack();
    }

    private static void scores(
            Kernels kernels,
            float[] q,
            int stride,
            int queries,
            PackedKeys keys,
            int head,
            int firstVisible,
            float[] scores) {
        kernels.attentionScores(
                q, 3, stride, queries, keys, head, 0.3f, firstVisible, scores, 1, keys.keys() + 2);
    }

    private static void context(
            Kernels kernels,
            float[] p,
            int queries,
            PackedValues values,
            int head,
            int firstVisible,
            float[] context,
            int stride) {
        kernels.attentionContext(
                p, 1, values.keys() + 2, queries, values, head, firstVisible, context, 4, stride);
    }

    /** A value that a query cannot see must not reach it, not even as 0 · infinity. */
    @Test
    void theFutureIsNotRead() {
        int keys = 40;
        float[] v = inputs.floats(keys * 32);
        Arrays.fill(v, 32, v.length, Float.POSITIVE_INFINITY);
        float[] p = new float[keys * keys];
        Arrays.fill(p, 1);
        float[] context = new float[keys * 32];
        var packed = vector.packValues(v, keys, 1, 32);
        vector.attentionContext(p, 0, keys, keys, packed, 0, 1, context, 0, 32);
        assertArrayEquals(Arrays.copyOf(v, 32), Arrays.copyOf(context, 32));
        assertEquals(Float.POSITIVE_INFINITY, context[32]);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "3, 13, 31",
        "13, 33, 64",
        "33, 31, 33",
        "2, 207, 100",
        "12, 700, 64",
        "1, 9, 5"
    })
    void log2Context(int queries, int keys, int headDimension) {
        float scale = 0.37f;
        int heads = 2;
        float[] p = inputs.log2Probabilities(queries, keys + 1);
        byte[] codes = inputs.bytes(keys * heads * headDimension, -128, 127);
        float[] v = new float[codes.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = codes[i] * scale;
        }
        int stride = headDimension + 3;
        float[] scales = {scale, scale};
        CachedValues cached = vector.cachedIntegerValues(heads, headDimension, scales);
        cached.append(v, keys);
        List<PackedValues> all =
                List.of(cached, vector.packIntegerValues(v, keys, heads, headDimension, scales));
        for (int head = 0; head < heads; head++) {
            float[] expected = floats(4 + queries * stride, 7);
            var values = scalar.packIntegerValues(v, keys, heads, headDimension, scales);
            log2(scalar, p, queries, values, head, expected, stride);
            for (PackedValues packed : all) {
                float[] actual = floats(4 + queries * stride, 7);
                log2(vector, p, queries, packed, head, actual, stride);
                assertArrayEquals(expected, actual);
            }
        }
    }

    private static void log2(
            Kernels kernels,
            float[] p,
            int queries,
            PackedValues values,
            int head,
            float[] context,
            int stride) {
        kernels.attentionContext(
                p, 0, values.keys() + 1, queries, values, head, 2, context, 4, stride);
    }

    /** The largest sums that rounded probabilities can lead to: the kernels must not lose a bit. */
    @Test
    void log2ContextIsExactAtItsExtremes() {
        int keys = 257;
        float[] p = new float[keys];
        Arrays.fill(p, 1, keys, 0x1p-7f);
        p[0] = 1;
        p[256] = 0x1p-15f;
        for (int code : new int[] {-128, 127}) {
            float[] v = floats(keys * 32, code);
            float exact = code * ((1 << 15) + 255 * (1 << 8) + 1) * 0x1p-15f;
            for (Kernels kernels : List.of(scalar, vector)) {
                CachedValues cached = kernels.cachedIntegerValues(1, 32, new float[] {1});
                cached.append(v, keys);
                var packed = kernels.packIntegerValues(v, keys, 1, 32, new float[] {1});
                for (PackedValues values : List.of(cached, packed)) {
                    float[] context = new float[32];
                    kernels.attentionContext(p, 0, keys, 1, values, 0, keys, context, 0, 32);
                    assertArrayEquals(floats(32, exact), context);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 15, 63, 127, 128, 149, 255})
    void powersOfTwo(int largest) {
        float[] x = new float[151 * 8 + 40];
        int i = 0;
        for (int r = 0; r <= 150; r++) {
            float power = Math.scalb(1f, -r);
            float boundary = (float) (Math.sqrt(2) * Math.scalb(1.0, -r - 1));
            x[i++] = power;
            x[i++] = Math.nextUp(power);
            x[i++] = Math.nextDown(power);
            x[i++] = Math.nextUp(boundary);
            x[i++] = boundary;
            x[i++] = Math.nextDown(boundary);
        }
        x[i++] = Float.NaN;
        x[i++] = Float.intBitsToFloat(0xffc00000);
        x[i++] = -0.0f;
        float[] random = inputs.floats(x.length - i);
        for (int j = 0; i < x.length; i++, j++) {
            x[i] = Math.abs(random[j]) / 4;
        }
        for (int count : new int[] {1, 3, 33, x.length}) {
            float[] expected = x.clone();
            float[] actual = x.clone();
            scalar.roundToPowersOfTwo(expected, x.length - count, count, largest);
            vector.roundToPowersOfTwo(actual, x.length - count, count, largest);
            assertArrayEquals(expected, actual);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 15, 255})
    void steps(int steps) {
        float[] x = inputs.floats(207);
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 3 == 0 ? (i / 3 + 0.5f) / steps % 1 : Math.abs(x[i]) % 1;
        }
        float[] expected = x.clone();
        float[] actual = x.clone();
        scalar.roundToSteps(expected, 3, 201, steps);
        vector.roundToSteps(actual, 3, 201, steps);
        assertArrayEquals(expected, actual);
    }

    /** Ties, both ends, infinities, what is no number, and channels of very different steps. */
    @ParameterizedTest
    @CsvSource({"1, 8, true", "13, 8, false", "33, 4, true", "207, 4, false", "1021, 2, true"})
    void quantizers(int channels, int bits, boolean signed) {
        int low = signed ? -(1 << (bits - 1)) : 0;
        int high = low + (1 << bits) - 1;
        int middle = signed ? 0 : 1 << (bits - 1);
        float[] special = {
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            -0.0f,
            1e-40f,
            1e30f,
            -1e30f
        };
        float[] steps = inputs.scales(channels);
        for (int zero : new int[] {0, low, high, (low + high) / 2}) {
            float[] x = inputs.floats(2 + channels);
            float[] zeros = floats(channels, zero);
            for (int c = 0; c < channels; c++) {
                x[2 + c] =
                        switch (c % 4) {
                            case 0 -> x[2 + c] * steps[c] * high;
                            case 1 -> steps[c] * (low - zero + c % (high - low + 2) - 0.5f);
                            case 2 -> special[c / 4 % special.length];
                            default -> x[2 + c];
                        };
            }
            byte[] expectedCodes = new byte[channels + 4];
            byte[] codes = new byte[channels + 4];
            scalar.encode(x, 2, channels, steps, zero, low, high, middle, expectedCodes, 1);
            vector.encode(x, 2, channels, steps, zero, low, high, middle, codes, 1);
            assertArrayEquals(expectedCodes, codes);
            float[] expected = floats(2 + channels, 9);
            float[] actual = expected.clone();
            scalar.quantize(x, 2, channels, steps, zeros, low, high, expected);
            vector.quantize(x, 2, channels, steps, zeros, low, high, actual);
            assertArrayEquals(expected, actual);
            float[] expectedExtremes = new float[2];
            float[] extremes = {5, 5};
            scalar.extremes(x, 2, channels, steps, expectedExtremes);
            vector.extremes(x, 2, channels, steps, extremes);
            assertArrayEquals(expectedExtremes, extremes);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 13", "13, 33", "207, 1021"})
    void rescaling(int tokens, int outputs) {
        float[] scales = inputs.scales(tokens);
        int[] zeros = new int[tokens];
        Arrays.setAll(zeros, t -> t % 9 - 4);
        float[] sums = inputs.floats(outputs);
        for (float[] bias : new float[][] {null, inputs.floats(outputs)}) {
            float[] expected = inputs.floats(tokens * outputs);
            float[] actual = expected.clone();
            scalar.rescale(expected, tokens, outputs, scales, zeros, sums, bias);
            vector.rescale(actual, tokens, outputs, scales, zeros, sums, bias);
            assertArrayEquals(expected, actual);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 13, 31, 32, 33, 207, 1021, 4098})
    void softmax(int count) {
        float[] x = inputs.floats(count + 3);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 10;
        }
        float[] expected = x.clone();
        float[] actual = x.clone();
        scalar.softmax(expected, 2, count);
        vector.softmax(actual, 2, count);
        for (int i = 0; i < x.length; i++) {
            assertEquals(expected[i], actual[i], 2e-6 * Math.abs(expected[i]) + 1e-44);
        }
    }

    @Test
    void softmaxSurvivesHugeValues() {
        for (int count : new int[] {1, 3, 33}) {
            float[] x = floats(count, -1e30f);
            x[count / 2] = 1e30f;
            vector.softmax(x, 0, count);
            for (int i = 0; i < count; i++) {
                assertEquals(i == count / 2 ? 1 : 0, x[i], 0.0f);
            }
        }
    }

    /** Softmax of (0, x) in effect: e^x over the whole range that softmax meets. */
    @Test
    void exponentialIsWithinItsBound() {
        RowLoops loops =
                WidthTemplate.instantiate(
                        RowLoops.class, RowLoopsTemplate.class, vector.vectorBits());
        int count = 1 << 16;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = -110f * i / count;
        }
        float[] y = x.clone();
        loops.exponentials(y, 0, count, 0);
        for (int i = 0; i < count; i++) {
            double exact = StrictMath.exp(x[i]);
            double bound = Math.max(2e-7 * exact, 2 * Float.MIN_VALUE);
            assertEquals(exact, y[i], bound, "e^" + x[i]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 13", "2, 31", "1, 32", "13, 33", "33, 207", "2, 1021", "1, 4098"})
    void norms(int tokens, int channels) {
        float[] x = inputs.floats(tokens * channels);
        float[] weight = inputs.floats(channels);
        float[] bias = inputs.floats(channels);
        float[] expected = new float[x.length];
        float[] actual = dirty(x.length);
        scalar.rmsNorm(x, tokens, channels, weight, 1e-6f, expected);
        vector.rmsNorm(x, tokens, channels, weight, 1e-6f, actual);
        assertArrayEquals(expected, actual, 1e-5f, "rms");
        scalar.layerNorm(x, tokens, channels, weight, bias, 1e-5f, expected);
        vector.layerNorm(x, tokens, channels, weight, bias, 1e-5f, actual);
        assertArrayEquals(expected, actual, 1e-5f, "layer");
        scalar.layerNorm(x, tokens, channels, weight, null, 1e-5f, expected);
        vector.layerNorm(x, tokens, channels, weight, null, 1e-5f, actual);
        assertArrayEquals(expected, actual, 1e-5f, "layer without bias");
    }

    @Test
    void rmsNormOfZerosIsZero() {
        float[] y = dirty(33);
        vector.rmsNorm(new float[33], 1, 33, floats(33, 2), 1e-6f, y);
        assertArrayEquals(new float[33], y);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 2", "3, 2, 26", "2, 3, 64", "5, 1, 66", "2, 2, 414"})
    void rotation(int tokens, int heads, int headDimension) {
        float[] x = inputs.floats(tokens * heads * headDimension);
        float[] cosines = inputs.floats(tokens * headDimension / 2);
        float[] sines = inputs.floats(tokens * headDimension / 2);
        float[] expected = x.clone();
        float[] actual = x.clone();
        scalar.rotate(expected, tokens, heads, headDimension, cosines, sines);
        vector.rotate(actual, tokens, heads, headDimension, cosines, sines);
        assertArrayEquals(expected, actual);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 13, 31, 32, 33, 207, 1021, 4098, 70001})
    void elementwise(int count) {
        float[] x = inputs.floats(count + 2);
        for (int i = 0; i < x.length; i++) {
            x[i] *= i % 5 == 0 ? 40 : 3;
        }
        float[] y = inputs.floats(count);
        float[] expected = x.clone();
        float[] actual = x.clone();
        scalar.siluMultiply(expected, y, count);
        vector.siluMultiply(actual, y, count);
        assertRelative(expected, actual, 1e-6, 1e-30);

        expected = x.clone();
        actual = x.clone();
        scalar.geluTanh(expected, count);
        vector.geluTanh(actual, count);
        assertRelative(expected, actual, 2e-6, 1e-6);

        expected = x.clone();
        actual = x.clone();
        scalar.relu(expected, count);
        vector.relu(actual, count);
        assertArrayEquals(expected, actual);
        scalar.add(expected, y, count);
        vector.add(actual, y, count);
        assertArrayEquals(expected, actual);

        int[] positions = IntStream.range(0, count).map(j -> 3 * j + j % 3).toArray();
        scalar.addAlibi(expected, 2, count, positions, 3 * count, 0.3f);
        vector.addAlibi(actual, 2, count, positions, 3 * count, 0.3f);
        assertArrayEquals(expected, actual);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 13", "33, 31", "2, 1021"})
    void biases(int tokens, int channels) {
        float[] expected = inputs.floats(tokens * channels);
        float[] actual = expected.clone();
        float[] bias = inputs.floats(channels);
        scalar.addBias(expected, tokens, channels, bias);
        vector.addBias(actual, tokens, channels, bias);
        assertArrayEquals(expected, actual);
    }

    @Test
    void weightsOfOtherKernelsAreRefused() {
        Fp32Weights ofScalar = scalar.packFp32(new float[6], 2, 3);
        assertThrows(
                IllegalArgumentException.class,
                () -> vector.multiply(new float[3], 1, ofScalar, new float[2]));
        int other = vector.vectorBits() == 128 ? 256 : 128;
        assumeTrue(KernelProvider.availableBits().contains(other), "only one width here");
        Int4Weights ofOther =
                KernelProvider.of(other)
                        .packInt4(
                                new byte[6],
                                2,
                                3,
                                new float[2],
                                new byte[2],
                                new int[] {0, 3},
                                new int[1],
                                new int[1],
                                4);
        assertThrows(
                IllegalArgumentException.class,
                () -> vector.multiply(new byte[3], 1, ofOther, new float[2]));
    }

    @Test
    void fourBitWeightsTakeHalfAByte() {
        int outputs = 256;
        int k = 1024;
        int[] starts = KernelInputs.blocks(k, 32);
        int groups = starts.length - 1;
        int[] ofRuns = IntStream.range(0, groups).toArray();
        long bytes =
                vector.packInt4(
                                new byte[outputs * k],
                                outputs,
                                k,
                                new float[outputs * groups],
                                new byte[outputs * groups],
                                starts,
                                ofRuns,
                                new int[groups],
                                4)
                        .bytes();
        int behind = ReadAhead.DISTANCE + ShortLaneProducts.BLOCK * vector.vectorBits() / 8;
        long codes = outputs * k / 2 + behind;
        long zeroPoints = outputs * groups / 2 + behind;
        long plan = 4L * (5 * groups + 1) + 4L * k;
        long turns = 4L * (4 * groups + 2) + 2L * k; // of one token: each group is one
        assertEquals(codes + 4L * outputs * groups + zeroPoints + 2 * plan + turns, bytes);
    }

    /** Several tokens and one share what eight-bit weights are cut into. */
    @Test
    void eightBitWeightsTakeAByte() {
        int outputs = 256;
        int k = 1024;
        int[] starts = KernelInputs.blocks(k, 32);
        int groups = starts.length - 1;
        long bytes =
                vector.packInt8(
                                new byte[outputs * k],
                                outputs,
                                k,
                                new float[outputs * groups],
                                new byte[outputs * groups],
                                starts,
                                IntStream.range(0, groups).toArray(),
                                new int[groups])
                        .bytes();
        long codes = outputs * k + ReadAhead.DISTANCE;
        long zeroPoints = outputs * groups + ReadAhead.DISTANCE;
        long plan = 4L * (5 * groups + 1) + 4L * k;
        assertEquals(codes + 4L * outputs * groups + zeroPoints + plan, bytes);
    }

    private static double[] sizes(float[] x, int tokens, float[] w, int outputs, int k) {
        return KernelInputs.product(
                KernelInputs.absolute(x), tokens, KernelInputs.absolute(w), outputs, k);
    }

    private static void assertClose(float[] expected, float[] actual, double[] sizes, int k) {
        for (int i = 0; i < expected.length; i++) {
            double bound = 6 * Math.sqrt(k) * KernelInputs.UNIT_ROUNDOFF * sizes[i];
            assertEquals(expected[i], actual[i], bound, "element " + i);
        }
    }

    private static void assertRelative(
            float[] expected, float[] actual, double relative, double absolute) {
        for (int i = 0; i < expected.length; i++) {
            double bound = relative * Math.abs(expected[i]) + absolute;
            assertEquals(expected[i], actual[i], bound, "element " + i);
        }
    }

    /** Room for a result that must be overwritten. */
    private static float[] dirty(int count) {
        return floats(count, Float.NaN);
    }

    private static float[] floats(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private static byte[] filled(int count, int value) {
        byte[] values = new byte[count];
        Arrays.fill(values, (byte) value);
        return values;
    }
}
