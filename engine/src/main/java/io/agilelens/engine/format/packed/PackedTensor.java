package io.agilelens.engine.format.packed;

import io.agilelens.engine.tensor.Tensor;
import java.util.Objects;

/**
 * The weight of a linear layer {@code [outputs, inputs]} that is stored as codes and decoded
 * whenever it is read: {@code (code − zero) · scale} in float32, which is exact in everything but
 * the last product.
 *
 * <p>Several formats store the transposed matrix. It is decoded in tiles of a few inputs of many
 * outputs, so that words are read in the order in which they lie and floats are written a cache
 * line at a time; only the tiles that hold a requested element are touched.
 */
final class PackedTensor implements Tensor {
    private final String name;
    private final int outputs;
    private final int inputs;
    private final Codes codes;
    private final float[] values;
    private final Grid grid;
    private final GroupIndex groups;
    private final String storage;
    private final long bytes;

    /**
     * @param values what a code stands for before it is scaled, or null for itself
     * @param storage for a person to read
     * @param bytes of everything it is decoded from
     */
    PackedTensor(
            String name,
            int outputs,
            int inputs,
            Codes codes,
            float[] values,
            Grid grid,
            GroupIndex groups,
            String storage,
            long bytes) {
        this.name = name;
        this.outputs = outputs;
        this.inputs = inputs;
        this.codes = codes;
        this.values = values;
        this.grid = grid;
        this.groups = groups;
        this.storage = storage;
        this.bytes = bytes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] shape() {
        return new long[] {outputs, inputs};
    }

    @Override
    public String storage() {
        return storage;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(first, count, elements());
        Objects.checkFromIndexSize(offset, count, target.length);
        int done = 0;
        while (done < count) {
            int row = (int) ((first + done) / inputs);
            int column = (int) ((first + done) % inputs);
            int left = count - done;
            boolean whole = column == 0 && left >= inputs;
            int rows = whole ? left / inputs : 1;
            int columns = whole ? inputs : Math.min(left, inputs - column);
            decode(row, rows, column, columns, target, offset + done);
            done += rows * columns;
        }
    }

    /** Decodes a rectangle, row-major without gaps. */
    private void decode(int row, int rows, int column, int columns, float[] target, int offset) {
        int firstGroup = groups.first(column);
        int reach = groups.reach(column, columns);
        int band = Math.min(rows, Math.min(codes.outputsAtOnce(), grid.outputsAtOnce(reach)));
        int tile = Math.min(columns, codes.inputsAtOnce());
        float[] scales = new float[Math.multiplyExact(band, reach)];
        int[] zeros = new int[scales.length];
        byte[] read = new byte[Math.multiplyExact(band, tile)];
        for (int top = 0; top < rows; top += band) {
            int height = Math.min(band, rows - top);
            grid.read(row + top, height, firstGroup, reach, scales, zeros);
            int left = column;
            while (left < column + columns) {
                int step = codes.inputsAtOnce();
                int width = Math.min(step - left % step, column + columns - left);
                codes.read(row + top, height, left, width, read);
                int to = offset + top * columns + left - column;
                if (groups.isNatural()) {
                    scaleRuns(
                            read,
                            height,
                            left,
                            width,
                            firstGroup,
                            reach,
                            scales,
                            zeros,
                            target,
                            to,
                            columns);
                } else {
                    scaleEach(read, height, left, width, reach, scales, zeros, target, to, columns);
                }
                left += width;
            }
        }
    }

    /** Neighbours share a group: run by run. */
    private void scaleRuns(
            byte[] read,
            int height,
            int left,
            int width,
            int firstGroup,
            int reach,
            float[] scales,
            int[] zeros,
            float[] target,
            int to,
            int stride) {
        int run = 0;
        while (run < width) {
            int group = groups.of(left + run);
            int length = Math.min(width - run, (int) ((group + 1L) * groups.size() - left - run));
            for (int o = 0; o < height; o++) {
                int parameter = o * reach + group - firstGroup;
                scale(
                        read,
                        o * width + run,
                        zeros[parameter],
                        scales[parameter],
                        target,
                        to + o * stride + run,
                        length);
            }
            run += length;
        }
    }

    /** Neighbours belong to any group: output by output. */
    private void scaleEach(
            byte[] read,
            int height,
            int left,
            int width,
            int reach,
            float[] scales,
            int[] zeros,
            float[] target,
            int to,
            int stride) {
        int[] index = groups.explicit();
        for (int o = 0; o < height; o++) {
            for (int i = 0; i < width; i++) {
                int parameter = o * reach + index[left + i];
                target[to + o * stride + i] =
                        ((read[o * width + i] & 0xFF) - zeros[parameter]) * scales[parameter];
            }
        }
    }

    private void scale(
            byte[] read, int from, int zero, float scale, float[] target, int to, int length) {
        if (values == null) {
            for (int i = 0; i < length; i++) {
                target[to + i] = ((read[from + i] & 0xFF) - zero) * scale;
            }
        } else {
            for (int i = 0; i < length; i++) {
                target[to + i] = values[read[from + i] & 0xFF] * scale;
            }
        }
    }
}
