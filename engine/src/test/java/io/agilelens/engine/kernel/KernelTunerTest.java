package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTunerTest {

    @Test
    void takesTheShortestLengthFromWhichAllLongerOnesGain() {
        assertEquals(KernelTuning.NEVER, choice(0.8, 0.9, 1.02));
        assertEquals(96, choice(0.8, 0.9, 1.1));
        assertEquals(48, choice(0.8, 1.05, 1.2));
        assertEquals(0, choice(1.04, 1.05, 1.2));
        assertEquals(96, choice(1.2, 0.9, 1.1), "a shorter one that gains alone is chance");
    }

    private static int choice(double... gains) {
        return KernelTuner.choice(gains, 1).tripleFrom();
    }

    @Test
    void takesMoreStreamsWhereTheyGain() {
        double[] none = {1, 1, 1};
        assertEquals(KernelTuning.ONE_STREAM, KernelTuner.choice(none, 1.02).streams());
        assertEquals(KernelTuning.MORE_STREAMS, KernelTuner.choice(none, 1.2).streams());
    }

    @Test
    void cancellingEndsTheMeasurement() {
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        KernelTuner tuner = new KernelTuner(128, Workers.shared());
        assertThrows(CancellationException.class, () -> tuner.measure(Progress.NONE, cancelled));
    }

    /** Weights are cut as long as groups and capacity allow; the mean decides. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void theTuningDecidesHowWeightsArePacked(int length) {
        int inputs = 256;
        int groups = inputs / length;
        int[] starts = KernelInputs.blocks(inputs, length);
        int[] each = new int[groups];
        Arrays.setAll(each, g -> g);
        for (int from : new int[] {0, length, length + 1, KernelTuning.NEVER}) {
            IntegerPacking packing =
                    new IntegerPacking(8, () -> new KernelTuning(from, 1), Workers.shared());
            for (int activationBits : new int[] {4, 8}) {
                Multiplier multiplier =
                        packing.int4(
                                        new byte[3 * inputs],
                                        3,
                                        inputs,
                                        new float[3 * groups],
                                        new byte[3 * groups],
                                        starts,
                                        each,
                                        new int[groups],
                                        activationBits)
                                .multiplier();
                Multiplier wide = from <= length ? Multiplier.TRIPLE : Multiplier.SINGLE;
                assertEquals(activationBits == 4 ? Multiplier.PAIR : wide, multiplier);
            }
        }
    }

    @Test
    void whatWasMeasuredIsUsed() {
        int bits = 64; // no kernels have this width, so nobody else is disturbed
        assertEquals(KernelTuning.NEVER, KernelProvider.tuning(bits).tripleFrom());
        KernelProvider.use(bits, new KernelTuning(7, 4));
        assertEquals(new KernelTuning(7, 4), KernelProvider.tuning(bits));
        assertTrue(KernelTuning.expected(256).tripleFrom() < KernelTuning.NEVER);
    }
}
