package io.agilelens.engine.model;

import io.agilelens.engine.UserException;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.kernel.CachedHeads;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What running a model takes, in bytes, known before a weight is read. All but {@code mapped} is
 * heap. It is what is in use at the worst moment; garbage not yet collected comes on top where the
 * heap has room for it.
 *
 * @param placement where the weights stand
 * @param pass what is run at once
 * @param weights packed weights in memory, biases and norms
 * @param cache keys and values of the cached tokens
 * @param activations what one pass holds at once: residual stream, projections, scratch space of
 *     the kernels, rows of logits
 * @param packing what is needed for a moment while weights are packed
 * @param program the program itself, its tokenizer and the names of tensors
 * @param mapped bytes of the checkpoint, which the system keeps in memory as long as there is room
 */
public record MemoryEstimate(
        WeightPlacement placement,
        PassSize pass,
        long weights,
        long cache,
        long activations,
        long packing,
        long program,
        long mapped) {
    /** Measured: classes, strings and the JSON of a model without weights. */
    private static final long PROGRAM = 16L << 20;

    /** What a piece of the vocabulary takes in tables and strings. */
    private static final long BYTES_A_PIECE = 200;

    /** Outputs of the widest panel that kernels unpack at a time. */
    private static final int PANEL_OUTPUTS = 64;

    /** All heap, at the worst moment. */
    public long heap() {
        // Packing is over before the first pass, except where every pass packs.
        return program
                + weights
                + cache
                + (isStreamed() ? activations + packing : Math.max(activations, packing));
    }

    private boolean isStreamed() {
        return placement.layersInMemory() != Integer.MAX_VALUE || !placement.headInMemory();
    }

    /** What running the model takes with its weights in given places. */
    public static MemoryEstimate of(
            Model model, WeightPlacement placement, PassSize pass, HeapRoom room) {
        return new Estimator(model, placement, pass, room).estimate();
    }

    /**
     * Finds the places of the weights: all in memory if they fit there, otherwise as many layers as
     * fit.
     *
     * @param room the heap there is
     * @throws UserException if the model cannot run even with no weight kept
     */
    public static MemoryEstimate fitting(Model model, PassSize pass, HeapRoom room) {
        WeightPrecision precision = model.precision();
        MemoryEstimate whole = of(model, WeightPlacement.inMemory(precision), pass, room);
        // The program's own share is in use already, or will be.
        long free = room.maximum() - Math.max(0, room.used() - whole.program);
        if (whole.heap() <= free) {
            return whole;
        }
        MemoryEstimate least = of(model, WeightPlacement.streamed(precision), pass, room);
        if (least.heap() > free) {
            throw new UserException(
                    "%s: running %,d tokens at once takes about %s of heap even with the weights left in the file (activations and logits %s, key/value cache %s, packing %s), and %s of %s is free: start with AGILELENS_OPTS=-Xmx%dm or more, or run fewer tokens at once"
                            .formatted(
                                    Printable.of(model.checkpoint().source()),
                                    pass.tokens(),
                                    size(least.heap()),
                                    size(least.activations),
                                    size(least.cache),
                                    size(least.packing),
                                    size(free),
                                    size(room.maximum()),
                                    needed(least, room, free)));
        }
        int layers = model.config().layers();
        int kept = 0;
        while (kept < layers
                && of(model, new WeightPlacement(precision, kept + 1, false), pass, room).heap()
                        <= free) {
            kept++;
        }
        return of(model, new WeightPlacement(precision, kept, false), pass, room);
    }

    /** As {@link #fitting(Model, PassSize, HeapRoom)} in the heap as it is now. */
    public static MemoryEstimate fitting(Model model, PassSize pass) {
        HeapRoom any = HeapRoom.now(0);
        long wanted = of(model, WeightPlacement.inMemory(model.precision()), pass, any).heap();
        return fitting(model, pass, HeapRoom.now(wanted));
    }

    /** A heap in MiB that would do, rounded up generously. */
    private static long needed(MemoryEstimate least, HeapRoom room, long free) {
        long missing = least.heap() - free;
        return Math.ceilDiv((room.maximum() + missing) * 5 / 4, 1L << 20);
    }

    /** What a person should know about where the weights stand; empty if nothing. */
    public String note(Model model) {
        int layers = model.config().layers();
        if (!placement.isStreamed(model.config())) {
            return "";
        }
        long everything =
                of(model, WeightPlacement.inMemory(placement.precision()), pass, HeapRoom.now(0))
                        .heap();
        return "the whole model would take %s of heap, so weights are read layer by layer on each pass%s; start with AGILELENS_OPTS=-Xmx%dm or more to keep all in memory"
                .formatted(
                        size(everything),
                        placement.layersInMemory() == 0
                                ? ""
                                : ", but for the first %d of %d layers, which stay in memory"
                                        .formatted(placement.layersInMemory(), layers),
                        Math.ceilDiv(everything * 5 / 4, 1L << 20));
    }

    /** A size for a person to read. */
    static String size(long bytes) {
        return bytes < 1L << 30
                ? "%.0f MiB".formatted(Math.ceil(bytes / (double) (1L << 20)))
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    /** Adds it all up. */
    private record Estimator(Model model, WeightPlacement placement, PassSize pass, HeapRoom room) {

        MemoryEstimate estimate() {
            long mapped = 0;
            for (Tensor tensor : model.checkpoint().tensors()) {
                mapped += tensor.bytes();
            }
            ModelConfig config = model.config();
            return new MemoryEstimate(
                    placement,
                    pass,
                    weights(config),
                    cache(config),
                    activations(config),
                    packing(config),
                    PROGRAM + BYTES_A_PIECE * config.vocabularySize(),
                    mapped);
        }

        private long weights(ModelConfig config) {
            // Norms; those with biases are still small beside everything else.
            long total = (2L * config.layers() + 1) * config.hiddenSize() * Float.BYTES;
            for (int layer = 0; layer < config.layers(); layer++) {
                for (LinearRole role : config.roles()) {
                    total += weight(linear(layer, role), layer < placement.layersInMemory());
                }
            }
            for (LinearWeight outside : outside()) {
                total += weight(outside, placement.headInMemory());
            }
            return total;
        }

        private LinearWeight linear(int layer, LinearRole role) {
            return model.weights().linear(layer, role);
        }

        private long weight(LinearWeight weight, boolean inMemory) {
            long bias = weight.bias().isPresent() ? 4L * weight.outputs() : 0;
            if (!inMemory) {
                return bias;
            }
            int step =
                    BlockedLinear.outputs(
                            weight.outputs(), weight.inputs(), BlockedLinear.ELEMENTS);
            long blocks = weight.outputs() / step;
            int rest = weight.outputs() % step;
            return bias + blocks * block(step, weight) + (rest == 0 ? 0 : block(rest, weight));
        }

        private long block(int outputs, LinearWeight weight) {
            return room.array((long) outputs * weight.inputs() * bytesAWeight(weight));
        }

        private int bytesAWeight(LinearWeight weight) {
            return switch (weight.kept(placement.precision())) {
                case FP32 -> Float.BYTES;
                case FP16 -> Short.BYTES;
            };
        }

        private long cache(ModelConfig config) {
            if (pass.cachedTokens() == 0) {
                return 0;
            }
            return 2L
                    * config.layers()
                    * floats(
                            ((long) pass.cachedTokens() + CachedHeads.TOKENS_TO_COME)
                                    * config.keyValueWidth());
        }

        private long activations(ModelConfig config) {
            long tokens = pass.tokens();
            long wide = floats(tokens * config.hiddenSize());
            // Residual stream, what the norm made of it, and the block's result.
            long stream = 3 * wide;
            long cached = Math.max(tokens, pass.cachedTokens());
            long attention =
                    2 * floats(tokens * config.queryWidth())
                            + 2 * floats(tokens * config.keyValueWidth())
                            + packedHeads(config, cached);
            long mlp = 2 * floats(tokens * config.feedForwardSize());
            long widest = Math.max(config.feedForwardSize(), config.hiddenSize());
            long tiled = floats((tokens + 8) * widest);
            long threads = Workers.shared().threads();
            long perThread = floats(Decoder.QUERY_BLOCK * cached) + floats(widest * PANEL_OUTPUTS);
            long angles = 2 * floats(tokens * config.headDimension() / 2);
            // An evaluation may compare with a second set of logits; one block is gathered.
            long logits =
                    2 * floats((long) pass.logitRows() * config.vocabularySize())
                            + floats((long) pass.logitRows() * config.hiddenSize());
            return stream
                    + angles
                    + tiled
                    + threads * perThread
                    // A pass keeps the arrays of both blocks from layer to layer.
                    + Math.max(attention + mlp, logits);
        }

        /** Keys and values of a layer in panels. */
        private long packedHeads(ModelConfig config, long keys) {
            long keyPanels = keys + PANEL_OUTPUTS;
            long width = config.headDimension() + PANEL_OUTPUTS;
            return floats(keyPanels * config.keyValueWidth())
                    + floats(keys * config.keyValueHeads() * width);
        }

        private long packing(ModelConfig config) {
            long largest = 0;
            for (int layer = 0; layer < config.layers(); layer++) {
                for (LinearRole role : config.roles()) {
                    largest =
                            Math.max(
                                    largest,
                                    packing(
                                            linear(layer, role),
                                            layer < placement.layersInMemory()));
                }
            }
            for (LinearWeight outside : outside()) {
                largest = Math.max(largest, packing(outside, placement.headInMemory()));
            }
            return largest;
        }

        /** The head and the projections beside it. */
        private List<LinearWeight> outside() {
            List<LinearWeight> outside = new ArrayList<>();
            model.weights().inputProjection().ifPresent(outside::add);
            model.weights().outputProjection().ifPresent(outside::add);
            outside.add(model.weights().head());
            return outside;
        }

        private long packing(LinearWeight weight, boolean inMemory) {
            int elements = inMemory ? BlockedLinear.ELEMENTS : StreamedLinear.BLOCK_ELEMENTS;
            int outputs = BlockedLinear.outputs(weight.outputs(), weight.inputs(), elements);
            // Each thread widens the rows of a panel at a time.
            int rows = Math.min(outputs, BlockedLinear.OUTPUT_STEP);
            long widened = floats((long) rows * weight.inputs());
            if (inMemory) {
                return Workers.shared().threads() * widened;
            }
            // Each thread packs a block; the columns that a block gives are copied.
            long blocks =
                    Math.min(Workers.shared().threads(), Math.ceilDiv(weight.outputs(), outputs));
            return blocks * (widened + block(outputs, weight))
                    + floats((long) Math.max(pass.logitRows(), pass.tokens()) * outputs);
        }

        private long floats(long count) {
            return room.array(count * Float.BYTES);
        }
    }
}
