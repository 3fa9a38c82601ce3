package io.agilelens.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark once, at small shapes and in this process: what it measures is not looked at. */
class EveryBenchmarkRunsTest {
    private static final List<Class<?>> BENCHMARKS =
            List.of(
                    FloatProductBenchmark.class,
                    IntegerProductBenchmark.class,
                    AttentionBenchmark.class,
                    RowBenchmark.class,
                    QuantizingBenchmark.class);

    @Test
    void onScalarAndVectorKernelsForOneTokenAndMany() throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include("io\\.agilelens\\.benchmarks\\..*")
                                        .param("kernels", "scalar", "vector")
                                        .param("threads", "2")
                                        .param("shape", "40x72")
                                        .param("tokens", "1", "7")
                                        .param("queries", "1", "7")
                                        .param("keys", "19")
                                        .param("channels", "128")
                                        .mode(Mode.SingleShotTime)
                                        .warmupIterations(0)
                                        .measurementIterations(1)
                                        .forks(0)
                                        .shouldFailOnError(true)
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();
        TreeSet<String> expected = new TreeSet<>();
        for (Class<?> benchmark : BENCHMARKS) {
            benchmarks(benchmark)
                    .forEach(method -> expected.add(benchmark.getName() + "." + method.getName()));
        }
        TreeSet<String> ran = new TreeSet<>();
        results.forEach(result -> ran.add(result.getParams().getBenchmark()));
        assertEquals(expected, ran);
        long quantizing = benchmarks(QuantizingBenchmark.class).count();
        long attention = benchmarks(AttentionBenchmark.class).count();
        // Two kernels and two numbers of tokens; a cache has two precisions, quantizing three
        // recipes.
        assertEquals(4 * (expected.size() + attention + 2 * quantizing), results.size());
    }

    private static Stream<Method> benchmarks(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class));
    }
}
