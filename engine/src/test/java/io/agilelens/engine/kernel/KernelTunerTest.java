package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        return KernelTuner.from(gains);
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
        int never = KernelTuning.NEVER;
        for (int from : new int[] {0, length, length + 1, never}) {
            for (int activationBits : new int[] {4, 8}) {
                boolean four = activationBits == 4;
                Multiplier otherwise = four ? Multiplier.PAIR : Multiplier.SINGLE;
                Multiplier triples = four ? Multiplier.PAIR : Multiplier.TRIPLE;
                for (KernelTuning tuning :
                        new KernelTuning[] {
                            new KernelTuning(from, never, never),
                            new KernelTuning(never, from, never),
                            new KernelTuning(never, never, from),
                            new KernelTuning(from, from, 0)
                        }) {
                    IntegerPacking packing = new IntegerPacking(8, () -> tuning, Workers.shared());
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
                    int shortFrom = four ? tuning.shortFromFour() : tuning.shortFromEight();
                    Multiplier expected =
                            shortFrom <= length
                                    ? Multiplier.SHORT
                                    : tuning.tripleFrom() <= length ? triples : otherwise;
                    assertEquals(expected, multiplier, tuning + ", " + activationBits + " bits");
                }
            }
        }
    }

    @Test
    void whatWasMeasuredIsUsed() {
        int bits = 64; // no kernels have this width, so nobody else is disturbed
        assertEquals(KernelTuning.expected(bits, ""), KernelProvider.tuning(bits));
        KernelTuning measured = new KernelTuning(5, 6, 7);
        KernelProvider.use(bits, measured);
        assertEquals(measured, KernelProvider.tuning(bits));
    }

    @Test
    void sixteenBitIntegersAreExpectedToPayWhereMoreUnitsAddThanMultiply() {
        String intel = "Intel(R) Xeon(R) Processor";
        assertEquals(KernelTuning.NEVER, KernelTuning.expected(512, intel).shortFromEight());
        assertEquals(
                KernelTuning.NEVER,
                KernelTuning.expected(256, "AMD EPYC 7763 64-Core Processor").shortFromEight());
        assertEquals(0, KernelTuning.expected(512, "AMD EPYC 9V45").shortFromEight());
    }
}
