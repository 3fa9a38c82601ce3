package io.agilelens.engine.kernel;

/**
 * The layout that vector kernels like: outputs in panels of equal width, the last one filled up
 * with zeros, a panel being {@code [input][output]}; and activations in tiles of {@link
 * FloatProducts#tileTokens()} rows, the last one filled up with zeros, a tile being {@code
 * [input][token]}. A product with many tokens goes through the inputs slice by slice: tiles lie
 * slice after slice, {@code [slice][tile][input][token]}, so that a slice is read in one go.
 */
final class Panels {

    /** Fewer multiplications than this are not worth another thread. */
    private static final long MULTIPLICATIONS_PER_PIECE = 1 << 20;

    /** Fewer bytes of weights than this are not worth another thread to one token. */
    private static final int BYTES_PER_PIECE = 1 << 15;

    /**
     * Rows are packed from near one another: where they lie a power of two apart they share few
     * sets of a cache.
     */
    static final int ROW_SPACING = 16;

    private Panels() {}

    static int count(int outputs, int width) {
        return (outputs + width - 1) / width;
    }

    static int length(int outputs, int inputs, int width) {
        return Math.toIntExact((long) count(outputs, width) * width * inputs);
    }

    /** Index in the panels of the weight of an output and an input. */
    static int index(int output, int input, int inputs, int width) {
        return (output / width * inputs + input) * width + output % width;
    }

    /** {@code [panels, groups, width]} of {@code [outputs, groups]}. */
    static float[] ofScales(float[] scales, int outputs, int groups, int width) {
        float[] result = new float[length(outputs, groups, width)];
        for (int o = 0; o < outputs; o++) {
            for (int g = 0; g < groups; g++) {
                result[index(o, g, groups, width)] = scales[o * groups + g];
            }
        }
        return result;
    }

    /**
     * @param rows of a tile
     */
    static int tiles(int tokens, int rows) {
        return (tokens + rows - 1) / rows;
    }

    static int grain(int tokens, int inputs, int width) {
        return grain(tokens, (long) inputs * width);
    }

    private static int grain(int tokens, long perToken) {
        long perPanel = tokens * perToken;
        return Math.clamp(MULTIPLICATIONS_PER_PIECE / Math.max(1, perPanel), 1, Integer.MAX_VALUE);
    }

    /**
     * Shares the tiles of a product's activations out.
     *
     * @param rows of a tile
     * @param body what is done with neighbouring tiles
     */
    static void forTiles(
            Operands operands, int rows, Workers workers, Workers.PieceOf<Operands> body) {
        workers.forRanges(
                tiles(operands.tokens, rows),
                Workers.grain((long) rows * operands.inputs),
                operands,
                body);
    }

    /** What is done with neighbouring panels and the tokens {@code from ≤ t < to}. */
    @FunctionalInterface
    interface BlockBody {
        void run(Operands operands, int firstPanel, int endPanel, int from, int to);
    }

    /**
     * Shares a product out: by panels, and where there are too few of them for the threads also by
     * blocks of tokens.
     *
     * @param panels of the product
     * @param most panels that are worked on together, so that what they read of the activations
     *     comes from a cache to all but the first
     * @param rows of a tile; blocks begin where tiles do
     * @param perToken multiplications of a panel with one token
     */
    static void forBlocks(
            Operands operands,
            int panels,
            int most,
            int rows,
            long perToken,
            Workers workers,
            BlockBody body) {
        int tokens = operands.tokens;
        if (tokens == 0) {
            return;
        }
        BlockSharing sharing = operands.sharing;
        sharing.choose(panels, tiles(tokens, rows), rows, most, workers.threads());
        operands.rowsOfTile = rows;
        operands.block = body;
        int longest = Math.min(tokens, sharing.tilesTogether() * rows);
        workers.forRanges(
                sharing.pieces(),
                grain(longest, sharing.panelsTogether() * perToken),
                operands,
                Panels::runBlocks);
    }

    private static void runBlocks(Operands operands, int from, int to) {
        BlockSharing sharing = operands.sharing;
        int rows = operands.rowsOfTile;
        for (int piece = from; piece < to; piece++) {
            operands.block.run(
                    operands,
                    sharing.firstPanel(piece),
                    sharing.endPanel(piece),
                    sharing.firstTile(piece) * rows,
                    Math.min(operands.tokens, sharing.endTile(piece) * rows));
        }
    }

    /**
     * Shares the panels of a product with one token out.
     *
     * @param bytes of a panel
     * @param body what is done with neighbouring panels
     */
    static void forPanels(
            Operands operands,
            int panels,
            long bytes,
            Workers workers,
            Workers.PieceOf<Operands> body) {
        workers.forRanges(panels, (int) Math.max(1, BYTES_PER_PIECE / bytes), operands, body);
    }

    /** Rows of whole tiles. */
    static int padded(int tokens, int rows) {
        return tiles(tokens, rows) * rows;
    }

    /** Copies what is real of {@code sums[rows, width]} to {@code y[tokens, outputs]}. */
    static void store(
            float[] sums,
            int sumsOffset,
            int width,
            float[] y,
            int firstToken,
            int endToken,
            int outputs,
            int firstOutput) {
        int length = Math.min(width, outputs - firstOutput);
        for (int t = firstToken; t < endToken; t++) {
            int row = sumsOffset + (t - firstToken) * width;
            System.arraycopy(sums, row, y, t * outputs + firstOutput, length);
        }
    }

    /**
     * Narrows what is real of some columns of {@code sums[rows, stride]} into {@code y[tokens,
     * outputs]}.
     *
     * @param width how many columns; none may be real
     */
    static void store(
            double[] sums,
            int sumsOffset,
            int stride,
            int width,
            float[] y,
            int firstToken,
            int endToken,
            int outputs,
            int firstOutput) {
        int length = Math.min(width, outputs - firstOutput);
        for (int t = firstToken; t < endToken; t++) {
            int row = sumsOffset + (t - firstToken) * stride;
            int target = t * outputs + firstOutput;
            for (int o = 0; o < length; o++) {
                y[target + o] = (float) sums[row + o];
            }
        }
    }
}
