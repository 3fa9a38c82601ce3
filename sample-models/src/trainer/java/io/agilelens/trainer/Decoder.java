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
     * The mean negative log-likelihood, in nats per token.
     *
     * @param flat all weights, {@code [layout.size()]}
     * @param ids tokens, {@code [batch, tokens]}, int64
     * @param targets the token that follows each, same shape
     * @return a scalar, owned by the manager of {@code ids}
     */
    NDArray loss(NDArray flat, NDArray ids, NDArray targets) {
        return functions.call(ids.getManager(), "loss", logits(flat, ids), targets);
    }

    /** The logits {@code [batch, tokens, vocabulary]} for tokens {@code [batch, tokens]}. */
    NDArray logits(NDArray flat, NDArray ids) {
        NDList weights = layout.split(flat, ids.getManager());
        NDArray hidden = lastHidden(weights, ids, null);
        return functions.call(
                ids.getManager(),
                "logits",
                hidden,
                weights.get(layout.finalNorm()),
                weights.get(layout.embedding()));
    }

    /**
     * How strongly each position attends to position 0.
     *
     * @param ids tokens, {@code [batch, tokens]}, int64
     * @return probabilities averaged over the batch, {@code [layer][head][position]},
     */
    float[][][] attentionToStart(NDArray flat, NDArray ids) {
        float[][][] attention = new float[shape.layers()][][];
        NDList weights = layout.split(flat, ids.getManager());
        lastHidden(weights, ids, attention);
        return attention;
    }

    @Override
    public void close() {
        functions.close();
        cosines.close();
        sines.close();
    }

    private NDArray lastHidden(NDList weights, NDArray ids, float[][][] attentionToStart) {
        NDManager manager = ids.getManager();
        long tokens = ids.getShape().get(1);
        NDArray cosine = cosines.get("0:" + tokens);
        NDArray sine = sines.get("0:" + tokens);
        cosine.attach(manager);
        sine.attach(manager);
        NDArray x = functions.call(manager, "embed", weights.get(layout.embedding()), ids);
        for (int layer = 0; layer < shape.layers(); layer++) {
            if (attentionToStart != null) {
                NDArray weightOfStart =
                        functions.call(
                                manager,
                                "attention_to_start",
                                x,
                                weights.get(layout.attentionNorm(layer)),
                                weights.get(layout.queryKeyValue(layer)),
                                cosine,
                                sine);
                attentionToStart[layer] = new float[shape.heads()][];
                for (int head = 0; head < shape.heads(); head++) {
                    attentionToStart[layer][head] = weightOfStart.get(head).toFloatArray();
                }
            }
            x =
                    functions.call(
                            manager,
                            "attend",
                            x,
                            weights.get(layout.attentionNorm(layer)),
                            weights.get(layout.queryKeyValue(layer)),
                            weights.get(layout.attentionOutput(layer)),
                            cosine,
                            sine);
            x =
                    functions.call(
                            manager,
                            "feed_forward",
                            x,
                            weights.get(layout.feedForwardNorm(layer)),
                            weights.get(layout.gateUp(layer)),
                            weights.get(layout.down(layer)));
        }
        return x;
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
                    .replace("${epsilon}", "" + DecoderShape.NORM_EPSILON)
                    .replace("${precision}", "" + precision.torchType);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read decoder.torchscript", e);
        }
    }
}
