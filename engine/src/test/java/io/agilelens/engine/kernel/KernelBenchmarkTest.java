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
                        new MachineMeter(bits, Workers.shared()),
                        List.of(new Shape(5, 40, 72)),
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(1, timings.getFirst().ratioToFp32());
        assertEquals(KernelBenchmark.NAMES, timings.stream().map(KernelTiming::name).toList());
        for (KernelTiming timing : timings) {
            assertTrue(timing.medianMicroseconds() > 0, timing.toString());
            assertTrue(timing.spreadMicroseconds() >= 0, timing.toString());
            double macs = timing.gigaMacsPerSecond() * 1e3 * timing.medianMicroseconds();
            assertEquals(5 * 40 * 72, macs, 1e-6 * macs);
            assertTrue(timing.ratioToFp32() > 0, timing.toString());
            assertTrue(timing.bytes() > 4 * 5 * 40, timing.toString());
            assertTrue(timing.shareOfPeak() > 0, timing.toString());
            assertTrue(timing.shareOfBandwidth() > 0, timing.toString());
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
                                new MachineMeter(0, Workers.shared()),
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
            List<KernelTiming> vector = timings(widest, one, shapes);
            List<KernelTiming> scalar = timings(0, one, shapes);
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
                                        timing.shareOfPeak()));
            }
            System.out.println(report);
            double fp32 = scalar.get(0).medianMicroseconds() / vector.get(0).medianMicroseconds();
            assertTrue(fp32 >= 4, report.toString());
        }
    }

    private static List<KernelTiming> timings(int bits, Workers workers, List<Shape> shapes) {
        return KernelBenchmark.measure(
                KernelProvider.of(bits, workers),
                new MachineMeter(bits, workers),
                shapes,
                Progress.NONE,
                Cancellation.never());
    }
}
