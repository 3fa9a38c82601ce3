package io.agilelens.engine.kernel;

/**
 * How a product of several tokens is cut into pieces for the threads: a piece is some neighbouring
 * panels with a block of neighbouring tiles. The more panels it has, the fewer of them wait for
 * tiles from further away, and the longer a block is, the less often a panel is unpacked; but of
 * large pieces some threads may get one more than others, and these wait. Nothing is measured for
 * that: what a piece takes is estimated in eighths of the product of one panel with one tile.
 */
final class BlockSharing {

    /** Pieces that each thread finds where there are enough, so that a late one costs little. */
    private static final int PIECES_PER_THREAD = 2;

    /** Tiles that are worth unpacking a panel for. */
    private static final int TILES_PER_BLOCK = 4;

    /** Tokens of which a slice of activations and the sums of some panels fill a second cache. */
    private static final int LONGEST_BLOCK = 528;

    /** Unpacking a panel takes about as long as so many tiles. */
    private static final int UNPACKING = 2;

    private int panels;
    private int groups;
    private int tiles;
    private int blocks;

    /**
     * Makes the estimate of the thread that does most as small as can be.
     *
     * @param panels of the product, at least 1
     * @param tiles of all tokens, at least 1
     * @param rows tokens in a tile
     * @param most panels that may be worked on together
     */
    void choose(int panels, int tiles, int rows, int most, int threads) {
        this.panels = panels;
        this.tiles = tiles;
        int fewestBlocks = Math.ceilDiv(tiles, LONGEST_BLOCK / rows);
        int mostBlocks = Math.max(fewestBlocks, tiles / TILES_PER_BLOCK);
        long wanted = Math.min((long) panels * mostBlocks, (long) PIECES_PER_THREAD * threads);
        long best = Long.MAX_VALUE;
        for (int together = most; together >= 1; together--) {
            int groups = Math.ceilDiv(panels, together);
            for (int blocks = fewestBlocks; blocks <= mostBlocks; blocks++) {
                long pieces = (long) groups * blocks;
                long longest = ofPiece(Math.ceilDiv(panels, groups), Math.ceilDiv(tiles, blocks));
                long busiest = Math.ceilDiv(pieces, threads) * longest;
                if (pieces >= wanted && busiest < best) {
                    best = busiest;
                    this.groups = groups;
                    this.blocks = blocks;
                }
            }
        }
    }

    /** What a piece takes, in eighths of the product of a panel with a tile. */
    static long ofPiece(int panels, int tiles) {
        return 8L * panels * (tiles + UNPACKING) + tiles;
    }

    int pieces() {
        return groups * blocks;
    }

    /** Most panels of a piece. */
    int panelsTogether() {
        return Math.ceilDiv(panels, groups);
    }

    /** Most tiles of a piece. */
    int tilesTogether() {
        return Math.ceilDiv(tiles, blocks);
    }

    /** First panel of a piece. */
    int firstPanel(int piece) {
        return panelOfGroup(piece / blocks);
    }

    /** Behind the last panel of a piece. */
    int endPanel(int piece) {
        return panelOfGroup(piece / blocks + 1);
    }

    private int panelOfGroup(int group) {
        return Loop.start(panels, groups, group);
    }

    /** First tile of a piece. */
    int firstTile(int piece) {
        return tileOfBlock(piece % blocks);
    }

    /** Behind the last tile of a piece. */
    int endTile(int piece) {
        return tileOfBlock(piece % blocks + 1);
    }

    private int tileOfBlock(int block) {
        return Loop.start(tiles, blocks, block);
    }
}
