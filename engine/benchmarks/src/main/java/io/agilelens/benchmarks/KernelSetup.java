package io.agilelens.benchmarks;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The kernels that a benchmark runs on. */
@State(Scope.Benchmark)
public class KernelSetup {

    /** {@code scalar}, {@code vector} for the widest vectors here, or a width in bits. */
    @Param({"scalar", "vector"})
    public String kernels;

    /** Threads that share a kernel; scalar kernels use one. */
    @Param("1")
    public int threads;

    private Workers workers;
    private Kernels chosen;

    /** Starts the threads. */
    @Setup(Level.Trial)
    public void open() {
        workers = Workers.of(threads);
        int bits =
                switch (kernels) {
                    case "scalar" -> 0;
                    case "vector" -> KernelProvider.availableBits().getLast();
                    default -> Integer.parseInt(kernels);
                };
        chosen = KernelProvider.of(bits, workers);
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void close() {
        workers.close();
    }

    Kernels kernels() {
        return chosen;
    }
}
