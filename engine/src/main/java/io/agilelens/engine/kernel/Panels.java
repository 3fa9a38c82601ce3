package io.agilelens.engine.kernel;

/**
 * The layout that vector kernels like: outputs in panels of equal width, the last one filled up
 * with zeros, a panel being {@code [input][output]}; and activations in tiles of {@link
 * FloatProducts#TILE_TOKENS} rows, the last one filled up with zeros, a tile being {@code
 * [input][token]}.
 */
final class Panels {

    private static final int TILE = FloatProducts.TILE_TOKENS;

    /** Fewer multiplications than this are not worth another thread. */
    private static final long MULTIPLICATIONS_PER_PIECE = 1 << 20;

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

    static int tiles(int tokens) {
        return (tokens + TILE - 1) / TILE;
    }

    static int grain(int tokens, int inputs, int width) {
        long perPanel = (long) tokens * inputs * width;
        return Math.clamp(MULTIPLICATIONS_PER_PIECE / Math.max(1, perPanel), 1, Integer.MAX_VALUE);
    }

    /** {@code [tiles, inputs, TILE]} of {@code [tokens, inputs]}. */
    static float[] tile(float[] x, int tokens, int inputs, Workers workers) {
        float[] tiled = Scratch.ofThread().activations((long) tiles(tokens) * TILE * inputs);
        workers.forRanges(
                tiles(tokens),
                1 + (1 << 14) / inputs,
                (from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        fillTile(x, 0, inputs, tile, tokens, inputs, tiled);
                    }
                });
        return tiled;
    }

    /**
     * Packs one tile of strided rows.
     *
     * @param x row t starts at {@code offset + t * stride}
     */
    static void fillTile(
            float[] x, int offset, int stride, int tile, int tokens, int inputs, float[] tiled) {
        int start = tile * TILE * inputs;
        int row = offset + tile * TILE * stride;
        if ((tile + 1) * TILE <= tokens) {
            for (int i = 0; i < inputs; i++) {
                int at = start + i * TILE;
                tiled[at] = x[row + i];
                tiled[at + 1] = x[row + stride + i];
                tiled[at + 2] = x[row + 2 * stride + i];
                tiled[at + 3] = x[row + 3 * stride + i];
                tiled[at + 4] = x[row + 4 * stride + i];
                tiled[at + 5] = x[row + 5 * stride + i];
            }
            return;
        }
        for (int t = 0; t < TILE; t++) {
            boolean real = tile * TILE + t < tokens;
            for (int i = 0; i < inputs; i++) {
                tiled[start + i * TILE + t] = real ? x[row + t * stride + i] : 0;
            }
        }
    }

    /**
     * Codes as floats {@code [tiles, inputs, rows]}, each shifted left by its input's shift.
     *
     * @param rows rows of a tile: 1, or {@link FloatProducts#TILE_TOKENS}
     */
    static float[] tile(byte[] x, int tokens, byte[] inputShifts, int rows, Workers workers) {
        int inputs = inputShifts.length;
        int tiles = (tokens + rows - 1) / rows;
        float[] tiled = Scratch.ofThread().activations((long) tiles * rows * inputs);
        workers.forRanges(
                tiles,
                1 + (1 << 14) / inputs,
                (from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        fillTile(x, tile, tokens, inputShifts, rows, tiled);
                    }
                });
        return tiled;
    }

    private static void fillTile(
            byte[] x, int tile, int tokens, byte[] inputShifts, int rows, float[] tiled) {
        int inputs = inputShifts.length;
        int start = tile * rows * inputs;
        if (rows == TILE && (tile + 1) * TILE <= tokens) {
            for (int i = 0; i < inputs; i++) {
                int at = start + i * TILE;
                int shift = inputShifts[i];
                tiled[at] = x[start + i] << shift;
                tiled[at + 1] = x[start + inputs + i] << shift;
                tiled[at + 2] = x[start + 2 * inputs + i] << shift;
                tiled[at + 3] = x[start + 3 * inputs + i] << shift;
                tiled[at + 4] = x[start + 4 * inputs + i] << shift;
                tiled[at + 5] = x[start + 5 * inputs + i] << shift;
            }
            return;
        }
        for (int t = 0; t < rows; t++) {
            int token = tile * rows + t;
            for (int i = 0; i < inputs; i++) {
                int code = token < tokens ? x[token * inputs + i] << inputShifts[i] : 0;
                tiled[start + i * rows + t] = code;
            }
        }
    }

    /** Copies what is real of {@code sums[rows, width]} to {@code y[tokens, outputs]}. */
    static void store(
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
            System.arraycopy(sums, row, y, t * outputs + firstOutput, length);
        }
    }
}
