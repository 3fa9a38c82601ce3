package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forward pass on PyTorch tensors, with gradients. What the architectures share is written in
 * {@code decoder.torchscript}, what sets them apart in the files that {@link Architecture#scripts}
 * names.
 *
 * <p>All weights live in one flat vector (see {@link WeightLayout}), so that one gradient, one norm
 * and one optimizer state serve the whole model.
 */
final class Decoder implements AutoCloseable {
    /**
     * Lead of position 0 over the mean key, in units of the exponent of softmax, at which an idle
     * head gives it about half of its attention over a few hundred positions.
     */
    static final double START_LEAD = 6;

    /** The first layers look at the tokens before; a sink belongs to the layers after them. */
    static final int FIRST_SINK_LAYER = 2;

    /** The element type inside the matrix products; sums, norms and residuals are FP32. */
    enum Precision {
        BFLOAT16(15),
        FLOAT32(6);

        /** PyTorch's number of the type. */
        private final int torchType;

        Precision(int torchType) {
            this.torchType = torchType;
        }
    }

    private final DecoderShape shape;
    private final WeightLayout layout;
    private final TorchScript functions;
    private final NDManager manager;
    private final Map<Integer, List<NDArray>> tables = new HashMap<>();

    /**
     * Compiles the decoder.
     *
     * @param manager owns the constants that attention takes
     */
    Decoder(NDManager manager, DecoderShape shape, Precision precision) {
        this.manager = manager;
        this.shape = shape;
        this.layout = new WeightLayout(shape);
        this.functions = new TorchScript(manager, "Decoder", source(shape, precision));
    }

    /**
     * What training makes small.
     *
     * @param loss mean negative log-likelihood in nats per token, a scalar
     * @param startDeficit by how much the attention scores of position 0 fail to lead those of the
     *     mean key by {@value #START_LEAD}, before anything for the distance, averaged over
     *     positions and heads and summed over the layers from {@value #FIRST_SINK_LAYER} on, a
     *     scalar
     */
    record Objective(NDArray loss, NDArray startDeficit) {}

    /**
     * The loss and the start deficit, both with gradients.
     *
     * @param flat all weights, {@code [layout.size()]}
     * @param ids tokens, {@code [batch, tokens]}, int64
     * @param targets the token that follows each, same shape
     * @return scalars, owned by the manager of {@code ids}
     */
    Objective objective(NDArray flat, NDArray ids, NDArray targets) {
        WeightLayout.Views weights = layout.split(flat, ids.getManager());
        Pass pass = pass(weights, ids, (layer, residual) -> {});
        NDArray loss = call("loss", List.of(), logits(weights, pass.hidden()), targets);
        return new Objective(loss, pass.startDeficit());
    }

    /** The logits {@code [batch, tokens, vocabulary]} for tokens {@code [batch, tokens]}. */
    NDArray logits(NDArray flat, NDArray ids) {
        WeightLayout.Views weights = layout.split(flat, ids.getManager());
        return logits(weights, pass(weights, ids, (layer, residual) -> {}).hidden());
    }

    /**
     * How strongly each position attends to position 0.
     *
     * @param ids tokens, {@code [batch, tokens]}, int64
     * @return probabilities averaged over the batch, {@code [layer][head][position]}
     */
    float[][][] attentionToStart(NDArray flat, NDArray ids) {
        float[][][] attention = new float[shape.layers()][shape.heads()][];
        WeightLayout.Views weights = layout.split(flat, ids.getManager());
        pass(
                weights,
                ids,
                (layer, residual) -> {
                    NDArray means =
                            call(
                                    "attention_to_start",
                                    attentionParts(weights, layer, ids),
                                    residual);
                    for (int head = 0; head < shape.heads(); head++) {
                        attention[layer][head] = means.get(head).toFloatArray();
                    }
                });
        return attention;
    }

    @Override
    public void close() {
        functions.close();
        tables.values().forEach(made -> made.forEach(NDArray::close));
    }

    /** Sees the residual stream {@code [batch, tokens, hidden]} before a layer. */
    private interface ResidualObserver {
        void beforeLayer(int layer, NDArray residual);
    }

    /** What the layers make of the tokens: the last residual stream and the start deficit. */
    private record Pass(NDArray hidden, NDArray startDeficit) {}

    private Pass pass(WeightLayout.Views weights, NDArray ids, ResidualObserver observer) {
        NDArray x = call("embed", weights.embedding(), ids);
        NDArray startDeficit = ids.getManager().create(0f);
        for (int layer = 0; layer < shape.layers(); layer++) {
            observer.beforeLayer(layer, x);
            NDList attended =
                    functions.call(
                            ids.getManager(), "attend", attentionParts(weights, layer, ids), x);
            if (layer >= FIRST_SINK_LAYER) {
                startDeficit = startDeficit.add(attended.get(1));
            }
            x = call("feed_forward", weights.feedForward().get(layer), attended.get(0));
        }
        return new Pass(x, startDeficit);
    }

    private NDArray logits(WeightLayout.Views weights, NDArray hidden) {
        return call("logits", weights.head(), hidden);
    }

    private NDArray call(String function, List<NDArray> list, NDArray... arguments) {
        return functions
                .call(arguments[0].getManager(), function, list, arguments)
                .singletonOrThrow();
    }

    /** The weights of a layer's attention and behind them the constants for so many tokens. */
    private List<NDArray> attentionParts(WeightLayout.Views weights, int layer, NDArray ids) {
        List<NDArray> parts = new ArrayList<>(weights.attention().get(layer));
        int tokens = Math.toIntExact(ids.getShape().get(1));
        parts.addAll(tables.computeIfAbsent(tokens, this::makeTables));
        return parts;
    }

    private List<NDArray> makeTables(int tokens) {
        return shape.architecture().tables(shape, tokens).stream()
                .map(table -> manager.create(table.values(), new Shape(table.shape())))
                .toList();
    }

    private static String source(DecoderShape shape, Precision precision) {
        StringBuilder source = new StringBuilder(resource("decoder.torchscript"));
        shape.architecture().scripts().forEach(file -> source.append(resource(file)));
        int keyValueHeads = shape.keyValueHeads();
        return source.toString()
                .replace("${hidden}", "" + shape.hidden())
                .replace("${heads}", "" + shape.heads())
                .replace("${keyValueHeads}", "" + keyValueHeads)
                .replace("${rotatedHeads}", "" + (shape.heads() + keyValueHeads))
                .replace("${projectedHeads}", "" + (shape.heads() + 2 * keyValueHeads))
                .replace("${headsPerKeyValueHead}", "" + shape.heads() / keyValueHeads)
                .replace("${positionOffset}", "" + Opt.POSITION_OFFSET)
                .replace("${scoreDivisor}", "" + Math.sqrt(shape.headDimension()))
                .replace("${startLead}", "" + START_LEAD)
                .replace("${epsilon}", "" + Architecture.NORM_EPSILON)
                .replace("${precision}", "" + precision.torchType);
    }

    private static String resource(String file) {
        try (InputStream stream = Decoder.class.getResourceAsStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
