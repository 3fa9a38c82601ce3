package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.BenchmarkOperands;
import io.agilelens.engine.kernel.Fp16Weights;
import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.GroupedWeights;
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

/** Linear layers with float activations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FloatProductBenchmark {
    /** {@code OUTPUTSxINPUTS}: an MLP's first linear in the two models. */
    @Param({"2048x768", "5632x2048"})
    public String shape;

    /** 1 takes the matrix–vector path. */
    @Param({"1", "128"})
    public int tokens;

    private Kernels kernels;
    private float[] x;
    private float[] y;
    private Fp32Weights fp32;
    private Fp16Weights fp16;
    private GroupedWeights w4a16;

    /** Packs the weights. */
    @Setup
    public void pack(KernelSetup setup) {
        kernels = setup.kernels();
        ProductShape size = ProductShape.parse(shape);
        BenchmarkOperands inputs = new BenchmarkOperands();
        x = inputs.floats(tokens * size.inputs());
        y = new float[tokens * size.outputs()];
        float[] weights = inputs.floats(size.weights());
        fp32 = kernels.packFp32(weights, size.outputs(), size.inputs());
        fp16 = kernels.packFp16(weights, size.outputs(), size.inputs());
        int[] starts = BenchmarkOperands.groupStarts(size.inputs());
        int scaleCount = size.outputs() * (starts.length - 1);
        w4a16 =
                kernels.packGrouped(
                        inputs.bytes(size.weights(), 0, 15),
                        size.outputs(),
                        size.inputs(),
                        4,
                        BenchmarkOperands.scales(scaleCount),
                        inputs.bytes(scaleCount, 0, 15),
                        starts);
    }

    /** Float32 weights. */
    @Benchmark
    public float[] fp32() {
        kernels.multiply(x, tokens, fp32, y);
        return y;
    }

    /** Half-precision weights. */
    @Benchmark
    public float[] fp16() {
        kernels.multiply(x, tokens, fp16, y);
        return y;
    }

    /** 4-bit weights in groups of 32 with zero points. */
    @Benchmark
    public float[] w4a16() {
        kernels.multiply(x, tokens, w4a16, y);
        return y;
    }
}
