package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    @Test
    void groupsThatFitAreSegments() {
        byte[] values = filled(2 * 70, 3);
        Segments segments = ofGroups(values, 2, new int[] {0, 32, 64, 70}, 96);
        assertArrayEquals(new int[] {0, 32, 64, 70}, segments.starts());
        assertArrayEquals(new int[] {0, 1, 2}, segments.groups());
        segments = ofGroups(values, 2, new int[] {0, 32, 64, 70}, 95);
        assertArrayEquals(new int[] {0, 31, 32, 63, 64, 70}, segments.starts());
    }

    /** One output with large weights decides for all. */
    @Test
    void theLargestOutputDecides() {
        byte[] values = filled(3 * 16, 1);
        Arrays.fill(values, 16, 32, (byte) -8);
        Segments segments = ofGroups(values, 3, new int[] {0, 16}, 64);
        assertArrayEquals(new int[] {0, 8, 16}, segments.starts());
    }

    @Test
    void runsOfRisingShiftShareSegments() {
        int[] runs = {0, 8, 16, 24, 32};
        Segments segments =
                Segments.of(
                        filled(32, 1),
                        new byte[1],
                        1,
                        runs,
                        new int[4],
                        new int[] {0, 1, 2, 3},
                        32,
                        100);
        assertArrayEquals(new int[] {0, 18, 32}, segments.starts());
        assertArrayEquals(new int[] {0, 2}, segments.shifts());
        assertEquals(1, segments.inputFactors()[0]);
        assertEquals(2, segments.inputFactors()[15]);
        assertEquals(4, segments.inputFactors()[17]);
        assertEquals(1, segments.inputFactors()[18]);
        assertEquals(2, segments.inputFactors()[31]);
    }

    @RepeatedTest(50)
    void noSegmentOverflowsAndNoShiftIsLost(RepetitionInfo repetition) {
        KernelInputs inputs = new KernelInputs(repetition.getCurrentRepetition());
        int outputs = 5;
        byte[] values = inputs.bytes(outputs * 300, -8, 7);
        int[] runStarts = inputs.unevenBlocks(300, 60);
        int runs = runStarts.length - 1;
        int[] groups = new int[runs];
        for (int r = 0; r < runs; r++) {
            groups[r] = r / 4;
        }
        int[] shifts = inputs.shifts(runs);
        long capacity = Multiplier.PAIR.capacity(4);
        int groupCount = groups[runs - 1] + 1;
        byte[] zeroPoints = inputs.bytes(outputs * groupCount, -8, 7);
        Segments segments =
                Segments.of(values, zeroPoints, outputs, runStarts, groups, shifts, capacity, 40);
        assertEquals(300, segments.starts()[segments.count()]);
        int run = 0;
        for (int s = 0; s < segments.count(); s++) {
            long[] filled = new long[outputs];
            for (int i = segments.starts()[s]; i < segments.starts()[s + 1]; i++) {
                while (runStarts[run + 1] <= i) {
                    run++;
                }
                assertEquals(groups[run], segments.groups()[s]);
                float factor = segments.inputFactors()[i];
                assertEquals(1 << shifts[run], (1 << segments.shifts()[s]) * factor);
                for (int o = 0; o < outputs; o++) {
                    int weight = values[o * 300 + i] - zeroPoints[o * groupCount + groups[run]];
                    filled[o] += Math.abs(weight) * (long) factor;
                }
            }
            assertEquals(squares(segments, s, s, values, zeroPoints), segments.squares()[s]);
            int first = s;
            while (first > 0 && segments.groups()[first - 1] == segments.groups()[s]) {
                first--;
            }
            assertEquals(
                    squares(segments, first, s, values, zeroPoints), segments.squaresToHere()[s]);
            long most = Arrays.stream(filled).max().orElseThrow();
            assertTrue(segments.length(s) <= 40);
            assertTrue(most <= capacity, "segment " + s + " holds " + most);
        }
    }

    /** The largest sum of squares of an output's weights in some segments of a group. */
    private static int squares(
            Segments segments, int first, int last, byte[] values, byte[] zeroPoints) {
        int inputs = segments.starts()[segments.count()];
        int outputs = values.length / inputs;
        int groups = zeroPoints.length / outputs;
        int most = 0;
        for (int o = 0; o < outputs; o++) {
            int sum = 0;
            int zeroPoint = zeroPoints[o * groups + segments.groups()[last]];
            for (int i = segments.starts()[first]; i < segments.starts()[last + 1]; i++) {
                int weight = values[o * inputs + i] - zeroPoint;
                sum += weight * weight;
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    private static Segments ofGroups(byte[] values, int outputs, int[] starts, long capacity) {
        int groups = starts.length - 1;
        int[] each = IntStream.range(0, groups).toArray();
        byte[] none = new byte[outputs * groups];
        return Segments.of(values, none, outputs, starts, each, new int[groups], capacity, 100);
    }

    private static byte[] filled(int count, int value) {
        byte[] values = new byte[count];
        Arrays.fill(values, (byte) value);
        return values;
    }
}
