package io.agilelens.engine.kernel;

import io.agilelens.engine.kernel.BenchmarkOperands.Runs;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Latency of the products at given shapes, inside this process. Each is repeated until its time has
 * settled or the budget for that is spent. Then all arithmetics of a shape are measured in rounds,
 * one after the other and beside the machine's own peak, so that other load hits all alike.
 */
public final class KernelBenchmark {

    /**
     * What is measured: float weights; 8- and 4-bit weights in groups of 32 with codes as wide;
     * 4-bit weights with 8-bit codes and with float activations; and the ways to execute TRIP, runs
     * of shifts 0…3 in each group of 8- and 4-bit weights, see {@link BenchmarkOperands}.
     */
    public static final List<String> NAMES =
            List.of(
                    "FP32",
                    "FP16",
                    "W4A16",
                    "INT8",
                    "W4A8",
                    "INT4",
                    "INT8-TRIP",
                    "W4A8-TRIP",
                    "INT4-TRIP");

    /**
     * @param m tokens
     * @param n outputs
     * @param k inputs
     */
    public record Shape(int m, int n, int k) {}

    private static final long SHORTEST_WARM_UP_NANOS = 250_000_000;
    private static final long LONGEST_WARM_UP_NANOS = 4_000_000_000L;
    private static final long SHORTEST_NANOS = 2_000_000;

    /** How often each product is timed. */
    public static final int ROUNDS = 11;

    /** Rounds of warm-up that must pass without an improvement by {@link #IMPROVEMENT}. */
    private static final int SETTLED_ROUNDS = 12;

    private static final double IMPROVEMENT = 0.03;

    private final Kernels kernels;
    private final MachineMeter meter;
    private final Cancellation cancellation;
    private final BenchmarkOperands operands;

    /**
     * @param product computes it once
     * @param products that make a measurement long enough for the clock
     */
    private record Contender(String name, long bytes, Runnable product, int products) {}

    private record Product(PackedWeights weights, int activationBytes, Runnable run) {}

    private KernelBenchmark(Kernels kernels, MachineMeter meter, Cancellation cancellation) {
        this.kernels = kernels;
        this.meter = meter;
        this.cancellation = cancellation;
        this.operands = new BenchmarkOperands(cancellation);
    }

    /**
     * Measures every product of {@link #NAMES} at every shape, in that order within a shape.
     *
     * @param kernels made by {@link KernelProvider#of(int, Workers)} for the threads in question
     * @param meter of the same width and threads
     */
    public static List<KernelTiming> measure(
            Kernels kernels,
            MachineMeter meter,
            List<Shape> shapes,
            Progress progress,
            Cancellation cancellation) {
        KernelBenchmark benchmark = new KernelBenchmark(kernels, meter, cancellation);
        List<KernelTiming> timings = new ArrayList<>();
        int total = shapes.size() * NAMES.size();
        for (Shape shape : shapes) {
            timings.addAll(benchmark.measure(shape, progress, timings.size(), total));
        }
        progress.report("Measured the kernels", total, Math.max(1, total));
        return List.copyOf(timings);
    }

