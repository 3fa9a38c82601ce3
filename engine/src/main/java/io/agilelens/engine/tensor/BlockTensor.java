package io.agilelens.engine.tensor;

import io.agilelens.engine.UserException;
import java.util.Arrays;
import java.util.Objects;

/**
 * A tensor of quantized blocks, decoded whenever elements are asked for. Any range can be asked
 * for; whole blocks are decoded straight into the caller's array.
 *
 * @param shape the last size is a multiple of the type's block, so that a block never crosses rows
 * @param data the blocks in row-major order, nothing else
 * @param source where it was read, for messages
 */
public record BlockTensor(
        String name, BlockType type, long[] shape, StoredBytes data, String source)
        implements Tensor {
    /** Bytes that are copied out at once, rounded down to whole blocks. */
    private static final int CHUNK = 1 << 15;

    public BlockTensor {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        if (shape.length == 0 || shape[shape.length - 1] % type.elements() != 0) {
            throw new IllegalArgumentException(
                    "tensor %s: rows of shape %s are no whole blocks of %d"
                            .formatted(name, Arrays.toString(shape), type.elements()));
        }
        long expected = Math.multiplyExact(elements / type.elements(), (long) type.bytes());
        if (expected != data.size()) {
            throw new IllegalArgumentException(
                    "tensor %s: shape %s of %s needs %d bytes, there are %d"
                            .formatted(name, Arrays.toString(shape), type, expected, data.size()));
        }
    }

    @Override
    public String storage() {
        return type.name();
    }

    @Override
    public long bytes() {
        return data.size();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * @throws UserException also if a scale is no finite number
     */
    @Override
    public void unload() {
        data.unload();
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(first, count, elements());
        Objects.checkFromIndexSize(offset, count, target.length);
        if (count == 0) {
            return;
        }
        int size = type.elements();
        long block = first / size;
        long end = (first + count + size - 1) / size;
        int blocksAtOnce = (int) Math.min(CHUNK / type.bytes(), end - block);
        byte[] chunk = new byte[blocksAtOnce * type.bytes()];
        float[] partial = new float[size];
        while (block < end) {
            int blocks = (int) Math.min(blocksAtOnce, end - block);
            data.copyTo(block * type.bytes(), chunk, 0, blocks * type.bytes());
            for (int i = 0; i < blocks; i++) {
                if (!type.hasFiniteScales(chunk, i * type.bytes())) {
                    throw new UserException(
                            "%s is damaged: tensor '%s' has a scale that is no finite number in block %d; get the file again"
                                    .formatted(source, name, block + i));
                }
                // Where the block's first element would go, maybe before or beyond the range.
                long to = (block + i) * size - first;
                if (to >= 0 && to + size <= count) {
                    type.decode(chunk, i * type.bytes(), target, offset + (int) to);
                } else {
                    type.decode(chunk, i * type.bytes(), partial, 0);
                    int from = (int) Math.max(0, -to);
                    int until = (int) Math.min(size, count - to);
                    System.arraycopy(
                            partial, from, target, offset + (int) (to + from), until - from);
                }
            }
            block += blocks;
        }
    }
}
