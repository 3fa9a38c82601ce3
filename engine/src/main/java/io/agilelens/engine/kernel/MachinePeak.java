package io.agilelens.engine.kernel;

/**
 * What this machine can do at best: the two roofs of a roofline plot. Both are measured by {@link
 * MachineMeter}, each the best of several repetitions, for a roof is what other load takes away
 * from.
 *
 * @param vectorBits width of the vectors, 0 for scalar code
 * @param threads threads that ran at once
 * @param gigaFlops 10^9 floating-point operations a second; a multiply-add counts two
 * @param gigabytesPerSecond 10^9 bytes a second read from main memory
 */
public record MachinePeak(
        int vectorBits, int threads, double gigaFlops, double gigabytesPerSecond) {}
