package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.Kernels;
import java.util.concurrent.TimeUnit;
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

/** One head of 64 dimensions behind {@code keys} keys, rows as far apart as in 12 such heads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBenchmark {
    private static final int HEAD_DIMENSION = 64;
    private static final int STRIDE = 12 * HEAD_DIMENSION;
    private static final float SCALE = 0.125f;
    private static final float SLOPE = 0.5f;

    /** Queries at once: 1 is a step of decoding. */
    @Param({"1", "128"})
    public int queries;

    /** Keys that the last query sees. */
    @Param("512")
    public int keys;

    private Kernels kernels;
    private int firstVisible;
    private float[] q;
    private float[] k;
    private float[] v;
    private float[] scores;
    private float[] probabilities;
    private float[] context;
    private float[] powers;
    private float[] values;
    private int[] positions;

    /** Draws the operands. */
    @Setup
    public void draw(KernelSetup setup) {
        kernels = setup.kernels();
        firstVisible = keys - queries + 1;
        RandomInputs inputs = new RandomInputs();
        q = inputs.floats(queries * STRIDE);
        k = inputs.floats(keys * STRIDE);
        v = inputs.floats(keys * STRIDE);
        scores = new float[queries * keys];
        probabilities = inputs.floats(queries * keys);
        context = new float[queries * STRIDE];
        powers = new float[queries * keys];
        byte[] exponents = inputs.bytes(powers.length, 0, 15);
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Math.scalb(1f, -exponents[i]);
        }
        values = new float[keys * STRIDE];
        byte[] integers = inputs.bytes(values.length, -128, 127);
        for (int i = 0; i < values.length; i++) {
            values[i] = integers[i];
        }
        positions = RandomInputs.starts(keys, 1);
    }

    /** Queries times keys. */
    @Benchmark
    public float[] scores() {
        kernels.attentionScores(
                q,
                0,
                STRIDE,
                queries,
                k,
                0,
                STRIDE,
                keys,
                HEAD_DIMENSION,
                SCALE,
                firstVisible,
                scores,
                0,
                keys);
        return scores;
    }

    /** Probabilities times values. */
    @Benchmark
    public float[] context() {
        kernels.attentionContext(
                probabilities,
                0,
                keys,
                queries,
                v,
                0,
                STRIDE,
                keys,
                HEAD_DIMENSION,
                firstVisible,
                context,
                0,
                STRIDE);
        return context;
    }

    /** The same with powers of two and integer values. */
    @Benchmark
    public float[] log2Context() {
        kernels.log2Context(
                powers,
                0,
                keys,
                queries,
                values,
                0,
                STRIDE,
                keys,
                HEAD_DIMENSION,
                1,
                firstVisible,
                context,
                0,
                STRIDE);
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
