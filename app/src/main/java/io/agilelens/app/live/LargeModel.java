package io.agilelens.app.live;

import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.WeightPlacement;

/**
 * What a person should know before a model is opened that does not fit in memory as a whole; all
 * bytes are estimates.
 *
 * @param name how the model was named
 * @param whole heap that it would take with all weights in memory
 * @param placed heap that it takes with its weights where they fit
 * @param free heap that is free for it
 * @param maximum heap that models may take at most
 * @param layersInMemory how many of its layers are kept, from the first on
 * @param layers how many it has
 */
public record LargeModel(
        String name,
        long whole,
        long placed,
        long free,
        long maximum,
        int layersInMemory,
        int layers) {

    /**
     * @param memory with some weights left in the file
     */
    static LargeModel of(String name, Model model, MemoryEstimate memory) {
        HeapRoom room = HeapRoom.now(0);
        WeightPlacement everything = WeightPlacement.inMemory(memory.placement().precision());
        return new LargeModel(
                name,
                MemoryEstimate.of(model, everything, memory.pass(), room).heap(),
                memory.heap(),
                free(room, memory),
                room.maximum(),
                Math.min(memory.placement().layersInMemory(), model.config().layers()),
                model.config().layers());
    }

    /** What is free for a model; the program's own share of its estimate is in use already. */
    static long free(HeapRoom room, MemoryEstimate memory) {
        return room.maximum() - Math.max(0, room.used() - memory.program());
    }

    /** A heap in MiB that would hold all of it, rounded up generously. */
    public long wantedMebibytes() {
        return Math.ceilDiv((whole + maximum - free) * 5 / 4, 1L << 20);
    }
}
