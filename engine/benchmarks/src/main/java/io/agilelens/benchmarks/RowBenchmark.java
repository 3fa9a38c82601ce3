package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.BenchmarkOperands;
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

/** Norms, rotary positions and elementwise functions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowBenchmark {
    private static final int HEAD_DIMENSION = 64;
    private static final float EPSILON = 1e-5f;

    /** Of a row: the residual streams and the MLP of the two models. */
    @Param({"768", "2048"})
    public int channels;

    /** Rows. */
    @Param({"1", "128"})
    public int tokens;

    private Kernels kernels;
    private float[] x;
    private float[] y;
    private float[] weight;
    private float[] bias;
    private float[] cosines;
    private float[] sines;
    private float[] zeros;

    /** Draws the operands. */
    @Setup
    public void draw(KernelSetup setup) {
        kernels = setup.kernels();
        BenchmarkOperands inputs = new BenchmarkOperands();
        x = inputs.floats(tokens * channels);
        y = new float[tokens * channels];
        weight = inputs.floats(channels);
        bias = inputs.floats(channels);
        // A turn by no angle and a sum with zero keep values that are their own input in range.
        cosines = new float[tokens * HEAD_DIMENSION / 2];
        java.util.Arrays.fill(cosines, 1);
        sines = new float[tokens * HEAD_DIMENSION / 2];
        zeros = new float[tokens * channels];
    }

    /** LLaMA's norm. */
    @Benchmark
    public float[] rmsNorm() {
        kernels.rmsNorm(x, tokens, channels, weight, EPSILON, y);
        return y;
    }

    /** OPT's and BLOOM's norm. */
    @Benchmark
    public float[] layerNorm() {
        kernels.layerNorm(x, tokens, channels, weight, bias, EPSILON, y);
        return y;
    }

    /** Rotary positions of heads of 64 dimensions. */
    @Benchmark
    public float[] rotate() {
        kernels.rotate(x, tokens, channels / HEAD_DIMENSION, HEAD_DIMENSION, cosines, sines);
        return x;
    }

    /** The gated MLP's function. */
    @Benchmark
    public float[] siluMultiply() {
        kernels.siluMultiply(y, x, tokens * channels);
        return y;
    }

    /** BLOOM's function. */
    @Benchmark
    public float[] geluTanh() {
        kernels.geluTanh(y, tokens * channels);
        return y;
    }

    /** OPT's function. */
    @Benchmark
    public float[] relu() {
        kernels.relu(y, tokens * channels);
        return y;
    }

    /** The residual stream's sum. */
    @Benchmark
    public float[] add() {
        kernels.add(x, zeros, tokens * channels);
        return x;
    }
}
