package io.agilelens.engine.kernel;

import java.util.Arrays;

/**
 * Segments cut further, so that a sum over a turn fits into 16 bits whatever the codes are, see
 * {@link ShortLaneProducts}. A turn goes through whole blocks of {@link ShortLaneProducts#BLOCK}
 * pairs of inputs, an even one and the next; what of them is not its own it multiplies by zero. The
 * even and the odd inputs have a sum each.
 *
 * @param firstTurns first turn of each segment and, last, the number of turns
 * @param pairs first pair of inputs of each turn
 * @param slots first slot of each turn, a slot being two activations, and, last, the number of
 *     slots
 * @param shifts of each turn's sum beside that of its segment
 * @param multipliers {@code [slots, 2]}: what each activation is multiplied by
 */
record Turns(int[] firstTurns, int[] pairs, int[] slots, int[] shifts, short[] multipliers) {

    /**
     * @param segments with one token's factors
     * @param activationBits of signed activations, at most 8
     */
    static Turns of(Segments segments, int activationBits) {
        Builder builder =
                new Builder(
                        segments, Short.MAX_VALUE / ShortLaneProducts.BIAS >> activationBits - 1);
        for (int s = 0; s < segments.count(); s++) {
            builder.addSegment(s);
        }
        return builder.build();
    }

    int slotCount() {
        return slots[slots.length - 1];
    }

    int turnCount() {
        return pairs.length;
    }

    long bytes() {
        return 4L * (firstTurns.length + pairs.length + slots.length + shifts.length)
                + 2L * multipliers.length;
    }

    private static final class Builder {
        private final Segments segments;

        /** What the factors of a turn's even or odd inputs may add up to, its own being 1. */
        private final int capacity;

        private final int[] firstTurns;
        private int[] pairs = new int[16];
        private int[] slots = new int[17];
        private int[] shifts = new int[16];
        private short[] multipliers = new short[256];
        private int turns;

        Builder(Segments segments, int capacity) {
            this.segments = segments;
            this.capacity = capacity;
            firstTurns = new int[segments.count() + 1];
        }

        void addSegment(int segment) {
            int start = segments.starts()[segment];
            int end = segments.starts()[segment + 1];
            firstTurns[segment] = turns;
            int length = 2 * ShortLaneProducts.BLOCK;
            int first = start & ~1;
            while (first < end) {
                int behind = first + length;
                while (behind < end && fits(first, behind + length, start, end)) {
                    behind += length;
                }
                addTurns(first, behind, start, end);
                first = behind;
            }
        }

        /** Whether one turn may have all of the segment's inputs {@code from ≤ i < to}. */
        private boolean fits(int from, int to, int start, int end) {
            return fits(from, to, start, end, 0, Integer.MAX_VALUE);
        }

        private boolean fits(int from, int to, int start, int end, int least, int most) {
            long[] sums = new long[2];
            int smallest = Integer.MAX_VALUE;
            for (int i = Math.max(from, start); i < Math.min(to, end); i++) {
                int factor = (int) segments.inputFactors()[i];
                if (factor >= least && factor <= most) {
                    sums[i & 1] += factor;
                    smallest = Math.min(smallest, factor);
                }
            }
            return Math.max(sums[0], sums[1]) <= (long) capacity * smallest;
        }

        /** One turn, or where factors lie too far apart for it one for each stretch of them. */
        private void addTurns(int from, int to, int start, int end) {
            int least = 1;
            int largest = largestFactor(from, to, start, end);
            while (least <= largest) {
                int most = largest;
                while (!fits(from, to, start, end, least, most)) {
                    most /= 2;
                }
                addTurn(from, to, start, end, least, most);
                least = 2 * most;
            }
        }

        private int largestFactor(int from, int to, int start, int end) {
            float largest = 1;
            for (int i = Math.max(from, start); i < Math.min(to, end); i++) {
                largest = Math.max(largest, segments.inputFactors()[i]);
            }
            return (int) largest;
        }

        private void addTurn(int from, int to, int start, int end, int least, int most) {
            int smallest = Integer.MAX_VALUE;
            for (int i = Math.max(from, start); i < Math.min(to, end); i++) {
                int factor = (int) segments.inputFactors()[i];
                if (factor >= least && factor <= most) {
                    smallest = Math.min(smallest, factor);
                }
            }
            if (smallest == Integer.MAX_VALUE) {
                return; // none has such a factor
            }
            makeRoom(to - from);
            int slot = slots[turns];
            for (int i = from; i < to; i++) {
                int factor = i >= start && i < end ? (int) segments.inputFactors()[i] : 0;
                boolean own = factor >= least && factor <= most;
                multipliers[2 * slot + i - from] = (short) (own ? factor / smallest : 0);
            }
            pairs[turns] = from / 2;
            shifts[turns] = Integer.numberOfTrailingZeros(smallest);
            turns++;
            slots[turns] = slot + (to - from) / 2;
        }

        private void makeRoom(int activations) {
            if (turns == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * turns);
                shifts = Arrays.copyOf(shifts, 2 * turns);
                slots = Arrays.copyOf(slots, 2 * turns + 1);
            }
            int needed = 2 * slots[turns] + activations;
            if (needed > multipliers.length) {
                multipliers = Arrays.copyOf(multipliers, Math.max(needed, 2 * multipliers.length));
            }
        }

        Turns build() {
            firstTurns[segments.count()] = turns;
            return new Turns(
                    firstTurns,
                    Arrays.copyOf(pairs, turns),
                    Arrays.copyOf(slots, turns + 1),
                    Arrays.copyOf(shifts, turns),
                    Arrays.copyOf(multipliers, 2 * slots[turns]));
        }
    }
}
