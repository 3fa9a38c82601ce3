package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    @Test
    void groupsThatFitAreSegments() {
        Segments segments = Segments.ofGroups(new int[] {0, 32, 64, 70}, 32);
        assertArrayEquals(new int[] {0, 32, 64, 70}, segments.starts());
        assertArrayEquals(new int[] {0, 1, 2}, segments.groups());
        assertTrue(segments.isGroup(0) && segments.isGroup(1) && segments.isGroup(2));
    }

    @Test
    void runsOfRisingShiftShareSegments() {
        int[] runs = {0, 8, 16, 24, 32};
        Segments segments = Segments.ofRuns(runs, new int[4], new int[] {0, 1, 2, 3}, 32);
        assertArrayEquals(new int[] {0, 16, 32}, segments.starts());
        assertArrayEquals(new int[] {0, 2}, segments.shifts());
        assertEquals(0, segments.inputShifts()[0]);
        assertEquals(1, segments.inputShifts()[15]);
        assertEquals(0, segments.inputShifts()[16]);
        assertEquals(1, segments.inputShifts()[31]);
    }

    @RepeatedTest(50)
    void noSegmentOverflowsAndNoShiftIsLost(RepetitionInfo repetition) {
        KernelInputs inputs = new KernelInputs(repetition.getCurrentRepetition());
        int[] runStarts = inputs.unevenBlocks(300, 60);
        int runs = runStarts.length - 1;
        int[] groups = new int[runs];
        for (int r = 0; r < runs; r++) {
            groups[r] = r / 4;
        }
        int[] shifts = inputs.shifts(runs);
        Segments segments = Segments.ofRuns(runStarts, groups, shifts, 32);
        assertEquals(300, segments.starts()[segments.count()]);
        int run = 0;
        for (int s = 0; s < segments.count(); s++) {
            long filled = 0;
            for (int i = segments.starts()[s]; i < segments.starts()[s + 1]; i++) {
                while (runStarts[run + 1] <= i) {
                    run++;
                }
                assertEquals(groups[run], segments.groups()[s]);
                assertEquals(shifts[run], segments.shifts()[s] + segments.inputShifts()[i]);
                filled += 1L << segments.inputShifts()[i];
            }
            assertTrue(0 < filled && filled <= 32, "segment " + s + " holds " + filled);
        }
    }
}
