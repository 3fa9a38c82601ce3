package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockSharingTest {

    private static final int ROWS = 12;

    @Test
    void everyPanelMeetsEveryTileOnce() {
        Random random = new Random(5);
        for (int run = 0; run < 300; run++) {
            int panels = 1 + random.nextInt(200);
            int tiles = 1 + random.nextInt(200);
            BlockSharing sharing = new BlockSharing();
            int most = 1 + random.nextInt(4);
            sharing.choose(panels, tiles, ROWS, most, 1 + random.nextInt(64));
            int[][] met = new int[panels][tiles];
            for (int piece = 0; piece < sharing.pieces(); piece++) {
                int ofPanels = sharing.endPanel(piece) - sharing.firstPanel(piece);
                int ofTiles = sharing.endTile(piece) - sharing.firstTile(piece);
                assertTrue(ofPanels >= 1 && ofPanels <= Math.min(most, sharing.panelsTogether()));
                assertTrue(ofTiles >= 1 && ofTiles <= sharing.tilesTogether());
                for (int panel = sharing.firstPanel(piece);
                        panel < sharing.endPanel(piece);
                        panel++) {
                    for (int tile = sharing.firstTile(piece);
                            tile < sharing.endTile(piece);
                            tile++) {
                        met[panel][tile]++;
                    }
                }
            }
            for (int[] ofPanel : met) {
                for (int times : ofPanel) {
                    assertEquals(1, times, panels + " panels, " + tiles + " tiles");
                }
            }
        }
    }

    /** 512 tokens in tiles of 12 with panels of 32 floats, or of 64 outputs that share floats. */
    @ParameterizedTest
    @CsvSource({
        "24, 4, 2, 0.97", // 768 outputs in floats
        "24, 4, 16, 0.84",
        "24, 4, 64, 0.64",
        "12, 2, 2, 0.94", // 768 outputs, two to a float
        "12, 2, 16, 0.78",
        "12, 2, 64, 0.55",
        "64, 4, 3, 0.9", // 2048 outputs in floats
        "64, 4, 12, 0.85",
        "64, 4, 64, 0.84",
        "88, 2, 3, 0.92", // 5632 outputs, two to a float
        "88, 2, 16, 0.85",
        "88, 2, 64, 0.77"
    })
    void threadsEndTogether(int panels, int most, int threads, double atLeast) {
        BlockSharing sharing = new BlockSharing();
        sharing.choose(panels, 43, ROWS, most, threads);
        PriorityQueue<Long> ends = new PriorityQueue<>(Collections.nCopies(threads, 0L));
        long last = 0;
        for (int piece = 0; piece < sharing.pieces(); piece++) {
            int ofPanels = sharing.endPanel(piece) - sharing.firstPanel(piece);
            int ofTiles = sharing.endTile(piece) - sharing.firstTile(piece);
            long end = ends.remove() + BlockSharing.ofPiece(ofPanels, ofTiles);
            ends.add(end);
            last = Math.max(last, end);
        }
        double busy = (double) BlockSharing.ofPiece(panels, 43) / threads / last;
        assertTrue(busy >= atLeast && busy <= 1, "busy for " + busy);
    }

    @Test
    void oneThreadTakesLongBlocksAndManyPanels() {
        BlockSharing sharing = new BlockSharing();
        sharing.choose(24, 43, ROWS, 4, 1);
        assertEquals(6, sharing.pieces());
        assertEquals(4, sharing.panelsTogether());
        assertEquals(43, sharing.tilesTogether());
    }

    @Test
    void longPromptsAreCutToWhatACacheHolds() {
        BlockSharing sharing = new BlockSharing();
        sharing.choose(24, 683, ROWS, 4, 1);
        assertTrue(sharing.tilesTogether() * ROWS <= 528);
    }

    @Test
    void fewTokensAreSharedByPanelsAlone() {
        BlockSharing sharing = new BlockSharing();
        sharing.choose(3, 1, ROWS, 4, 16);
        assertEquals(3, sharing.pieces());
    }
}
