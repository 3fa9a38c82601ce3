package io.agilelens.engine.kernel;

/** The loops over rows and over elements that are worth more than one thread. */
final class SharedRowLoops {

    private final RowLoops rows;
    private final Workers workers;

    private final Workers.PieceOf<Operands> rescaling = this::rescaleRows;
    private final Workers.PieceOf<Operands> rmsNorm = this::rmsNormOfRows;
    private final Workers.PieceOf<Operands> layerNorm = this::layerNormOfRows;
    private final Workers.PieceOf<Operands> rotation = this::rotateRows;
    private final Workers.PieceOf<Operands> biasing = this::addBiasToRows;
    private final Workers.PieceOf<Operands> silu = this::siluMultiplyElements;
    private final Workers.PieceOf<Operands> relu = this::reluOfElements;
    private final Workers.PieceOf<Operands> gelu = this::geluOfElements;
    private final Workers.PieceOf<Operands> sum = this::addElements;

    SharedRowLoops(RowLoops rows, Workers workers) {
        this.rows = rows;
        this.workers = workers;
    }

    /** As {@link Kernels#rescale}. */
    void rescale(
            float[] y,
            int tokens,
            int outputs,
            float[] scales,
            int[] zeros,
            float[] sums,
            float[] bias) {
        Operands operands = Scratch.ofThread().operands();
        operands.y = y;
        operands.scales = scales;
        operands.zeros = zeros;
        operands.sums = sums;
        operands.bias = bias;
        forTokens(operands, tokens, outputs, rescaling);
    }

    private void rescaleRows(Operands operands, int from, int to) {
        int outputs = operands.channels;
        for (int t = from; t < to; t++) {
            rows.rescale(
                    operands.y,
                    t * outputs,
                    outputs,
                    operands.scales[t],
                    operands.zeros[t],
                    operands.sums,
                    operands.bias);
        }
    }

    /** As {@link Kernels#rmsNorm}. */
    void rmsNorm(float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y) {
        forTokens(normed(x, weight, null, epsilon, y), tokens, channels, rmsNorm);
    }

    private void rmsNormOfRows(Operands operands, int from, int to) {
        int channels = operands.channels;
        for (int t = from; t < to; t++) {
            normalize(operands, t * channels, 0);
        }
    }

    /** As {@link Kernels#layerNorm}. */
    void layerNorm(
            float[] x,
            int tokens,
            int channels,
            float[] weight,
            float[] bias,
            float epsilon,
            float[] y) {
        forTokens(normed(x, weight, bias, epsilon, y), tokens, channels, layerNorm);
    }

    private void layerNormOfRows(Operands operands, int from, int to) {
        int channels = operands.channels;
        for (int t = from; t < to; t++) {
            int row = t * channels;
            normalize(operands, row, rows.sum(operands.x, row, channels) / channels);
            if (operands.bias != null) {
                rows.add(operands.y, row, operands.bias, 0, channels);
            }
        }
    }

    private static Operands normed(
            float[] x, float[] weight, float[] bias, float epsilon, float[] y) {
        Operands operands = Scratch.ofThread().operands();
        operands.x = x;
        operands.weight = weight;
        operands.bias = bias;
        operands.epsilon = epsilon;
        operands.y = y;
        return operands;
    }

    private void normalize(Operands operands, int row, float mean) {
        int channels = operands.channels;
        double squares = rows.squares(operands.x, row, channels, mean);
        float factor = (float) (1 / Math.sqrt(squares / channels + operands.epsilon));
        rows.normalize(operands.x, row, channels, mean, factor, operands.weight, operands.y);
    }

    /** As {@link Kernels#rotate}. */
    void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines) {
        Operands operands = Scratch.ofThread().operands();
        operands.y = x;
        operands.headDimension = headDimension;
        operands.cosines = cosines;
        operands.sines = sines;
        forTokens(operands, tokens, heads * headDimension, rotation);
    }

    private void rotateRows(Operands operands, int from, int to) {
        int width = operands.channels;
        int half = operands.headDimension / 2;
        for (int t = from; t < to; t++) {
            for (int head = t * width; head < (t + 1) * width; head += operands.headDimension) {
                rows.rotate(
                        operands.y,
                        head,
                        head + half,
                        operands.cosines,
                        operands.sines,
                        t * half,
                        half);
            }
        }
    }

    /** As {@link Kernels#addBias}. */
    void addBias(float[] x, int tokens, int channels, float[] bias) {
        Operands operands = Scratch.ofThread().operands();
        operands.y = x;
        operands.bias = bias;
        forTokens(operands, tokens, channels, biasing);
    }

    private void addBiasToRows(Operands operands, int from, int to) {
        int channels = operands.channels;
        for (int t = from; t < to; t++) {
            rows.add(operands.y, t * channels, operands.bias, 0, channels);
        }
    }

    /** As {@link Kernels#siluMultiply}. */
    void siluMultiply(float[] gate, float[] up, int count) {
        forElements(gate, up, count, silu);
    }

    private void siluMultiplyElements(Operands operands, int from, int to) {
        rows.siluMultiply(operands.y, operands.x, from, to);
    }

    /** As {@link Kernels#relu}. */
    void relu(float[] x, int count) {
        forElements(x, null, count, relu);
    }

    private void reluOfElements(Operands operands, int from, int to) {
        rows.relu(operands.y, from, to);
    }

    /** As {@link Kernels#geluTanh}. */
    void geluTanh(float[] x, int count) {
        forElements(x, null, count, gelu);
    }

    private void geluOfElements(Operands operands, int from, int to) {
        rows.geluTanh(operands.y, from, to);
    }

    /** As {@link Kernels#add}. */
    void add(float[] x, float[] y, int count) {
        forElements(x, y, count, sum);
    }

    private void addElements(Operands operands, int from, int to) {
        rows.add(operands.y, from, operands.x, from, to - from);
    }

    /**
     * @param changed in place
     * @param other what is read beside it; may be null
     */
    private void forElements(
            float[] changed, float[] other, int count, Workers.PieceOf<Operands> body) {
        Operands operands = Scratch.ofThread().operands();
        operands.y = changed;
        operands.x = other;
        share(operands, count, 1, body);
    }

    private void forTokens(
            Operands operands, int tokens, int channels, Workers.PieceOf<Operands> body) {
        operands.channels = channels;
        share(operands, tokens, channels, body);
    }

    private void share(Operands operands, int count, int numbers, Workers.PieceOf<Operands> body) {
        try {
            workers.forRanges(count, Workers.grain(numbers), operands, body);
        } finally {
            Scratch.ofThread().giveBack(operands);
        }
    }
}
