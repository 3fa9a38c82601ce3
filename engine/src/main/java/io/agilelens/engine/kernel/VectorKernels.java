package io.agilelens.engine.kernel;

import static io.agilelens.engine.kernel.PackingChecks.requireOperands;
import static io.agilelens.engine.kernel.PackingChecks.requireOwn;

import java.util.Arrays;

/** The kernels on vectors of one width: what the innermost loops do is put together here. */
final class VectorKernels implements Kernels {

    /** Elements of an elementwise loop that are worth another thread. */
    private static final int ELEMENTS_PER_PIECE = 1 << 15;

    /** Queries from which on it pays to pack the keys. */
    private static final int QUERIES_WORTH_PACKING = 12;

    private final int bits;
    private final Workers workers;
    private final RowLoops rows;
    private final FloatMultiplication floats;
    private final IntegerMultiplication integers;
    private final Int16Multiplication shorts;
    private final WeightOnlyMultiplication weightOnly;
    private final DoubleMultiplication doubles;
    private final WeightLoops weightLoops;
    private final ScoreMultiplication scoreProducts;

    /**
     * @param bits 128, 256 or 512; the processor must have vectors that wide
     */
    VectorKernels(int bits, Workers workers) {
        this.bits = bits;
        this.workers = workers;
        rows = WidthTemplate.instantiate(RowLoops.class, RowLoopsTemplate.class, bits);
        FloatProducts floatProducts =
                WidthTemplate.instantiate(FloatProducts.class, FloatProductsTemplate.class, bits);
        DoubleProducts doubleProducts =
                WidthTemplate.instantiate(DoubleProducts.class, DoubleProductsTemplate.class, bits);
        HalfProducts halfProducts =
                WidthTemplate.instantiate(HalfProducts.class, HalfProductsTemplate.class, bits);
        floats = new FloatMultiplication(floatProducts, halfProducts, workers);
        integers = new IntegerMultiplication(bits, floatProducts, doubleProducts, workers);
        shorts = new Int16Multiplication(doubleProducts, workers);
        weightOnly =
                new WeightOnlyMultiplication(
                        floats,
                        WidthTemplate.instantiate(
                                WeightOnlyProducts.class, WeightOnlyProductsTemplate.class, bits),
                        workers);
        doubles = new DoubleMultiplication(doubleProducts, workers);
        weightLoops = WidthTemplate.instantiate(WeightLoops.class, WeightLoopsTemplate.class, bits);
        scoreProducts = new ScoreMultiplication(floatProducts, rows);
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int vectorBits() {
        return bits;
    }

    @Override
    public Fp32Weights packFp32(float[] weights, int outputs, int inputs) {
        return floats.packFp32(weights, outputs, inputs);
    }

    @Override
    public Fp16Weights packFp16(float[] weights, int outputs, int inputs) {
        return floats.packFp16(weights, outputs, inputs);
    }

    @Override
    public Int8Weights packInt8(
            byte[] values, int outputs, int inputs, float[] scales, int[] groupStarts) {
        return integers.packInt8(values, outputs, inputs, scales, groupStarts);
    }

    @Override
    public Int16Weights packInt16(
            short[] values, int outputs, int inputs, float[] scales, int[] groupStarts) {
        return shorts.pack(values, outputs, inputs, scales, groupStarts);
    }

    @Override
    public Int4Weights packInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts,
            int activationBits) {
        return integers.packInt4(
                values,
                outputs,
                inputs,
                scales,
                zeroPoints,
                runStarts,
                runGroups,
                runShifts,
                activationBits);
    }

    @Override
    public GroupedWeights packGrouped(
            byte[] codes,
            int outputs,
            int inputs,
            int bits,
            float[] scales,
            byte[] zeroPoints,
            int[] groupStarts) {
        return weightOnly.pack(codes, outputs, inputs, bits, scales, zeroPoints, groupStarts);
    }

