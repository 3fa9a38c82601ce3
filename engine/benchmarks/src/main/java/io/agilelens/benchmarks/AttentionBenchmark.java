package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.BenchmarkOperands;
import io.agilelens.engine.kernel.CachePrecision;
import io.agilelens.engine.kernel.CachedKeys;
import io.agilelens.engine.kernel.CachedValues;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedKeys;
import io.agilelens.engine.kernel.PackedValues;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One head of 64 dimensions behind {@code keys} keys. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBenchmark {
    private static final int HEAD_DIMENSION = 64;
    private static final int HEADS = 12;
    private static final int STRIDE = HEADS * HEAD_DIMENSION;
    private static final float SCALE = 0.125f;
    private static final float SLOPE = 0.5f;

    /** Queries at once: 1 is a step of decoding. */
    @Param({"1", "128"})
    public int queries;

    /** Keys that the last query sees. */
    @Param("512")
    public int keys;

    /** Numbers of the cache. */
    @Param({"SINGLE", "HALF"})
    public CachePrecision precision;

    private Kernels kernels;
    private int firstVisible;
    private float[] q;
    private float[] scores;
    private float[] probabilities;
    private float[] context;
    private float[] powers;
    private CachedKeys cachedKeys;
    private CachedValues cachedValues;
    private CachedValues cachedIntegers;
    private PackedKeys packedKeys;
    private PackedValues packedValues;
    private PackedValues packedIntegers;
    private int[] positions;

    /** Draws the operands. */
    @Setup
    public void draw(KernelSetup setup) {
        kernels = setup.kernels();
        firstVisible = keys - queries + 1;
        BenchmarkOperands inputs = new BenchmarkOperands();
        q = inputs.floats(queries * STRIDE);
        float[] k = inputs.floats(keys * STRIDE);
        float[] v = inputs.floats(keys * STRIDE);
        scores = new float[queries * keys];
        probabilities = inputs.floats(queries * keys);
        context = new float[queries * STRIDE];
        powers = new float[queries * keys];
        // A row of them adds up to less than 1, as a softmax does.
        byte[] exponents = inputs.bytes(queries * keys, 10, 15);
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Math.scalb(1f, -exponents[i]);
        }
        byte[] codes = inputs.bytes(keys * STRIDE, -128, 127);
        float[] integers = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            integers[i] = codes[i];
        }
        packedKeys = kernels.packKeys(k, keys, HEADS, HEAD_DIMENSION);
        packedValues = kernels.packValues(v, keys, HEADS, HEAD_DIMENSION);
        float[] scales = new float[HEADS];
        Arrays.fill(scales, 1);
        packedIntegers = kernels.packIntegerValues(integers, keys, HEADS, HEAD_DIMENSION, scales);
        cachedKeys = kernels.cachedKeys(HEADS, HEAD_DIMENSION, precision);
        cachedKeys.append(k, keys);
        cachedValues = kernels.cachedValues(HEADS, HEAD_DIMENSION, precision);
        cachedValues.append(v, keys);
        cachedIntegers = kernels.cachedIntegerValues(HEADS, HEAD_DIMENSION, scales);
        cachedIntegers.append(integers, keys);
        positions = IntStream.rangeClosed(0, keys).toArray();
    }

    /** Queries times keys of a cache. */
    @Benchmark
    public float[] scoresOfCachedKeys() {
        kernels.attentionScores(
                q, 0, STRIDE, queries, cachedKeys, 0, SCALE, firstVisible, scores, 0, keys);
        return scores;
    }

    /** Probabilities times values of a cache. */
    @Benchmark
    public float[] contextOfCachedValues() {
        kernels.attentionContext(
                probabilities, 0, keys, queries, cachedValues, 0, firstVisible, context, 0, STRIDE);
        return context;
    }

    /** Queries times keys that were packed before. */
    @Benchmark
    public float[] scoresOfPackedKeys() {
        kernels.attentionScores(
                q, 0, STRIDE, queries, packedKeys, 0, SCALE, firstVisible, scores, 0, keys);
        return scores;
    }

    /** Probabilities times values that were packed before. */
    @Benchmark
    public float[] contextOfPackedValues() {
        kernels.attentionContext(
                probabilities, 0, keys, queries, packedValues, 0, firstVisible, context, 0, STRIDE);
        return context;
    }

    /** The same with probabilities that are powers of two and values that are integers. */
    @Benchmark
    public float[] log2ContextOfCachedValues() {
        kernels.attentionContext(
                powers, 0, keys, queries, cachedIntegers, 0, firstVisible, context, 0, STRIDE);
        return context;
    }

    /** The same with values that were packed before. */
    @Benchmark
    public float[] log2ContextOfPackedValues() {
        kernels.attentionContext(
                powers, 0, keys, queries, packedIntegers, 0, firstVisible, context, 0, STRIDE);
        return context;
    }

    /** One row after the other. Its values are their own input, which changes no operation. */
    @Benchmark
    public float[] softmax() {
        for (int i = 0; i < queries; i++) {
            kernels.softmax(probabilities, i * keys, firstVisible + i);
        }
        return probabilities;
    }

    /** ALiBi's distances on one row after the other. */
    @Benchmark
    public float[] alibi() {
        for (int i = 0; i < queries; i++) {
            kernels.addAlibi(scores, i * keys, firstVisible + i, positions, i, SLOPE);
        }
        return scores;
    }
}
