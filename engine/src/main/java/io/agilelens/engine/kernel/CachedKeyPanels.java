package io.agilelens.engine.kernel;

/**
 * Keys of one layer: each head {@code [panels, headDimension, width]}, so that lanes are keys and
 * no sum goes over the lanes of a vector.
 */
final class CachedKeyPanels extends CacheRoom implements CachedKeys {

    private final int width;

    /**
     * @param width keys of a panel
     */
    CachedKeyPanels(
            int heads, int headDimension, int width, CachePrecision precision, Workers workers) {
        super(heads, headDimension, precision, workers);
        this.width = width;
    }

    int width() {
        return width;
    }

    @Override
    int numbers(int tokens) {
        return Math.multiplyExact(Panels.count(tokens, width) * headDimension(), width);
    }

    /** Where a key's first number lies in its head; the others follow a width apart. */
    private int place(int key) {
        return key / width * headDimension() * width + key % width;
    }

    @Override
    void put(float[] rows, int from, int to, int head, int place) {
        int length = headDimension();
        int stride = heads() * length;
        int count;
        for (int t = from; t < to; t += count) {
            int lane = (place + t) % width;
            count = Math.min(to - t, width - lane);
            int row = t * stride + head * length;
            int at = place(place + t);
            if (!isHalf()) {
                transpose(rows, row, stride, count, length, floats(head), at, width);
            } else if (count == width) {
                float[] panel = Scratch.ofThread().panel((long) length * width);
                transpose(rows, row, stride, count, length, panel, 0, width);
                putHalves(panel, length * width, head, at);
            } else {
                for (int key = 0; key < count; key++) {
                    putKey(rows, row + key * stride, head, at + key);
                }
            }
        }
    }

    /** One key beside others that are there. */
    private void putKey(float[] rows, int row, int head, int at) {
        short[] halves = halves(head);
        for (int d = 0; d < headDimension(); d++) {
            halves[at + d * width] = CachePrecision.half(rows[row + d]);
        }
    }

    /**
     * Puts some keys side by side into a panel, four at once, for each is a stream of its own.
     *
     * @param k the first key starts at {@code offset}, the others follow a stride apart
     * @param at place of the first key's first number; the others follow a width apart
     */
    static void transpose(
            float[] k,
            int offset,
            int stride,
            int count,
            int headDimension,
            float[] panel,
            int at,
            int width) {
        int j = 0;
        for (; j < count - 3; j += 4) {
            int first = offset + j * stride;
            int second = first + stride;
            int third = second + stride;
            int fourth = third + stride;
            for (int d = 0; d < headDimension; d++) {
                int to = at + d * width + j;
                panel[to] = k[first + d];
                panel[to + 1] = k[second + d];
                panel[to + 2] = k[third + d];
                panel[to + 3] = k[fourth + d];
            }
        }
        for (; j < count; j++) {
            for (int d = 0; d < headDimension; d++) {
                panel[at + d * width + j] = k[offset + j * stride + d];
            }
        }
    }

    @Override
    public void read(float[] rows) {
        for (int key = 0; key < keys(); key++) {
            int at = place(key);
            for (int head = 0; head < heads(); head++) {
                int row = (key * heads() + head) * headDimension();
                for (int d = 0; d < headDimension(); d++) {
                    rows[row + d] = get(head, at + d * width);
                }
            }
        }
    }
}