    @Override
    public void multiply(float[] x, int tokens, Fp32Weights weights, float[] y) {
        var own = requireOwn(FloatMultiplication.Fp32.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        floats.multiply(x, tokens, own, y);
    }

    @Override
    public void multiply(float[] x, int tokens, Fp16Weights weights, float[] y) {
        var own = requireOwn(FloatMultiplication.Fp16.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        floats.multiply(x, tokens, own, y);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int8Weights weights, float[] y) {
        var own = requireOwn(IntegerMultiplication.Int8.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        integers.multiply(x, tokens, own.panels(), y);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int16Weights weights, float[] y) {
        var own = requireOwn(Int16Multiplication.Int16.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        shorts.multiply(x, tokens, own, y);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int4Weights weights, float[] y) {
        var own = requireOwn(IntegerMultiplication.Int4.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        integers.multiply(x, tokens, own.panels(), y);
    }

    @Override
    public void multiply(float[] x, int tokens, GroupedWeights weights, float[] y) {
        var own = requireOwn(WeightOnlyMultiplication.Grouped.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        weightOnly.multiply(x, tokens, own, y);
    }

    @Override
    public void attentionScores(
            float[] q,
            int qOffset,
            int qStride,
            int queries,
            float[] k,
            int kOffset,
            int kStride,
            int keys,
            int headDimension,
            float scale,
            int firstVisible,
            float[] scores,
            int scoresOffset,
            int scoresStride) {
        if (queries >= QUERIES_WORTH_PACKING) {
            scoreProducts.multiply(
                    q,
                    qOffset,
                    qStride,
                    queries,
                    k,
                    kOffset,
                    kStride,
                    keys,
                    headDimension,
                    scale,
                    firstVisible,
                    scores,
                    scoresOffset,
                    scoresStride);
            return;
        }
        for (int i = 0; i < queries; i++) {
            rows.scaledDots(
                    q,
                    qOffset + i * qStride,
                    k,
                    kOffset,
                    kStride,
                    Math.min(keys, firstVisible + i),
                    headDimension,
                    scale,
                    scores,
                    scoresOffset + i * scoresStride);
        }
    }

    @Override
    public void attentionContext(
            float[] p,
            int pOffset,
            int pStride,
            int queries,
            float[] v,
            int vOffset,
            int vStride,
            int keys,
            int headDimension,
            int firstVisible,
            float[] context,
            int contextOffset,
            int contextStride) {
        for (int i = 0; i < queries; i++) {
            rows.weightedSum(
                    p,
                    pOffset + i * pStride,
                    v,
                    vOffset,
                    vStride,
                    Math.min(keys, firstVisible + i),
                    context,
                    contextOffset + i * contextStride,
                    headDimension);
        }
    }

    @Override
    public void log2Context(
            byte[] codes,
            int codesStride,
            int queries,
            byte[] v,
            int vOffset,
            int vStride,
            int keys,
            int headDimension,
            int firstVisible,
            int[] context) {
        Arrays.fill(context, 0, queries * headDimension, 0);
        for (int i = 0; i < queries; i++) {
            int visible = Math.min(keys, firstVisible + i);
            for (int j = 0; j < visible; j++) {
                byte code = codes[i * codesStride + j];
                if (code != LOG2_ZERO) {
                    rows.addShifted(
                            v,
                            vOffset + j * vStride,
                            15 - code,
                            context,
                            i * headDimension,
                            headDimension);
                }
            }
        }
    }

    @Override
    public void addAlibi(
            float[] scores, int offset, int count, int[] positions, int position, float slope) {
        rows.addDistances(scores, offset, count, positions, position, slope);
    }

    @Override
    public void softmax(float[] x, int offset, int count) {
        float largest = rows.largest(x, offset, count);
        float sum = rows.exponentials(x, offset, count, largest);
        rows.scale(1 / sum, x, offset, count);
    }

    @Override
    public void rmsNorm(
            float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y) {
        forTokens(
                tokens,
                channels,
                t -> {
                    double squares = rows.squares(x, t * channels, channels, 0);
                    float factor = (float) (1 / Math.sqrt(squares / channels + epsilon));
                    rows.normalize(x, t * channels, channels, 0, factor, weight, y);
                });
    }

    @Override
    public void layerNorm(
            float[] x,
            int tokens,
            int channels,
            float[] weight,
            float[] bias,
            float epsilon,
            float[] y) {
        forTokens(
                tokens,
                channels,
                t -> {
                    int row = t * channels;
                    float mean = rows.sum(x, row, channels) / channels;
                    double squares = rows.squares(x, row, channels, mean);
                    float factor = (float) (1 / Math.sqrt(squares / channels + epsilon));
                    rows.normalize(x, row, channels, mean, factor, weight, y);
                    if (bias != null) {
                        rows.add(y, row, bias, 0, channels);
                    }
                });
    }

    @Override
    public void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines) {
        int half = headDimension / 2;
        forTokens(
                tokens,
                heads * headDimension,
                t -> {
                    for (int h = 0; h < heads; h++) {
                        int head = (t * heads + h) * headDimension;
                        rows.rotate(x, head, head + half, cosines, sines, t * half, half);
                    }
                });
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int count) {
        workers.forRanges(
                count, ELEMENTS_PER_PIECE, (from, to) -> rows.siluMultiply(gate, up, from, to));
    }

    @Override
    public void relu(float[] x, int count) {
        workers.forRanges(count, ELEMENTS_PER_PIECE, (from, to) -> rows.relu(x, from, to));
    }

    @Override
    public void geluTanh(float[] x, int count) {
        workers.forRanges(count, ELEMENTS_PER_PIECE, (from, to) -> rows.geluTanh(x, from, to));
    }

    @Override
    public void add(float[] x, float[] y, int count) {
        workers.forRanges(
                count, ELEMENTS_PER_PIECE, (from, to) -> rows.add(x, from, y, from, to - from));
    }

    @Override
    public void addBias(float[] x, int tokens, int channels, float[] bias) {
        forTokens(tokens, channels, t -> rows.add(x, t * channels, bias, 0, channels));
    }

    private void forTokens(int tokens, int channels, TokenBody body) {
        workers.forRanges(
                tokens,
                Math.max(1, ELEMENTS_PER_PIECE / channels),
                (from, to) -> {
                    for (int t = from; t < to; t++) {
                        body.run(t);
                    }
                });
    }

    private interface TokenBody {
        void run(int token);
    }

    @Override
    public void subtractProduct(DoubleView a, DoubleView b, DoubleView c) {
        PackingChecks.requireFactors(a, b, c);
        doubles.subtract(a, b, c);
    }

    @Override
    public void spreadErrors(
            float[] errors,
            int first,
            int end,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows) {
        weightLoops.spreadErrors(errors, first, end, factor, columns, from, to, x, rows);
    }

    @Override
    public float smallest(float[] x, int offset, int count) {
        return weightLoops.smallest(x, offset, count);
    }

    @Override
    public float largest(float[] x, int offset, int count) {
        return weightLoops.largest(x, offset, count);
    }

    @Override
    public void quantizeGroup(
            float[] x, int offset, int count, float scale, float zero, float most) {
        weightLoops.quantizeGroup(x, offset, count, scale, zero, most);
    }
}
