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
    void put(float[] rows, int tokens, int head, int first) {
        int stride = heads() * headDimension();
        int t = 0;
        while (t < tokens) {
            int row = t * stride + head * headDimension();
            int at = place(first + t);
            // Four at once where they lie side by side, for each is a stream of its own.
            boolean four = (first + t) % width <= width - 4 && t <= tokens - 4;
            if (isHalf()) {
                putHalves(rows, row, stride, halves(head), at, four);
            } else {
                putFloats(rows, row, stride, floats(head), at, four);
            }
            t += four ? 4 : 1;
        }
    }

    private void putFloats(
            float[] rows, int row, int stride, float[] target, int at, boolean four) {
        int length = headDimension();
        if (!four) {
            for (int d = 0; d < length; d++) {
                target[at + d * width] = rows[row + d];
            }
            return;
        }
        int second = row + stride;
        int third = second + stride;
        int fourth = third + stride;
        for (int d = 0; d < length; d++) {
            int to = at + d * width;
            target[to] = rows[row + d];
            target[to + 1] = rows[second + d];
            target[to + 2] = rows[third + d];
            target[to + 3] = rows[fourth + d];
        }
    }

    private void putHalves(
            float[] rows, int row, int stride, short[] target, int at, boolean four) {
        int length = headDimension();
        if (!four) {
            for (int d = 0; d < length; d++) {
                target[at + d * width] = CachePrecision.half(rows[row + d]);
            }
            return;
        }
        int second = row + stride;
        int third = second + stride;
        int fourth = third + stride;
        for (int d = 0; d < length; d++) {
            int to = at + d * width;
            target[to] = CachePrecision.half(rows[row + d]);
            target[to + 1] = CachePrecision.half(rows[second + d]);
            target[to + 2] = CachePrecision.half(rows[third + d]);
            target[to + 3] = CachePrecision.half(rows[fourth + d]);
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
