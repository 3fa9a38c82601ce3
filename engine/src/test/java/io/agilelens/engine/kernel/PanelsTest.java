package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PanelsTest {

    /** Packing a prompt is worth all threads: a tile of it takes as long as waking one up. */
    @ParameterizedTest
    @CsvSource({
        "2, 512, 768, 8",
        "16, 512, 768, 43",
        "64, 512, 768, 43",
        "16, 2048, 2048, 64",
        "16, 24, 64, 1"
    })
    void aPromptIsPackedInPieces(int threads, int tokens, int inputs, int pieces) {
        try (Workers workers = Workers.of(threads)) {
            Operands operands = new Operands();
            operands.tokens = tokens;
            operands.inputs = inputs;
            List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());
            Panels.forTiles(operands, 12, workers, (_, from, to) -> lengths.add(to - from));
            assertEquals(pieces, lengths.size());
            assertEquals(
                    Panels.tiles(tokens, 12), lengths.stream().mapToInt(Integer::intValue).sum());
        }
    }

    /** A panel that is worth a thread does not wait for another one to share its piece. */
    @ParameterizedTest
    @CsvSource({"16, 12, 28000, 12", "16, 12, 8000, 3", "2, 12, 28000, 8", "16, 64, 70000, 64"})
    void panelsOfOneTokenAreSharedOut(int threads, int panels, int bytes, int pieces) {
        try (Workers workers = Workers.of(threads)) {
            List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());
            Panels.forPanels(
                    new Operands(),
                    panels,
                    bytes,
                    workers,
                    (_, from, to) -> lengths.add(to - from));
            assertEquals(pieces, lengths.size());
            assertEquals(panels, lengths.stream().mapToInt(Integer::intValue).sum());
        }
    }
}
