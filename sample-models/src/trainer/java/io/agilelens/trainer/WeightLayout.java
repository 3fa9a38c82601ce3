package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Where each weight lies in the flat vector. Query, key and value projections are one block, as are
 * gate and up projections: one product instead of three or two. Their rows follow one another, so a
 * block still splits into the checkpoint's tensors without copying anything around.
 */
final class WeightLayout {
    /** Standard deviation of a fresh matrix. */
    static final double DEVIATION = 0.02;

    private static final int BLOCKS_PER_LAYER = 6;

    /**
     * A tensor as the checkpoint names it.
     *
     * @param name name in {@code model.safetensors}
     * @param shape one or two dimensions
     * @param offset first element in the flat vector
     */
    record NamedTensor(String name, List<Integer> shape, int offset) {
        NamedTensor {
            shape = List.copyOf(shape);
        }

        /** The number of elements. */
        int size() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }
    }

    private final DecoderShape shape;
    private final List<Shape> blocks = new ArrayList<>();
    private final List<NamedTensor> tensors = new ArrayList<>();
    private int size;

    WeightLayout(DecoderShape shape) {
        this.shape = shape;
        int hidden = shape.hidden();
        int keyValueRows = shape.keyValueHeads() * shape.headDimension();
        block(new Shape(shape.vocabulary(), hidden), "embed_tokens", shape.vocabulary());
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "layers." + layer + ".";
            block(new Shape(hidden), prefix + "input_layernorm", hidden);
            block(
                    new Shape(shape.queryKeyValueRows(), hidden),
                    prefix + "self_attn.q_proj",
                    hidden,
                    prefix + "self_attn.k_proj",
                    keyValueRows,
                    prefix + "self_attn.v_proj",
                    keyValueRows);
            block(new Shape(hidden, hidden), prefix + "self_attn.o_proj", hidden);
            block(new Shape(hidden), prefix + "post_attention_layernorm", hidden);
            block(
                    new Shape(2L * shape.feedForward(), hidden),
                    prefix + "mlp.gate_proj",
                    shape.feedForward(),
                    prefix + "mlp.up_proj",
                    shape.feedForward());
            block(new Shape(hidden, shape.feedForward()), prefix + "mlp.down_proj", hidden);
        }
        block(new Shape(hidden), "norm", hidden);
    }

    /** The number of weights. */
    int size() {
        return size;
    }

    /** The checkpoint's tensors, in the order of the flat vector. */
    List<NamedTensor> tensors() {
        return List.copyOf(tensors);
    }

    int embedding() {
        return 0;
    }

    int attentionNorm(int layer) {
        return 1 + BLOCKS_PER_LAYER * layer;
    }

    int queryKeyValue(int layer) {
        return attentionNorm(layer) + 1;
    }

    int attentionOutput(int layer) {
        return attentionNorm(layer) + 2;
    }

    int feedForwardNorm(int layer) {
        return attentionNorm(layer) + 3;
    }

    int gateUp(int layer) {
        return attentionNorm(layer) + 4;
    }

    int down(int layer) {
        return attentionNorm(layer) + 5;
    }

    int finalNorm() {
        return blocks.size() - 1;
    }

    /** The blocks as views of the flat vector; gradients flow back into it. */
    NDList split(NDArray flat, NDManager manager) {
        long[] ends = new long[blocks.size() - 1];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += blocks.get(i).size();
            ends[i] = end;
        }
        NDList views = new NDList(blocks.size());
        NDList pieces = flat.split(ends, 0);
        pieces.attach(manager);
        for (int i = 0; i < blocks.size(); i++) {
            NDArray view = pieces.get(i).reshape(blocks.get(i));
            view.attach(manager);
            views.add(view);
        }
        return views;
    }

    /**
     * Fresh weights: norms 1, matrices normal with deviation {@value #DEVIATION}; projections into
     * the residual stream are scaled down by the square root of the number of such projections, as
     * in GPT-2.
     */
    float[] initial(Random random) {
        float[] flat = new float[size];
        double residualScale = 1 / Math.sqrt(2.0 * shape.layers());
        for (NamedTensor tensor : tensors) {
            boolean norm = tensor.shape().size() == 1;
            boolean intoResidual =
                    tensor.name().contains("o_proj") || tensor.name().contains("down_proj");
            double deviation = intoResidual ? DEVIATION * residualScale : DEVIATION;
            for (int i = 0; i < tensor.size(); i++) {
                flat[tensor.offset() + i] = norm ? 1 : (float) (deviation * random.nextGaussian());
            }
        }
        return flat;
    }

    /** 1 for every weight that decays (the matrices), 0 for the others (the norms). */
    float[] decayMask() {
        float[] mask = new float[size];
        for (NamedTensor tensor : tensors) {
            if (tensor.shape().size() > 1) {
                Arrays.fill(mask, tensor.offset(), tensor.offset() + tensor.size(), 1);
            }
        }
        return mask;
    }

    /** Adds a block; {@code namesAndRows} lists the tensors that make it up with their rows. */
    private void block(Shape blockShape, Object... namesAndRows) {
        blocks.add(blockShape);
        for (int i = 0; i < namesAndRows.length; i += 2) {
            int rows = (Integer) namesAndRows[i + 1];
            List<Integer> dimensions =
                    blockShape.dimension() == 1
                            ? List.of(rows)
                            : List.of(rows, (int) blockShape.get(1));
            NamedTensor tensor =
                    new NamedTensor("model." + namesAndRows[i] + ".weight", dimensions, size);
            tensors.add(tensor);
            size += tensor.size();
        }
    }
}
