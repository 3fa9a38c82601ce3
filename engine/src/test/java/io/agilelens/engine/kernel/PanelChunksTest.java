package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PanelChunksTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 32, 2", "333, 16384, 32, 2", "2048, 5632, 16, 4", "32000, 2048, 32, 2",
        "250880, 14336, 32, 2", "33, 4194304, 32, 4", "0, 64, 32, 2", "5, 0, 32, 2"
    })
    void everyPanelHasItsPlace(int outputs, int inputs, int width, int elementBytes) {
        PanelChunks chunks = PanelChunks.of(outputs, inputs, width, elementBytes);
        int panel = 0;
        long length = 0;
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            assertEquals(panel, chunks.first(chunk));
            assertTrue(chunks.panels(chunk) > 0);
            int start = 0;
            for (int i = 0; i < chunks.panels(chunk); i++) {
                assertEquals(chunk, chunks.of(panel));
                assertEquals(start, chunks.start(panel));
                start += inputs * width;
                panel++;
            }
            assertEquals(start, chunks.length(chunk));
            assertTrue(
                    chunks.panels(chunk) == 1 || (long) start * elementBytes < 8 << 20,
                    "with its header a chunk fills a region of the heap at most");
            length += start;
        }
        assertEquals(Panels.count(outputs, width), panel);
        assertEquals(length, chunks.length());
    }
}
