package io.agilelens.engine.kernel;

/**
 * Joins neighbouring segments of a group into units for one tile of activations. Segments are cut
 * for the largest activations that their bits allow; those that came are smaller for the most part.
 * By the inequality of Cauchy and Schwarz no sum over some inputs, nor a part of it, exceeds the
 * root of the activations' squares times the weights' squares, so what that bound lets into an
 * accumulator goes there in one go and stays exact. A tile that holds an outlier keeps the segments
 * as they were cut.
 */
final class SegmentJoining {

    private final SegmentSums sums;
    private final int rows;

    /** Of what an accumulator may hold. */
    private final double largestSquare;

    /**
     * @param rows of a tile
     */
    SegmentJoining(Multiplier multiplier, SegmentSums sums, int rows) {
        this.sums = sums;
        this.rows = rows;
        largestSquare = (double) multiplier.largestSum * multiplier.largestSum;
    }

    /**
     * Finds the units of one tile in one slice, and takes its activations to the shift of their
     * unit.
     *
     * @param first segment of the slice
     * @param end segment behind it
     * @param tile {@code [inputs of the slice, rows]} from {@code offset} on, each segment at its
     *     own shift
     * @param ends at {@code endsOffset + s} comes the segment behind the unit that begins with s
     */
    void join(
            Segments segments,
            int first,
            int end,
            float[] tile,
            int offset,
            int[] ends,
            int endsOffset) {
        int length = sums.squaresLength(rows);
        float[] squares = Scratch.ofThread().squares(2 * length);
        int unitSquares = 0;
        int nextSquares = length;
        int origin = offset - segments.starts()[first] * rows;
        int next;
        for (int unit = first; unit < end; unit = next) {
            next = unit + 1;
            int shift = segments.shifts()[unit];
            boolean firstOfGroup =
                    unit == 0 || segments.groups()[unit - 1] != segments.groups()[unit];
            long weights = segments.squares()[unit];
            if (next < end && segments.groups()[next] == segments.groups()[unit]) {
                sumSquares(segments, unit, tile, origin, squares, unitSquares);
            }
            while (next < end && segments.groups()[next] == segments.groups()[unit]) {
                sumSquares(segments, next, tile, origin, squares, nextSquares);
                int common = Math.min(shift, segments.shifts()[next]);
                float most =
                        sums.joinSquares(
                                squares,
                                length,
                                unitSquares,
                                fourTo(shift - common),
                                nextSquares,
                                fourTo(segments.shifts()[next] - common),
                                unitSquares);
                weights =
                        firstOfGroup
                                ? segments.squaresToHere()[next]
                                : weights + segments.squares()[next];
                // Roundings of the squares, a few in 2^24, move the bound by less than 1.
                if ((double) most * weights > largestSquare) {
                    break;
                }
                shift = common;
                next++;
            }
            ends[endsOffset + unit] = next;
            shift(segments, unit, next, shift, tile, origin);
        }
    }

    private void sumSquares(
            Segments segments, int segment, float[] tile, int origin, float[] squares, int at) {
        int from = origin + segments.starts()[segment] * rows;
        sums.sumSquares(tile, from, segments.length(segment), rows, squares, at);
    }

    private static float fourTo(int exponent) {
        return 1 << 2 * exponent;
    }

    /**
     * @param origin where the tile's first input of all would be
     */
    private void shift(Segments segments, int first, int end, int shift, float[] tile, int origin) {
        for (int s = first; s < end; s++) {
            if (segments.shifts()[s] > shift) {
                float factor = 1 << segments.shifts()[s] - shift;
                int to = origin + segments.starts()[s + 1] * rows;
                for (int i = origin + segments.starts()[s] * rows; i < to; i++) {
                    tile[i] *= factor;
                }
            }
        }
    }
}
