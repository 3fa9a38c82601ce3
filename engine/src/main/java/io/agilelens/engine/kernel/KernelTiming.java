package io.agilelens.engine.kernel;

/**
 * How long one product took: {@code m} tokens times a weight of {@code n} outputs and {@code k}
 * inputs.
 *
 * @param name arithmetic, one of {@link KernelBenchmark#NAMES}
 * @param medianMicroseconds median of the repetitions
 * @param spreadMicroseconds their interquartile range
 * @param gigaMacsPerSecond 10^9 multiply-accumulates a second at the median
 * @param ratioToFp32 times as fast as {@code FP32} at this shape, median over the rounds
 * @param bytes read and written: packed weights, activations and results, each once
 * @param shareOfPeak share of the multiply-adds that the machine gave in the same rounds; above 1
 *     where one multiply-add does several products
 * @param shareOfBandwidth share of the bytes a second that the machine gave in the same rounds from
 *     a working set of as many bytes
 */
public record KernelTiming(
        String name,
        int m,
        int n,
        int k,
        double medianMicroseconds,
        double spreadMicroseconds,
        double gigaMacsPerSecond,
        double ratioToFp32,
        long bytes,
        double shareOfPeak,
        double shareOfBandwidth) {

    /** 10^9 bytes a second at the median. */
    public double gigabytesPerSecond() {
        return bytes / medianMicroseconds * 1e-3;
    }

    /** Whether the memory's roof is the nearer one, rather than the arithmetic's. */
    public boolean isBoundByMemory() {
        return shareOfBandwidth > shareOfPeak;
    }
}
