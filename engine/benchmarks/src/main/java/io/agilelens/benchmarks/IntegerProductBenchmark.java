package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.BenchmarkOperands;
import io.agilelens.engine.kernel.BenchmarkOperands.Runs;
import io.agilelens.engine.kernel.Int4Weights;
import io.agilelens.engine.kernel.Int8Weights;
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

/** Linear layers with integer activations, weights in groups of 32 unless said otherwise. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class IntegerProductBenchmark {
    /** {@code OUTPUTSxINPUTS}: an MLP's first linear in the two models. */
    @Param({"2048x768", "5632x2048"})
    public String shape;

    /** 1 takes the matrix–vector path. */
    @Param({"1", "128"})
    public int tokens;

    private Kernels kernels;
    private ProductShape size;
    private byte[] codes8;
    private byte[] codes4;
    private float[] y;
    private Int8Weights int8;
    private Int8Weights int8Trip;
    private Int4Weights int4;
    private Int4Weights int4ZeroPoints;
    private Int4Weights int4Trip;
    private Int4Weights w4a8;
    private Int4Weights w4a8Trip;

    /** Packs the weights. */
    @Setup
    public void pack(KernelSetup setup) {
        kernels = setup.kernels();
        size = ProductShape.parse(shape);
        BenchmarkOperands inputs = new BenchmarkOperands();
        codes8 = inputs.codes(tokens * size.inputs(), 8);
        codes4 = inputs.codes(tokens * size.inputs(), 4);
        y = new float[tokens * size.outputs()];
        int8 = int8(inputs, Runs.plain(size.inputs()));
        int8Trip = int8(inputs, Runs.ofTrip(size.inputs()));
        int4 = int4(inputs, Runs.plain(size.inputs()), 0, 4);
        int4ZeroPoints = int4(inputs, Runs.plain(size.inputs()), 7, 4);
        int4Trip = int4(inputs, Runs.ofTrip(size.inputs()), 0, 4);
        w4a8 = int4(inputs, Runs.plain(size.inputs()), 0, 8);
        w4a8Trip = int4(inputs, Runs.ofTrip(size.inputs()), 0, 8);
    }

    private Int8Weights int8(BenchmarkOperands inputs, Runs runs) {
        return kernels.packInt8(
                inputs.bytes(size.weights(), -128, 127),
                size.outputs(),
                size.inputs(),
                BenchmarkOperands.scales(size.outputs() * runs.groupCount()),
                new byte[size.outputs() * runs.groupCount()],
                runs.starts(),
                runs.groups(),
                runs.shifts());
    }

    private Int4Weights int4(
            BenchmarkOperands inputs, Runs runs, int largestZeroPoint, int activationBits) {
        return kernels.packInt4(
                inputs.weights(size.weights()),
                size.outputs(),
                size.inputs(),
                BenchmarkOperands.scales(size.outputs() * runs.groupCount()),
                inputs.bytes(
                        size.outputs() * runs.groupCount(), -largestZeroPoint, largestZeroPoint),
                runs.starts(),
                runs.groups(),
                runs.shifts(),
                activationBits);
    }

    /** 8-bit weights and activations. */
    @Benchmark
    public float[] int8() {
        kernels.multiply(codes8, tokens, int8, y);
        return y;
    }

    /** TRIP's factors as shifts of runs of inputs. */
    @Benchmark
    public float[] int8Trip() {
        kernels.multiply(codes8, tokens, int8Trip, y);
        return y;
    }

    /** 4-bit weights and activations. */
    @Benchmark
    public float[] int4() {
        kernels.multiply(codes4, tokens, int4, y);
        return y;
    }

    /** 4-bit weights with zero points. */
    @Benchmark
    public float[] int4ZeroPoints() {
        kernels.multiply(codes4, tokens, int4ZeroPoints, y);
        return y;
    }

    /** TRIP's factors as shifts of runs of inputs. */
    @Benchmark
    public float[] int4Trip() {
        kernels.multiply(codes4, tokens, int4Trip, y);
        return y;
    }

    /** 4-bit weights, 8-bit activations. */
    @Benchmark
    public float[] w4a8() {
        kernels.multiply(codes8, tokens, w4a8, y);
        return y;
    }

    /** The same with TRIP's shifts. */
    @Benchmark
    public float[] w4a8Trip() {
        kernels.multiply(codes8, tokens, w4a8Trip, y);
        return y;
    }
}
