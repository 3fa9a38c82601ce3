package io.agilelens.views.chart;

/** Where the bins of a histogram begin and end, with and without a quantizer's levels. */
public final class BinEdges {
    /** More levels than this cannot be told apart in a picture. */
    public static final int MOST_LEVELS = 40;

    private static final int BINS_PER_LEVEL = 5;

    /** How many times as many bins as wanted levels may cost. */
    private static final double MOST_BINS = 8;

    private BinEdges() {}

    /**
     * Bins of one width.
     *
     * @param least where the first begins; equal ends are moved apart
     * @param most where the last ends
     * @return {@code [bins + 1]}
     */
    public static double[] even(double least, double most, int bins) {
        double margin = most > least ? 0 : Math.max(Math.abs(most), 1e-3) / 2;
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++) {
            edges[i] = least - margin + (most - least + 2 * margin) * i / bins;
        }
        return edges;
    }

    /**
     * Bins of a fifth of a step, a level in the middle of every fifth, out to the outermost values;
     * even ones where that would take far too many.
     *
     * @param levels rising, at least one
     * @param step between neighbouring levels
     * @param least the least value
     * @param most the greatest value
     * @param bins how many even ones there would be
     */
    public static double[] around(
            double[] levels, double step, double least, double most, int bins) {
        double width = step / BINS_PER_LEVEL;
        double origin = levels[0] - width / 2;
        double low = Math.min(least, levels[0]);
        double high = Math.max(most, levels[levels.length - 1]);
        if ((high - low) / width > MOST_BINS * bins) {
            return even(low, high, bins);
        }
        long first = (long) Math.floor((low - origin) / width);
        long last = (long) Math.floor((high - origin) / width) + 1;
        double[] edges = new double[(int) (last - first) + 1];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = origin + (first + i) * width;
        }
        return edges;
    }
}
