package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * The inputs of an integer weight cut so that the sum over a segment is an integer that the float
 * accumulators hold exactly. A segment lies within one group. Runs of different shift may share a
 * segment: the smallest shift is the segment's, what is above it goes to the activations, and the
 * room in the accumulator is counted accordingly.
 *
 * @param starts first input of each segment and, last, the number of inputs
 * @param groups group of each segment, ascending
 * @param shifts shift of each segment's sum
 * @param inputShifts {@code [inputs]}: shift of each activation beside that of its segment
 */
record Segments(int[] starts, int[] groups, int[] shifts, byte[] inputShifts) {

    /**
     * @param capacity inputs that fill the accumulator
     */
    static Segments ofGroups(int[] groupStarts, int capacity) {
        int count = groupStarts.length - 1;
        int[] groups = new int[count];
        Arrays.setAll(groups, g -> g);
        return ofRuns(groupStarts, groups, new int[count], capacity);
    }

    /**
     * @param capacity inputs of shift 0 that fill the accumulator
     */
    static Segments ofRuns(int[] runStarts, int[] runGroups, int[] runShifts, int capacity) {
        Builder builder = new Builder(runStarts[runStarts.length - 1], capacity);
        for (int run = 0; run < runGroups.length; run++) {
            builder.add(runStarts[run], runStarts[run + 1], runGroups[run], runShifts[run]);
        }
        return builder.build();
    }

    int count() {
        return groups.length;
    }

    int length(int segment) {
        return starts[segment + 1] - starts[segment];
    }

    long bytes() {
        return 4L * (starts.length + groups.length + shifts.length) + inputShifts.length;
    }

    boolean endsGroup(int segment) {
        return segment + 1 == count() || groups[segment + 1] != groups[segment];
    }

    /** Whether a segment is all of its group, so that its shift can go into the scale. */
    boolean isGroup(int segment) {
        return startsGroup(segment) && endsGroup(segment);
    }

    boolean startsGroup(int segment) {
        return segment == 0 || groups[segment - 1] != groups[segment];
    }

    private static final class Builder {
        private final int inputs;
        private final int capacity;
        private final int[] starts;
        private final int[] groups;
        private final int[] shifts;
        private final int[] shiftOfInput;
        private int count;
        private long filled;

        Builder(int inputs, int capacity) {
            this.inputs = inputs;
            this.capacity = capacity;
            starts = new int[inputs + 1];
            groups = new int[inputs];
            shifts = new int[inputs];
            shiftOfInput = new int[inputs];
        }

        void add(int from, int to, int group, int shift) {
            Arrays.fill(shiftOfInput, from, to, shift);
            int start = from;
            if (joins(to - from, group, shift)) {
                extend(to - from, shift);
                return;
            }
            while (start < to) {
                int length = Math.min(capacity, to - start);
                starts[count] = start;
                groups[count] = group;
                shifts[count] = shift;
                filled = length;
                count++;
                start += length;
            }
        }

        private boolean joins(int length, int group, int shift) {
            return count > 0 && groups[count - 1] == group && filledWith(length, shift) <= capacity;
        }

        private void extend(int length, int shift) {
            filled = filledWith(length, shift);
            shifts[count - 1] = Math.min(shifts[count - 1], shift);
        }

        private long filledWith(int length, int shift) {
            int common = Math.min(shifts[count - 1], shift);
            return (filled << shifts[count - 1] - common) + ((long) length << shift - common);
        }

        Segments build() {
            starts[count] = inputs;
            byte[] inputShifts = new byte[inputs];
            for (int segment = 0; segment < count; segment++) {
                for (int i = starts[segment]; i < starts[segment + 1]; i++) {
                    inputShifts[i] = (byte) (shiftOfInput[i] - shifts[segment]);
                }
            }
            return new Segments(
                    Arrays.copyOf(starts, count + 1),
                    Arrays.copyOf(groups, count),
                    Arrays.copyOf(shifts, count),
                    inputShifts);
        }
    }
}
