package io.agilelens.engine.model;

import io.agilelens.engine.task.Cancellation;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Where passes over some windows stood in front of layers, so that passes of a decoder whose first
 * layers compute the same start behind those. Takes no more memory than it may: where that is not
 * enough for every layer, passes stop over at every second, third … one only. For one thread.
 */
public final class KeptPasses {
    private final int layers;
    private final int stride;
    private final Map<Integer, NavigableMap<Integer, PassState>> windows = new HashMap<>();

    /**
     * @param windows number of windows that passes will be over
     * @param tokens of the longest of them
     * @param bytes that may be taken
     */
    public KeptPasses(ModelConfig config, int windows, int tokens, long bytes) {
        this.layers = config.layers();
        long boundary = (long) Float.BYTES * windows * tokens * config.hiddenSize();
        int places = (int) Math.min(layers, bytes / Math.max(1, boundary));
        this.stride = Math.ceilDiv(layers + 1, places + 1);
    }

    /**
     * Drops what later passes will compute otherwise.
     *
     * @param first the first layer that does; what enters it stays
     */
    public void changed(int first) {
        windows.values().forEach(places -> places.tailMap(first, false).clear());
    }

    /**
     * The last place in front of a layer that is kept, or else the beginning.
     *
     * @param window index of the window
     * @param ids its tokens; always the same
     * @param layer number of layers for the end of the pass
     * @return for the caller to use up
     */
    public PassState start(Decoder decoder, int window, int[] ids, int layer) {
        Map.Entry<Integer, PassState> kept = places(window).floorEntry(layer);
        return kept == null ? decoder.start(ids) : kept.getValue().copy();
    }

    /**
     * Runs a pass up to a layer and keeps where it stood on the way.
     *
     * @param state used up
     * @param layer to stop in front of; number of layers for the end of the pass
     */
    public PassState advance(
            Decoder decoder,
            int window,
            PassState state,
            int layer,
            TokenPruner pruner,
            Probe probe,
            Cancellation cancellation) {
        PassState at = state;
        while (at.layer() < layer) {
            at = decoder.step(at, pruner, probe, cancellation);
            if (at.layer() % stride == 0 && !places(window).containsKey(at.layer())) {
                places(window).put(at.layer(), at.copy());
            }
        }
        return at;
    }

    private NavigableMap<Integer, PassState> places(int window) {
        return windows.computeIfAbsent(window, _ -> new TreeMap<>());
    }

    /** Bytes that are taken. */
    public long bytes() {
        return windows.values().stream()
                .flatMap(places -> places.values().stream())
                .mapToLong(PassState::bytes)
                .sum();
    }
}
