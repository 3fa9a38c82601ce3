package io.agilelens.engine.format;

import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;

/**
 * A tensor of signed bytes with a float32 scale for each group of consecutive elements, row-major:
 * element {@code i} is {@code code[i] · scale[i / group]}, decoded when it is asked for.
 *
 * @param codes a byte an element
 * @param scales four bytes a group, little-endian
 * @param group elements a group
 */
record GroupedBytes(String name, long[] shape, StoredBytes codes, StoredBytes scales, int group)
        implements Tensor {

    /** Elements decoded at a time. */
    private static final int CHUNK = 1 << 16;

    /** For example {@code "INT8/64"}. */
    @Override
    public String storage() {
        return "INT8/" + group;
    }

    @Override
    public long bytes() {
        return codes.size() + scales.size();
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public void widen(long first, float[] target, int offset, int count) {
        byte[] read = new byte[Math.min(count, CHUNK)];
        for (int done = 0; done < count; done += CHUNK) {
            widenChunk(first + done, target, offset + done, Math.min(CHUNK, count - done), read);
        }
    }

    private void widenChunk(long first, float[] target, int offset, int count, byte[] read) {
        long firstGroup = first / group;
        float[] steps = new float[(int) ((first + count - 1) / group - firstGroup) + 1];
        codes.copyTo(first, read, 0, count);
        scales.copyTo(firstGroup * Float.BYTES, steps, 0, steps.length);
        for (int i = 0; i < count; i++) {
            target[offset + i] = read[i] * steps[(int) ((first + i) / group - firstGroup)];
        }
    }
}
