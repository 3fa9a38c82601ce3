package io.agilelens.engine.kernel;

import static io.agilelens.engine.kernel.PackingChecks.requireOperands;
import static io.agilelens.engine.kernel.PackingChecks.requireOwn;

import java.util.function.Supplier;

/** The kernels on vectors of one width: what the innermost loops do is put together here. */
final class VectorKernels implements Kernels {

    private final int bits;
    private final RowLoops rows;
    private final SharedRowLoops sharedRows;
    private final FloatMultiplication floats;
    private final IntegerMultiplication integers;
    private final WeightOnlyMultiplication weightOnly;
    private final DoubleMultiplication doubles;
    private final WeightLoops weightLoops;
    private final AttentionMultiplication attention;
    private final CachedAttention cachedAttention;

    /**
     * @param bits 128, 256 or 512; the processor must have vectors that wide
     */
    VectorKernels(int bits, Workers workers) {
        this(bits, workers, () -> KernelProvider.tuning(bits));
    }

    /**
     * @param tuning asked whenever weights are packed
     */
    VectorKernels(int bits, Workers workers, Supplier<KernelTuning> tuning) {
        this.bits = bits;
        rows = WidthTemplate.instantiate(RowLoops.class, RowLoopsTemplate.class, bits);
        sharedRows = new SharedRowLoops(rows, workers);
        FloatProducts.Forms floatProducts = FloatProducts.Forms.of(bits);
        DoubleProducts doubleProducts =
                WidthTemplate.instantiate(DoubleProducts.class, DoubleProductsTemplate.class, bits);
        ReadAhead.Forms<HalfProducts> halfProducts =
                ReadAhead.Forms.of(HalfProducts.class, HalfProductsTemplate.class, bits);
        floats = new FloatMultiplication(floatProducts, halfProducts, workers);
        ReadAhead.Forms<WeightOnlyProducts> weightOnlyProducts =
                ReadAhead.Forms.of(
                        WeightOnlyProducts.class, WeightOnlyProductsTemplate.class, bits);
        integers =
                new IntegerMultiplication(
                        bits,
                        floatProducts,
                        floats,
                        doubleProducts,
                        weightOnlyProducts,
                        tuning,
                        workers);
        weightOnly = new WeightOnlyMultiplication(floats, weightOnlyProducts, workers);
        doubles = new DoubleMultiplication(doubleProducts, workers);
        weightLoops = WidthTemplate.instantiate(WeightLoops.class, WeightLoopsTemplate.class, bits);
        AttentionProducts attentionProducts =
                WidthTemplate.instantiate(
                        AttentionProducts.class, AttentionProductsTemplate.class, bits);
        attention = new AttentionMultiplication(attentionProducts, rows, workers);
        CacheProducts cacheProducts =
                WidthTemplate.instantiate(CacheProducts.class, CacheProductsTemplate.class, bits);
        cachedAttention = new CachedAttention(cacheProducts, workers);
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
    public Fp32Weights packFp32(WeightRows weights, int outputs, int inputs) {
        return floats.packFp32(weights, outputs, inputs);
    }

    @Override
    public Fp16Weights packFp16(WeightRows weights, int outputs, int inputs) {
        return floats.packFp16(weights, outputs, inputs);
    }

    @Override
    public Int8Weights packInt8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts) {
        return integers.packInt8(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
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
    public PackedKeys packKeys(float[] k, int keys, int heads, int headDimension) {
        return attention.packKeys(k, keys, heads, headDimension);
    }

    @Override
    public PackedValues packValues(float[] v, int keys, int heads, int headDimension) {
        return attention.packValues(v, keys, heads, headDimension, null);
    }

    @Override
    public PackedValues packIntegerValues(
            float[] v, int keys, int heads, int headDimension, float[] scales) {
        return attention.packValues(v, keys, heads, headDimension, scales);
    }

    @Override
    public CachedKeys cachedKeys(int heads, int headDimension, CachePrecision precision) {
        return cachedAttention.keys(heads, headDimension, precision);
    }

    @Override
    public CachedValues cachedValues(int heads, int headDimension, CachePrecision precision) {
        return cachedAttention.values(heads, headDimension, precision);
    }

    @Override
    public CachedValues cachedIntegerValues(int heads, int headDimension, float[] scales) {
        return cachedAttention.integerValues(heads, headDimension, scales);
    }

    @Override
    public void attentionScores(
            float[] q,
            int qOffset,
            int qStride,
            int queries,
            PackedKeys keys,
            int head,
            float scale,
            int firstVisible,
            float[] scores,
            int scoresOffset,
            int scoresStride) {
        if (keys instanceof CachedKeyPanels cached) {
            for (int i = 0; i < queries; i++) {
                cachedAttention.scores(
                        q,
                        qOffset + i * qStride,
                        cached,
                        head,
                        Math.min(cached.keys(), firstVisible + i),
                        scale,
                        scores,
                        scoresOffset + i * scoresStride);
            }
            return;
        }
        attention.scores(
                q,
                qOffset,
                qStride,
                queries,
                requireOwn(AttentionMultiplication.Keys.class, keys),
                head,
                scale,
                firstVisible,
                scores,
                scoresOffset,
                scoresStride);
    }

    @Override
    public void attentionContext(
            float[] p,
            int pOffset,
            int pStride,
            int queries,
            PackedValues values,
            int head,
            int firstVisible,
            float[] context,
            int contextOffset,
            int contextStride) {
        if (values instanceof CachedValueRows cached) {
            for (int i = 0; i < queries; i++) {
                cachedAttention.context(
                        p,
                        pOffset + i * pStride,
                        cached,
                        head,
                        Math.min(cached.keys(), firstVisible + i),
                        context,
                        contextOffset + i * contextStride);
            }
            return;
        }
        attention.context(
                p,
                pOffset,
                pStride,
                queries,
                requireOwn(AttentionMultiplication.Values.class, values),
                head,
                firstVisible,
                context,
                contextOffset,
                contextStride);
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
    public void roundToPowersOfTwo(float[] x, int offset, int count, int largest) {
        rows.roundToPowersOfTwo(x, offset, count, largest);
    }

    @Override
    public void roundToSteps(float[] x, int offset, int count, int steps) {
        rows.roundToSteps(x, offset, count, steps);
    }

    @Override
    public void encode(
            float[] x,
            int offset,
            int count,
            float[] steps,
            int zero,
            int low,
            int high,
            int middle,
            byte[] codes,
            int codesOffset) {
        rows.encode(x, offset, count, steps, zero, low, high, middle, codes, codesOffset);
    }

    @Override
    public void quantize(
            float[] x,
            int offset,
            int count,
            float[] steps,
            float[] zeros,
            int low,
            int high,
            float[] y) {
        rows.quantize(x, offset, count, steps, zeros, low, high, y);
    }

    @Override
    public void extremes(float[] x, int offset, int count, float[] factors, float[] extremes) {
        rows.extremes(x, offset, count, factors, extremes);
    }

    @Override
    public void rescale(
            float[] y,
            int tokens,
            int outputs,
            float[] scales,
            int[] zeros,
            float[] sums,
            float[] bias) {
        sharedRows.rescale(y, tokens, outputs, scales, zeros, sums, bias);
    }

    @Override
    public void rmsNorm(
            float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y) {
        sharedRows.rmsNorm(x, tokens, channels, weight, epsilon, y);
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
        sharedRows.layerNorm(x, tokens, channels, weight, bias, epsilon, y);
    }

    @Override
    public void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines) {
        sharedRows.rotate(x, tokens, heads, headDimension, cosines, sines);
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int count) {
        sharedRows.siluMultiply(gate, up, count);
    }

    @Override
    public void relu(float[] x, int count) {
        sharedRows.relu(x, count);
    }

    @Override
    public void geluTanh(float[] x, int count) {
        sharedRows.geluTanh(x, count);
    }

    @Override
    public void add(float[] x, float[] y, int count) {
        sharedRows.add(x, y, count);
    }

    @Override
    public void addBias(float[] x, int tokens, int channels, float[] bias) {
        sharedRows.addBias(x, tokens, channels, bias);
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