    private List<KernelTiming> measure(Shape shape, Progress progress, int done, int total) {
        float[] y = new float[Math.multiplyExact(shape.m(), shape.n())];
        List<Contender> contenders = new ArrayList<>();
        for (String name : NAMES) {
            cancellation.check();
            progress.report(
                    "measuring %s at %d × %d × %d".formatted(name, shape.m(), shape.n(), shape.k()),
                    done + contenders.size(),
                    total);
            Product product = product(name, shape, y);
            contenders.add(
                    new Contender(
                            name,
                            product.weights().bytes()
                                    + product.activationBytes()
                                    + (long) Float.BYTES * y.length,
                            product.run(),
                            warmUp(product.run())));
        }
        double[][] microseconds = new double[contenders.size()][ROUNDS];
        double[][] bandwidths = new double[contenders.size()][ROUNDS];
        double[] peaks = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            cancellation.check();
            peaks[round] = meter.gigaFlops();
            for (int i = 0; i < contenders.size(); i++) {
                Contender contender = contenders.get(i);
                bandwidths[i][round] = meter.gigabytesPerSecond(contender.bytes());
                contender.product().run(); // what a cache can hold is there from now on
                microseconds[i][round] =
                        nanoseconds(contender.product(), contender.products())
                                * 1e-3
                                / contender.products();
            }
        }
        for (float value : y) {
            if (Float.isNaN(value)) { // the products must not be optimised away
                throw new IllegalStateException("a product made a NaN");
            }
        }
        List<KernelTiming> timings = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            timings.add(
                    timing(
                            contenders.get(i),
                            shape,
                            microseconds[i],
                            microseconds[0],
                            peaks,
                            bandwidths[i]));
        }
        return timings;
    }

    private static KernelTiming timing(
            Contender contender,
            Shape shape,
            double[] microseconds,
            double[] fp32,
            double[] peaks,
            double[] bandwidths) {
        double macs = (double) shape.m() * shape.n() * shape.k();
        double[] gigaFlops = new double[ROUNDS];
        double[] gigabytes = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            gigaFlops[round] = 2 * macs / microseconds[round] * 1e-3;
            gigabytes[round] = contender.bytes() / microseconds[round] * 1e-3;
        }
        Quartiles time = Quartiles.of(microseconds);
        return new KernelTiming(
                contender.name(),
                shape.m(),
                shape.n(),
                shape.k(),
                time.median(),
                time.spread(),
                macs / time.median() * 1e-3,
                Quartiles.ofRatios(fp32, microseconds).median(),
                contender.bytes(),
                Quartiles.ofRatios(gigaFlops, peaks).median(),
                Quartiles.ofRatios(gigabytes, bandwidths).median());
    }

    private Product product(String name, Shape shape, float[] y) {
        int m = shape.m();
        int n = shape.n();
        int k = shape.k();
        return switch (name) {
            case "FP32" -> {
                float[] x = operands.floats(m * k);
                Fp32Weights weights = kernels.packFp32(operands.floats(n * k), n, k);
                yield new Product(
                        weights, Float.BYTES * x.length, () -> kernels.multiply(x, m, weights, y));
            }
            case "FP16" -> {
                float[] x = operands.floats(m * k);
                Fp16Weights weights = kernels.packFp16(operands.floats(n * k), n, k);
                yield new Product(
                        weights, Float.BYTES * x.length, () -> kernels.multiply(x, m, weights, y));
            }
            case "W4A16" -> grouped(m, n, k, y);
            case "INT8" -> int8(m, n, k, Runs.plain(k), y);
            case "INT8-TRIP" -> int8(m, n, k, Runs.ofTrip(k), y);
            case "W4A8" -> int4(m, n, k, Runs.plain(k), 8, y);
            case "W4A8-TRIP" -> int4(m, n, k, Runs.ofTrip(k), 8, y);
            case "INT4" -> int4(m, n, k, Runs.plain(k), 4, y);
            case "INT4-TRIP" -> int4(m, n, k, Runs.ofTrip(k), 4, y);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private Product grouped(int m, int n, int k, float[] y) {
        float[] x = operands.floats(m * k);
        int[] starts = BenchmarkOperands.groupStarts(k);
        int scaleCount = n * (starts.length - 1);
        GroupedWeights weights =
                kernels.packGrouped(
                        operands.bytes(n * k, 0, 15),
                        n,
                        k,
                        4,
                        BenchmarkOperands.scales(scaleCount),
                        operands.bytes(scaleCount, 0, 15),
                        starts);
        return new Product(
                weights, Float.BYTES * x.length, () -> kernels.multiply(x, m, weights, y));
    }

    private Product int8(int m, int n, int k, Runs runs, float[] y) {
        byte[] x = operands.codes(m * k, 8);
        Int8Weights weights =
                kernels.packInt8(
                        operands.bytes(n * k, -128, 127),
                        n,
                        k,
                        BenchmarkOperands.scales(n * runs.groupCount()),
                        new byte[n * runs.groupCount()],
                        runs.starts(),
                        runs.groups(),
                        runs.shifts());
        return new Product(weights, x.length, () -> kernels.multiply(x, m, weights, y));
    }

    private Product int4(int m, int n, int k, Runs runs, int activationBits, float[] y) {
        byte[] x = operands.codes(m * k, activationBits);
        Int4Weights weights =
                kernels.packInt4(
                        operands.weights(n * k),
                        n,
                        k,
                        BenchmarkOperands.scales(n * runs.groupCount()),
                        new byte[n * runs.groupCount()],
                        runs.starts(),
                        runs.groups(),
                        runs.shifts(),
                        activationBits);
        return new Product(weights, x.length, () -> kernels.multiply(x, m, weights, y));
    }

    /**
     * Repeats until nothing has become faster for a while and the compiler has been idle.
     *
     * @return products that make a measurement
     */
    private int warmUp(Runnable product) {
        long start = System.nanoTime();
        int products = 1;
        int roundsSettled = 0;
        double best = Double.POSITIVE_INFINITY;
        long compiled = compileMilliseconds();
        while (true) {
            cancellation.check();
            long nanoseconds = nanoseconds(product, products);
            double each = (double) nanoseconds / products;
            boolean improved = each < best * (1 - IMPROVEMENT);
            boolean compiling = compileMilliseconds() > compiled;
            roundsSettled = improved || compiling ? 0 : roundsSettled + 1;
            best = Math.min(best, each);
            compiled = compileMilliseconds();
            long elapsed = System.nanoTime() - start;
            boolean settled = roundsSettled >= SETTLED_ROUNDS && elapsed >= SHORTEST_WARM_UP_NANOS;
            boolean longEnough = nanoseconds >= SHORTEST_NANOS;
            if (longEnough && settled || elapsed >= LONGEST_WARM_UP_NANOS) {
                return products;
            }
            if (!longEnough) {
                products *= 2;
            }
        }
    }

    private static long compileMilliseconds() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime();
    }

    private static long nanoseconds(Runnable product, int products) {
        long start = System.nanoTime();
        for (int i = 0; i < products; i++) {
            product.run();
        }
        return System.nanoTime() - start;
    }
}
