package io.agilelens.views.workbench;

import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.kernel.MachinePeak;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Kernel latencies of one run on this machine.
 *
 * @param peak what the machine can do at best, measured in the same run; names width and threads
 * @param timings by shape and arithmetic
 * @param measured when it was finished
 */
public record KernelReport(MachinePeak peak, List<KernelTiming> timings, LocalDateTime measured) {

    public KernelReport {
        timings = List.copyOf(timings);
    }

    /** What was measured of an arithmetic at a shape, if it was. */
    public Optional<KernelTiming> timing(String name, int m, int n, int k) {
        return timings.stream()
                .filter(each -> each.name().equals(name))
                .filter(each -> each.m() == m && each.n() == n && each.k() == k)
                .findFirst();
    }

    /**
     * How many times as fast as another arithmetic one is, over all shapes with more than one
     * token: the ratio of the summed latencies.
     */
    public OptionalDouble speedup(String name, String reference) {
        double own = prefillMicroseconds(name);
        double other = prefillMicroseconds(reference);
        return own > 0 && other > 0 ? OptionalDouble.of(other / own) : OptionalDouble.empty();
    }

    private double prefillMicroseconds(String name) {
        return timings.stream()
                .filter(timing -> timing.name().equals(name) && timing.m() > 1)
                .mapToDouble(KernelTiming::medianMicroseconds)
                .sum();
    }
}
