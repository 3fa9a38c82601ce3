package io.agilelens.engine.kernel;

/**
 * How long one product took: {@code m} tokens times a weight of {@code n} outputs and {@code k}
 * inputs.
 *
 * @param name arithmetic, one of {@link KernelBenchmark#NAMES}
 * @param medianMicroseconds median of the repetitions
 * @param spreadMicroseconds their interquartile range
 * @param gigaMacsPerSecond 10^9 multiply-accumulates a second at the median
 */
public record KernelTiming(
        String name,
        int m,
        int n,
        int k,
        double medianMicroseconds,
        double spreadMicroseconds,
        double gigaMacsPerSecond) {}
