package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MachinePeakTest {

    @Test
    void theLoopsDoWhatTheyCount() {
        for (int bits : KernelProvider.availableBits()) {
            PeakLoops loops = KernelProvider.peakLoops(bits);
            float[] x = new float[1021];
            Arrays.fill(x, 0.5f);
            assertEquals(0.5f * 1018, loops.sum(x, 2, 1020));
            // every chain goes to the fixed point of v = v / 2 + 1
            assertEquals(2 * loops.multiplicationsPerStep(), loops.multiplyAdd(60, 0.5f));
        }
    }

    @Test
    void bothRoofsAreMeasured() {
        int widest = KernelProvider.availableBits().getLast();
        try (Workers workers = Workers.of(2)) {
            MachineMeter meter = new MachineMeter(widest, workers);
            assertTrue(meter.gigabytesPerSecond(1 << 20) > 0);
            MachinePeak peak = meter.peak(Progress.NONE, Cancellation.never());
            assertEquals(2, peak.threads());
            assertTrue(peak.gigaFlops() > 0.1, peak.toString());
            assertTrue(peak.gigabytesPerSecond() > 0.1, peak.toString());
        }
    }
}
