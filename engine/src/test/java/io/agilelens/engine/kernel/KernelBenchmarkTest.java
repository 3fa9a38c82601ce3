package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelBenchmark.Shape;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class KernelBenchmarkTest {

    @Test
    void everyProductIsTimedAtEveryShape() {
        int bits = KernelProvider.availableBits().getLast();
        List<KernelTiming> timings =
                KernelBenchmark.measure(
                        KernelProvider.of(bits),
                        List.of(new Shape(5, 40, 72)),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(KernelBenchmark.NAMES, timings.stream().map(KernelTiming::name).toList());
        for (KernelTiming timing : timings) {
            assertTrue(timing.medianMicroseconds() > 0, timing.toString());
            assertTrue(timing.spreadMicroseconds() >= 0, timing.toString());
            double macs = timing.gigaMacsPerSecond() * 1e3 * timing.medianMicroseconds();
            assertEquals(5 * 40 * 72, macs, 1e-6 * macs);
        }
    }

    @Test
    void aCancelledMeasurementStops() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThrows(
                CancellationException.class,
                () ->
                        KernelBenchmark.measure(
                                KernelProvider.of(0),
                                List.of(new Shape(1, 1, 1)),
                                Progress.NONE,
                                cancellation));
    }

    /** Too slow and too dependent on a quiet machine for every build. */
    @Test
    @Tag("bench")
    @EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
    void vectorCodeIsFourTimesAsFastAsScalar() {
        int widest = KernelProvider.availableBits().getLast();
        List<Shape> shapes = List.of(new Shape(128, 2048, 2048), new Shape(1, 2048, 2048));
        try (Workers one = Workers.of(1)) {
            List<KernelTiming> vector = timings(KernelProvider.of(widest, one), shapes);
            List<KernelTiming> scalar = timings(KernelProvider.of(0, one), shapes);
            double peak =
                    MachinePeak.measure(widest, one, Progress.NONE, Cancellation.never())
                            .gigaFlops();
            StringBuilder report = new StringBuilder();
            for (int i = 0; i < vector.size(); i++) {
                KernelTiming timing = vector.get(i);
                double ratio = scalar.get(i).medianMicroseconds() / timing.medianMicroseconds();
                report.append(
                        "%s %d × %d × %d: %.1f × scalar, %.2f of the FMA peak%n"
                                .formatted(
                                        timing.name(),
                                        timing.m(),
                                        timing.n(),
                                        timing.k(),
                                        ratio,
                                        2 * timing.gigaMacsPerSecond() / peak));
            }
            System.out.println(report);
            double fp32 = scalar.get(0).medianMicroseconds() / vector.get(0).medianMicroseconds();
            assertTrue(fp32 >= 4, report.toString());
        }
    }

    private static List<KernelTiming> timings(Kernels kernels, List<Shape> shapes) {
        return KernelBenchmark.measure(kernels, shapes, Progress.NONE, Cancellation.never());
    }
}
