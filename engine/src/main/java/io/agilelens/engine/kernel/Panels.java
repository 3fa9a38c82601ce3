package io.agilelens.engine.kernel;

/**
 * The layout that vector kernels like: outputs in panels of equal width, the last one filled up
 * with zeros, a panel being {@code [input][output]}; and activations in tiles of {@link
 * FloatProducts#tileTokens()} rows, the last one filled up with zeros, a tile being {@code
 * [input][token]}.
 */
final class Panels {

    /** Fewer multiplications than this are not worth another thread. */
    private static final long MULTIPLICATIONS_PER_PIECE = 1 << 20;

    /** Pieces that each thread finds at the least, so that the last one does not wait long. */
    private static final int PANELS_PER_THREAD = 2;

    /** Tiles that are worth unpacking a panel for. */
    private static final int TILES_PER_BLOCK = 4;

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

    /** What is done with one panel and the tokens {@code from ≤ t < to}. */
    @FunctionalInterface
    interface BlockBody {
        void run(int panel, int from, int to);
    }

    /**
     * Shares a product out: by panels, and where there are too few of them for the threads also by
     * blocks of tokens.
     *
     * @param rows of a tile; blocks begin where tiles do
     * @param perToken multiplications of a panel with one token
     */
    static void forBlocks(
            int panels, int tokens, int rows, long perToken, Workers workers, BlockBody body) {
        int wanted = Math.ceilDiv(PANELS_PER_THREAD * workers.threads(), panels);
        int blocks = Math.clamp(tiles(tokens, rows) / TILES_PER_BLOCK, 1, wanted);
        int length = Math.ceilDiv(tiles(tokens, rows), blocks) * rows;
        workers.forRanges(
                panels * blocks,
                grain(Math.min(tokens, length), perToken),
                (from, to) -> {
                    for (int piece = from; piece < to; piece++) {
                        int first = piece % blocks * length;
                        if (first < tokens) {
                            body.run(piece / blocks, first, Math.min(tokens, first + length));
                        }
                    }
                });
    }

    /** {@code [tiles, inputs, tileTokens]} of {@code [tokens, inputs]}. */
    static float[] tile(
            float[] x, int tokens, int inputs, FloatProducts products, Workers workers) {
        int rows = products.tileTokens();
        int tiles = tiles(tokens, rows);
        float[] tiled = Scratch.ofThread().activations((long) tiles * rows * inputs);
        workers.forRanges(
                tiles,
                1 + (1 << 14) / inputs,
                (from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        int token = tile * rows;
                        int count = Math.min(rows, tokens - token);
                        products.packTile(
                                x, token * inputs, inputs, count, inputs, tiled, token * inputs);
                    }
                });
        return tiled;
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

    /** Adds what is real of {@code sums[rows, width]} to {@code y[tokens, outputs]}. */
    static void add(
            float[] sums,
            int width,
            float[] y,
            int firstToken,
            int endToken,
            int outputs,
            int firstOutput) {
        int length = Math.min(width, outputs - firstOutput);
        for (int t = firstToken; t < endToken; t++) {
            int row = (t - firstToken) * width;
            int target = t * outputs + firstOutput;
            for (int o = 0; o < length; o++) {
                y[target + o] += sums[row + o];
            }
        }
    }
}
