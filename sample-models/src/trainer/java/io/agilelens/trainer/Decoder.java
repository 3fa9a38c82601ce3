package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The LLaMA forward pass on PyTorch tensors, with gradients: RMSNorm, half-split rotary embedding,
 * grouped-query attention, SwiGLU, tied head, no biases.
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
    private final NDArray cosines;
    private final NDArray sines;

    /**
     * Compiles the decoder.
     *
     * @param manager owns the tables of the rotary embedding
     */
    Decoder(NDManager manager, DecoderShape shape, Precision precision) {
        this.shape = shape;
        this.layout = new WeightLayout(shape);
        this.functions = new TorchScript(manager, "Decoder", source(shape, precision));
        int half = shape.headDimension() / 2;
        float[] cosine = new float[shape.context() * half];
        float[] sine = new float[shape.context() * half];
        for (int position = 0; position < shape.context(); position++) {
            for (int i = 0; i < half; i++) {
                double angle =
                        position
                                * Math.pow(
                                        DecoderShape.ROPE_THETA, -2.0 * i / shape.headDimension());
                cosine[position * half + i] = (float) Math.cos(angle);
                sine[position * half + i] = (float) Math.sin(angle);
            }
        }
        Shape table = new Shape(shape.context(), 1, half);
        cosines = manager.create(cosine, table);
        sines = manager.create(sine, table);
    }

    /**
     * What training makes small.
     *
     * @param loss mean negative log-likelihood in nats per token, a scalar
     * @param startDeficit by how much the attention scores of position 0 fail to lead those of the
     *     mean key by {@value #START_LEAD}, averaged over positions and heads and summed over the
     *     layers from {@value #FIRST_SINK_LAYER} on, a scalar
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
        NDManager manager = ids.getManager();
        NDList weights = layout.split(flat, manager);
        Pass pass = pass(weights, ids, (layer, residual) -> {});
        NDArray logits = logits(weights, pass.hidden());
        return new Objective(
                functions.call(manager, "loss", logits, targets).singletonOrThrow(),
                pass.startDeficit());
    }

    /** The logits {@code [batch, tokens, vocabulary]} for tokens {@code [batch, tokens]}. */
    NDArray logits(NDArray flat, NDArray ids) {
        NDList weights = layout.split(flat, ids.getManager());
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
        NDList weights = layout.split(flat, ids.getManager());
        NDList rotary = rotary(ids);
        pass(
                weights,
                ids,
                (layer, residual) -> {
                    NDArray means =
                            functions
                                    .call(
                                            ids.getManager(),
                                            "attention_to_start",
                                            residual,
                                            weights.get(layout.attentionNorm(layer)),
                                            weights.get(layout.queryKeyValue(layer)),
                                            rotary.get(0),
                                            rotary.get(1))
                                    .singletonOrThrow();
                    for (int head = 0; head < shape.heads(); head++) {
                        attention[layer][head] = means.get(head).toFloatArray();
                    }
                });
        return attention;
    }

    @Override
    public void close() {
        functions.close();
        cosines.close();
        sines.close();
    }

    /** Sees the residual stream {@code [batch, tokens, hidden]} before a layer. */
    private interface ResidualObserver {
        void beforeLayer(int layer, NDArray residual);
    }

    /** What the layers make of the tokens: the last residual stream and the start deficit. */
    private record Pass(NDArray hidden, NDArray startDeficit) {}

    private Pass pass(NDList weights, NDArray ids, ResidualObserver observer) {
        NDManager manager = ids.getManager();
        NDList rotary = rotary(ids);
        NDArray x =
                functions
                        .call(manager, "embed", weights.get(layout.embedding()), ids)
                        .singletonOrThrow();
        NDArray startDeficit = manager.create(0f);
        for (int layer = 0; layer < shape.layers(); layer++) {
            observer.beforeLayer(layer, x);
            NDList attended =
                    functions.call(
                            manager,
                            "attend",
                            x,
                            weights.get(layout.attentionNorm(layer)),
                            weights.get(layout.queryKeyValue(layer)),
                            weights.get(layout.attentionOutput(layer)),
                            rotary.get(0),
                            rotary.get(1));
            if (layer >= FIRST_SINK_LAYER) {
                startDeficit = startDeficit.add(attended.get(1));
            }
            x =
                    functions
                            .call(
                                    manager,
                                    "feed_forward",
                                    attended.get(0),
                                    weights.get(layout.feedForwardNorm(layer)),
                                    weights.get(layout.gateUp(layer)),
                                    weights.get(layout.down(layer)))
                            .singletonOrThrow();
        }
        return new Pass(x, startDeficit);
    }

    private NDArray logits(NDList weights, NDArray hidden) {
        return functions
                .call(
                        hidden.getManager(),
                        "logits",
                        hidden,
                        weights.get(layout.finalNorm()),
                        weights.get(layout.embedding()))
                .singletonOrThrow();
    }

    /** Cosines and sines for as many positions as there are tokens. */
    private NDList rotary(NDArray ids) {
        long tokens = ids.getShape().get(1);
        NDList rotary = new NDList(cosines.get("0:" + tokens), sines.get("0:" + tokens));
        rotary.attach(ids.getManager());
        return rotary;
    }

    private static String source(DecoderShape shape, Precision precision) {
        try (InputStream stream = Decoder.class.getResourceAsStream("decoder.torchscript")) {
            int keyValueHeads = shape.keyValueHeads();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${heads}", "" + shape.heads())
                    .replace("${keyValueHeads}", "" + keyValueHeads)
                    .replace("${rotatedHeads}", "" + (shape.heads() + keyValueHeads))
                    .replace("${projectedHeads}", "" + (shape.heads() + 2 * keyValueHeads))
                    .replace("${headsPerKeyValueHead}", "" + shape.heads() / keyValueHeads)
                    .replace("${scoreDivisor}", "" + Math.sqrt(shape.headDimension()))
                    .replace("${startLead}", "" + START_LEAD)
                    .replace("${epsilon}", "" + DecoderShape.NORM_EPSILON)
                    .replace("${precision}", "" + precision.torchType);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read decoder.torchscript", e);
        }
    }
}
