package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final int BLOCK_INPUTS = 2 * ShortLaneProducts.BLOCK;

    /** 31 pairs of 8-bit codes at most, of which 15 blocks of two remain. */
    @Test
    void aTurnEndsBeforeItsSumsCouldOverflow() {
        Turns turns = Turns.of(ofFactors(new int[] {0, 130}, filled(130, 1)), 8);
        assertArrayEquals(new int[] {0, 3}, turns.firstTurns());
        assertArrayEquals(new int[] {0, 30, 60}, turns.pairs());
        assertArrayEquals(new int[] {0, 30, 60, 66}, turns.slots());
        assertArrayEquals(new int[] {0, 0, 0}, turns.shifts());
    }

    @Test
    void fourBitCodesOfTripFitIntoOneTurn() {
        float[] factors = filled(32, 1);
        Arrays.fill(factors, 10, 18, 2);
        Arrays.fill(factors, 18, 31, 4);
        factors[31] = 8;
        Turns turns = Turns.of(ofFactors(new int[] {0, 32}, factors), 4);
        assertArrayEquals(new int[] {0, 16}, turns.slots());
        for (int i = 0; i < 32; i++) {
            assertEquals(factors[i], turns.multipliers()[i], "input " + i);
        }
    }

    /** Within one block: the factors 1 and 16 cannot share a sum of 8-bit codes. */
    @Test
    void factorsTooFarApartGoSeparateWays() {
        float[] factors = {16, 1, 16, 1};
        Turns turns = Turns.of(ofFactors(new int[] {0, 4}, factors), 8);
        assertArrayEquals(new int[] {0, 0}, turns.pairs());
        assertArrayEquals(new int[] {0, 4}, turns.shifts());
        short[] odd = {0, 1, 0, 1};
        short[] even = {1, 0, 1, 0};
        assertArrayEquals(odd, Arrays.copyOf(turns.multipliers(), 4));
        assertArrayEquals(even, Arrays.copyOfRange(turns.multipliers(), 4, 8));
    }

    @RepeatedTest(100)
    void everyInputHasItsFactorOnceAndNoSumOverflows(RepetitionInfo repetition) {
        KernelInputs random = new KernelInputs(repetition.getCurrentRepetition());
        int inputs = 50 + 13 * repetition.getCurrentRepetition();
        int[] starts = random.unevenBlocks(inputs, 90);
        float[] factors = new float[inputs];
        int[] shifts = random.shifts(inputs);
        for (int i = 0; i < inputs; i++) {
            factors[i] = 1 << shifts[i];
        }
        for (int s = 0; s < starts.length - 1; s++) {
            factors[starts[s]] = 1; // the smallest shift is the segment's
        }
        int bits = 2 + repetition.getCurrentRepetition() % 7;
        Segments segments = ofFactors(starts, factors);
        Turns turns = Turns.of(segments, bits);
        int largestCode = 1 << bits - 1;
        for (int s = 0; s < segments.count(); s++) {
            long[] found = new long[inputs];
            for (int t = turns.firstTurns()[s]; t < turns.firstTurns()[s + 1]; t++) {
                int slots = turns.slots()[t + 1] - turns.slots()[t];
                assertEquals(0, slots % ShortLaneProducts.BLOCK);
                assertTrue(slots > 0);
                long[] sums = new long[2];
                for (int i = 0; i < 2 * slots; i++) {
                    int multiplier = turns.multipliers()[2 * turns.slots()[t] + i];
                    sums[i % 2] += 8L * largestCode * multiplier;
                    if (multiplier != 0) {
                        found[2 * turns.pairs()[t] + i] += (long) multiplier << turns.shifts()[t];
                    }
                }
                assertTrue(Math.max(sums[0], sums[1]) <= Short.MAX_VALUE, "turn " + t);
            }
            for (int i = 0; i < inputs; i++) {
                boolean own = i >= starts[s] && i < starts[s + 1];
                assertEquals(own ? (long) factors[i] : 0, found[i], "input " + i);
            }
        }
        assertEquals(turns.turnCount(), turns.firstTurns()[segments.count()]);
        assertEquals(2 * turns.slotCount(), turns.multipliers().length);
    }

    /** No turn reaches farther behind the last input than the panels are read. */
    @Test
    void aTurnEndsWithinABlockOfTheLastInput() {
        for (int inputs = 1; inputs < 40; inputs++) {
            Turns turns = Turns.of(ofFactors(new int[] {0, inputs}, filled(inputs, 1)), 8);
            int last = turns.turnCount() - 1;
            int end = 2 * (turns.pairs()[last] + turns.slots()[last + 1] - turns.slots()[last]);
            assertTrue(end >= inputs && end - inputs < BLOCK_INPUTS, inputs + " end at " + end);
        }
    }

    private static Segments ofFactors(int[] starts, float[] factors) {
        int count = starts.length - 1;
        int[] none = new int[count];
        return new Segments(starts, none, none, none, none, factors);
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }
}
