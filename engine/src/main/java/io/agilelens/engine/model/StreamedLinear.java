package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import java.util.Arrays;

/**
 * A linear layer whose weight stays in its file: whenever it is applied, its rows are read and
 * packed block by block, each block used once and dropped. Slow, but a model of any size runs. The
 * result is that of {@link FloatLinear} to the bit.
 */
public final class StreamedLinear implements LinearOperator {
    /** Elements of a block: 4 MiB as float32. */
    static final int BLOCK_ELEMENTS = 1 << 20;

    private final Kernels kernels;
    private final WeightPrecision precision;
    private final LinearWeight weight;
    private final float[] bias;
    private final int blockOutputs;

    /**
     * @param precision how a block is packed
     */
    public StreamedLinear(Kernels kernels, WeightPrecision precision, LinearWeight weight) {
        this.kernels = kernels;
        this.precision = precision;
        this.weight = weight;
        this.bias = weight.biasValues();
        this.blockOutputs =
                BlockedLinear.outputs(weight.outputs(), weight.inputs(), BLOCK_ELEMENTS);
    }

    @Override
    public int inputs() {
        return weight.inputs();
    }

    @Override
    public int outputs() {
        return weight.outputs();
    }

    /** Nothing of the weight stays in memory. */
    @Override
    public long bytes() {
        return bias == null ? 0 : 4L * bias.length;
    }

    @Override
    public void apply(Activation input, float[] output) {
        // Blocks are packed side by side, a thread each, and multiplied by all threads together.
        Workers workers = Workers.shared();
        int stride = Math.multiplyExact(blockOutputs, workers.threads());
        FloatLinear[] blocks = new FloatLinear[workers.threads()];
        for (int first = 0; first < outputs(); first += stride) {
            int start = first;
            int count = Math.ceilDivExact(Math.min(stride, outputs() - first), blockOutputs);
            workers.forRanges(
                    count,
                    1,
                    (from, to) -> {
                        for (int block = from; block < to; block++) {
                            blocks[block] = pack(start + block * blockOutputs);
                        }
                    });
            for (int block = 0; block < count; block++) {
                BlockedLinear.apply(
                        blocks[block], input, start + block * blockOutputs, outputs(), output);
            }
            Arrays.fill(blocks, null);
        }
    }

    private FloatLinear pack(int first) {
        return FloatLinear.ofRows(
                kernels, precision, weight, bias, first, Math.min(blockOutputs, outputs() - first));
    }
}
