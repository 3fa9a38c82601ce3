package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Where each weight lies in the flat vector: the blocks of the embedding, of each layer's attention
 * and feed-forward half, of the last normalization, one behind the other.
 */
final class WeightLayout {
    /** Standard deviation of a fresh matrix. */
    static final double DEVIATION = 0.02;

    /**
     * Amplitude of the waves that a table of positions starts as: about that of the tokens once
     * they are learned. Much fainter ones leave attention nothing to tell positions by.
     */
    static final double WAVE_AMPLITUDE = 0.2;

    /**
     * Share of the learning rate at which positions are learned. Each row sees one token a window,
     * so its gradient is mostly noise, which the full rate would write all over the waves.
     */
    static final double POSITION_RATE = 0.1;

    /**
     * A tensor as the checkpoint names it.
     *
     * @param name name in {@code model.safetensors}
     * @param shape one or two dimensions
     * @param offset first element in the flat vector
     * @param role how its weights start and whether they decay
     */
    record NamedTensor(String name, List<Integer> shape, int offset, Block.Role role) {
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
    private final int[] embedding;
    private final int[][] attention;
    private final int[][] feedForward;
    private final int[] finalNorm;
    private int size;

    WeightLayout(DecoderShape shape) {
        this.shape = shape;
        Architecture architecture = shape.architecture();
        attention = new int[shape.layers()][];
        feedForward = new int[shape.layers()][];
        embedding = append(architecture.prefix(), architecture.embedding(shape));
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = architecture.prefix() + architecture.layerPrefix() + layer + ".";
            attention[layer] = append(prefix, architecture.attention(shape));
            feedForward[layer] = append(prefix, architecture.feedForward(shape));
        }
        finalNorm = append(architecture.prefix(), architecture.finalNorm(shape));
    }

    /** The number of weights. */
    int size() {
        return size;
    }

    /** The checkpoint's tensors, in the order of the flat vector. */
    List<NamedTensor> tensors() {
        return List.copyOf(tensors);
    }

    /** A tensor by its name in the checkpoint. */
    NamedTensor tensor(String name) {
        return tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * The blocks as views of the flat vector; gradients flow back into it.
     *
     * @param embedding what makes the first residual stream; first the tied embedding
     * @param attention by layer, as {@code attend} takes them
     * @param feedForward by layer, as {@code feed_forward} takes them
     * @param finalNorm of the last normalization
     */
    record Views(
            List<NDArray> embedding,
            List<List<NDArray>> attention,
            List<List<NDArray>> feedForward,
            List<NDArray> finalNorm) {

        /** What {@code logits} takes: the last normalization and the tied embedding. */
        List<NDArray> head() {
            List<NDArray> head = new ArrayList<>(finalNorm);
            head.add(embedding.getFirst());
            return head;
        }
    }

    /** Cuts the flat vector into the blocks' views, owned by a manager. */
    Views split(NDArray flat, NDManager manager) {
        long[] ends = new long[blocks.size() - 1];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += blocks.get(i).size();
            ends[i] = end;
        }
        NDArray[] views = new NDArray[blocks.size()];
        NDList pieces = flat.split(ends, 0);
        pieces.attach(manager);
        for (int i = 0; i < blocks.size(); i++) {
            views[i] = pieces.get(i).reshape(blocks.get(i));
            views[i].attach(manager);
        }
        return new Views(
                select(views, embedding),
                Arrays.stream(attention).map(half -> select(views, half)).toList(),
                Arrays.stream(feedForward).map(half -> select(views, half)).toList(),
                select(views, finalNorm));
    }

    /**
     * Fresh weights: norms 1, biases 0, matrices normal with deviation {@value #DEVIATION};
     * projections into the residual stream are scaled down by the square root of the number of such
     * projections, as in GPT-2. Positions start as sine and cosine waves: from them a linear map
     * can tell the distance of two tokens, which random rows would take long to learn.
     */
    float[] initial(Random random) {
        float[] flat = new float[size];
        double residualScale = 1 / Math.sqrt(2.0 * shape.layers());
        for (NamedTensor tensor : tensors) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
                flat[i] =
                        switch (tensor.role()) {
                            case NORM -> 1;
                            case BIAS -> 0;
                            case POSITIONS -> wave(tensor, i - tensor.offset());
                            case MATRIX -> (float) (DEVIATION * random.nextGaussian());
                            case MATRIX_INTO_RESIDUAL ->
                                    (float) (DEVIATION * residualScale * random.nextGaussian());
                        };
            }
        }
        shape.architecture().headStart(shape, this, flat);
        return flat;
    }

    /** 1 for every weight that decays (the matrices), 0 for the others (norms and biases). */
    float[] decayMask() {
        float[] mask = new float[size];
        for (NamedTensor tensor : tensors) {
            if (tensor.shape().size() > 1) {
                Arrays.fill(mask, tensor.offset(), tensor.offset() + tensor.size(), 1);
            }
        }
        return mask;
    }

    /** By weight, the share of the learning rate at which it is learned. */
    float[] rates() {
        float[] rates = new float[size];
        for (NamedTensor tensor : tensors) {
            double rate = tensor.role() == Block.Role.POSITIONS ? POSITION_RATE : 1;
            int end = tensor.offset() + tensor.size();
            Arrays.fill(rates, tensor.offset(), end, (float) rate);
        }
        return rates;
    }

    /**
     * By what angle the wave of a column goes on from row to row: 1 in the first column, less and
     * less to the right, until a wave is about twice as long as the table.
     */
    static double waveStep(int rows, int columns, int column) {
        return Math.pow(Math.PI / rows, (column / 2) * 2.0 / columns);
    }

    /**
     * Sines in even columns, cosines in odd ones. Every other pair is upside down, so that a row
     * adds up to little: LayerNorm takes the mean away, which would bend the waves.
     */
    private static float wave(NamedTensor tensor, int element) {
        int rows = tensor.shape().getFirst();
        int columns = tensor.shape().getLast();
        int column = element % columns;
        double angle = element / columns * waveStep(rows, columns, column);
        double amplitude = column / 2 % 2 == 0 ? WAVE_AMPLITUDE : -WAVE_AMPLITUDE;
        return (float) (amplitude * (column % 2 == 0 ? Math.sin(angle) : Math.cos(angle)));
    }

    /** Appends blocks to the flat vector; returns their numbers. */
    private int[] append(String prefix, List<Block> appended) {
        int first = blocks.size();
        for (Block block : appended) {
            blocks.add(
                    new Shape(
                            block.dimensions(block.rows()).stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray()));
            for (Block.Rows rows : block.tensors()) {
                NamedTensor tensor =
                        new NamedTensor(
                                prefix + rows.name(),
                                block.dimensions(rows.count()),
                                size,
                                block.role());
                tensors.add(tensor);
                size += tensor.size();
            }
        }
        return IntStream.range(first, blocks.size()).toArray();
    }

    private static List<NDArray> select(NDArray[] views, int... numbers) {
        return Arrays.stream(numbers).mapToObj(number -> views[number]).toList();
    }
}
