package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * The inputs of an integer weight cut so that the sum over a segment is an integer that its
 * accumulator holds exactly. A segment lies within one group. Runs of different shift may share a
 * segment: the smallest shift is the segment's, what is above it goes to the activations, and the
 * room in the accumulator is counted accordingly. It is counted with the weights as they are, for
 * few of them are as large as their bits allow.
 *
 * @param starts first input of each segment and, last, the number of inputs
 * @param groups group of each segment, ascending
 * @param shifts shift of each segment's sum
 * @param squares what the squares of an output's weights add up to in each segment, at the most
 * @param squaresToHere the same from the first segment of the group up to each of them
 * @param inputFactors {@code [inputs]}: 2 to the shift of each activation beside that of its
 *     segment
 */
record Segments(
        int[] starts,
        int[] groups,
        int[] shifts,
        int[] squares,
        int[] squaresToHere,
        float[] inputFactors) {

    /** Inputs whose weights are transposed at once. */
    private static final int BLOCK = 64;

    /**
     * @param values {@code [outputs, inputs]}
     * @param zeroPoints {@code [outputs, groups]}: what is taken off the values of a group
     * @param runStarts first input of each run and, last, the number of inputs
     * @param runGroups group of each run, ascending
     * @param capacity what the magnitudes of an output's weights, shifted, may add up to within a
     *     segment; a single weight of shift 0 fits
     * @param longest inputs of a segment
     */
    static Segments of(
            byte[] values,
            byte[] zeroPoints,
            int outputs,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts,
            long capacity,
            int longest) {
        int inputs = runStarts[runStarts.length - 1];
        Builder builder = new Builder(outputs, inputs, capacity, longest);
        byte[] block = new byte[BLOCK * outputs];
        int run = 0;
        for (int i = 0; i < inputs; i++) {
            if (i == runStarts[run + 1]) {
                run++;
            }
            if (i == runStarts[run] || i % BLOCK == 0) {
                int end = Math.min(runStarts[run + 1], (i / BLOCK + 1) * BLOCK);
                transposeMagnitudes(
                        values, zeroPoints, outputs, inputs, i, end, runGroups[run], block);
            }
            builder.add(i, block, i % BLOCK * outputs, runGroups[run], runShifts[run]);
        }
        return builder.build();
    }

    /** {@code block[i % BLOCK, o] = |values[o, i] − zeroPoints[o, group]|}, unsigned. */
    private static void transposeMagnitudes(
            byte[] values,
            byte[] zeroPoints,
            int outputs,
            int inputs,
            int from,
            int to,
            int group,
            byte[] block) {
        int groups = zeroPoints.length / outputs;
        for (int o = 0; o < outputs; o++) {
            int zeroPoint = zeroPoints[o * groups + group];
            for (int i = from; i < to; i++) {
                block[i % BLOCK * outputs + o] =
                        (byte) Math.abs(values[o * inputs + i] - zeroPoint);
            }
        }
    }

    int count() {
        return groups.length;
    }

    int length(int segment) {
        return inputs(segment, segment + 1);
    }

    /** Whether they have at least so many inputs on average. */
    boolean averageAtLeast(int inputs) {
        return starts[count()] >= (long) count() * inputs;
    }

    /** How many inputs the segments {@code first ≤ s < end} have. */
    int inputs(int first, int end) {
        return starts[end] - starts[first];
    }

    /** The one with the smallest shift among the segments {@code first ≤ s < end}. */
    int lowest(int first, int end) {
        int lowest = first;
        for (int s = first + 1; s < end; s++) {
            if (shifts[s] < shifts[lowest]) {
                lowest = s;
            }
        }
        return lowest;
    }

    long bytes() {
        return 4L
                * (starts.length
                        + groups.length
                        + shifts.length
                        + squares.length
                        + squaresToHere.length
                        + inputFactors.length);
    }

    /** The segment behind those that follow one another with so many inputs at most. */
    int endOfSlice(int first, int inputs) {
        int end = first + 1;
        while (end < count() && starts[end + 1] - starts[first] <= inputs) {
            end++;
        }
        return end;
    }

    private static final class Builder {
        private final int inputs;
        private final long capacity;
        private final int longest;
        private final int[] starts;
        private final int[] groups;
        private final int[] shifts;
        private final int[] shiftOfInput;
        private final int[] squares;
        private final int[] squaresToHere;

        /** What each output's weights of the last segment add up to, in units of its shift. */
        private final long[] filled;

        /** What the squares of each output's weights of the last segment add up to. */
        private final int[] filledSquares;

        /** The same of its group. */
        private final int[] groupSquares;

        private int count;

        Builder(int outputs, int inputs, long capacity, int longest) {
            this.inputs = inputs;
            this.capacity = capacity;
            this.longest = longest;
            starts = new int[inputs + 1];
            groups = new int[inputs];
            shifts = new int[inputs];
            shiftOfInput = new int[inputs];
            squares = new int[inputs];
            squaresToHere = new int[inputs];
            filled = new long[outputs];
            filledSquares = new int[outputs];
            groupSquares = new int[outputs];
        }

        /**
         * @param magnitudes of the input's weights, unsigned, those of output o at {@code offset +
         *     o}
         */
        void add(int input, byte[] magnitudes, int offset, int group, int shift) {
            shiftOfInput[input] = shift;
            if (count == 0
                    || groups[count - 1] != group
                    || input - starts[count - 1] == longest
                    || !joins(magnitudes, offset, shift)) {
                if (count == 0 || groups[count - 1] != group) {
                    Arrays.fill(groupSquares, 0);
                }
                starts[count] = input;
                groups[count] = group;
                shifts[count] = shift;
                count++;
                Arrays.fill(filledSquares, 0);
                for (int o = 0; o < filled.length; o++) {
                    filled[o] = Byte.toUnsignedInt(magnitudes[offset + o]);
                }
            }
            int most = 0;
            int mostOfGroup = 0;
            for (int o = 0; o < filledSquares.length; o++) {
                int magnitude = Byte.toUnsignedInt(magnitudes[offset + o]);
                filledSquares[o] += magnitude * magnitude;
                groupSquares[o] += magnitude * magnitude;
                most = Math.max(most, filledSquares[o]);
                mostOfGroup = Math.max(mostOfGroup, groupSquares[o]);
            }
            squares[count - 1] = most;
            squaresToHere[count - 1] = mostOfGroup;
        }

        private boolean joins(byte[] magnitudes, int offset, int shift) {
            int common = Math.min(shifts[count - 1], shift);
            int more = shifts[count - 1] - common;
            int own = shift - common;
            for (int o = 0; o < filled.length; o++) {
                long magnitude = Byte.toUnsignedInt(magnitudes[offset + o]);
                if ((filled[o] << more) + (magnitude << own) > capacity) {
                    return false;
                }
            }
            for (int o = 0; o < filled.length; o++) {
                long magnitude = Byte.toUnsignedInt(magnitudes[offset + o]);
                filled[o] = (filled[o] << more) + (magnitude << own);
            }
            shifts[count - 1] = common;
            return true;
        }

        Segments build() {
            starts[count] = inputs;
            float[] inputFactors = new float[inputs];
            for (int segment = 0; segment < count; segment++) {
                for (int i = starts[segment]; i < starts[segment + 1]; i++) {
                    inputFactors[i] = 1 << shiftOfInput[i] - shifts[segment];
                }
            }
            return new Segments(
                    Arrays.copyOf(starts, count + 1),
                    Arrays.copyOf(groups, count),
                    Arrays.copyOf(shifts, count),
                    Arrays.copyOf(squares, count),
                    Arrays.copyOf(squaresToHere, count),
                    inputFactors);
        }
    }
}
