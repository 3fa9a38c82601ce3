package io.agilelens.engine.evaluate;

import io.agilelens.engine.evaluate.OperatorProfile.Clock;
import io.agilelens.engine.evaluate.OperatorProfile.Operator;
import io.agilelens.engine.kernel.CachePrecision;
import io.agilelens.engine.kernel.CachedKeys;
import io.agilelens.engine.kernel.CachedValues;
import io.agilelens.engine.kernel.DoubleView;
import io.agilelens.engine.kernel.Fp16Weights;
import io.agilelens.engine.kernel.Fp32Weights;
import io.agilelens.engine.kernel.GroupedWeights;
import io.agilelens.engine.kernel.Int4Weights;
import io.agilelens.engine.kernel.Int8Weights;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.PackedKeys;
import io.agilelens.engine.kernel.PackedValues;
import io.agilelens.engine.kernel.WeightRows;

/** Kernels with a clock beside each. */
final class TimedKernels implements Kernels {
    private final Kernels kernels;
    private final Clock clock;

    TimedKernels(Kernels kernels, Clock clock) {
        this.kernels = kernels;
        this.clock = clock;
    }

    @Override
    public String name() {
        return kernels.name();
    }

    @Override
    public int vectorBits() {
        return kernels.vectorBits();
    }

    @Override
    public Fp32Weights packFp32(WeightRows weights, int outputs, int inputs) {
        return kernels.packFp32(weights, outputs, inputs);
    }

    @Override
    public Fp16Weights packFp16(WeightRows weights, int outputs, int inputs) {
        return kernels.packFp16(weights, outputs, inputs);
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
        return kernels.packInt8(
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
        return kernels.packInt4(
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
        return kernels.packGrouped(codes, outputs, inputs, bits, scales, zeroPoints, groupStarts);
    }

    @Override
    public void multiply(float[] x, int tokens, GroupedWeights weights, float[] y) {
        long start = System.nanoTime();
        kernels.multiply(x, tokens, weights, y);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void multiply(float[] x, int tokens, Fp32Weights weights, float[] y) {
        long start = System.nanoTime();
        kernels.multiply(x, tokens, weights, y);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void multiply(float[] x, int tokens, Fp16Weights weights, float[] y) {
        long start = System.nanoTime();
        kernels.multiply(x, tokens, weights, y);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int8Weights weights, float[] y) {
        long start = System.nanoTime();
        kernels.multiply(x, tokens, weights, y);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int4Weights weights, float[] y) {
        long start = System.nanoTime();
        kernels.multiply(x, tokens, weights, y);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public PackedKeys packKeys(float[] k, int keys, int heads, int headDimension) {
        long start = System.nanoTime();
        PackedKeys packed = kernels.packKeys(k, keys, heads, headDimension);
        clock.add(Operator.ATTENTION, start);
        return packed;
    }

    @Override
    public PackedValues packValues(float[] v, int keys, int heads, int headDimension) {
        long start = System.nanoTime();
        PackedValues packed = kernels.packValues(v, keys, heads, headDimension);
        clock.add(Operator.ATTENTION, start);
        return packed;
    }

    @Override
    public PackedValues packIntegerValues(
            float[] v, int keys, int heads, int headDimension, float[] scales) {
        long start = System.nanoTime();
        PackedValues packed = kernels.packIntegerValues(v, keys, heads, headDimension, scales);
        clock.add(Operator.ATTENTION, start);
        return packed;
    }

    @Override
    public CachedKeys cachedKeys(int heads, int headDimension, CachePrecision precision) {
        return kernels.cachedKeys(heads, headDimension, precision);
    }

    @Override
    public CachedValues cachedValues(int heads, int headDimension, CachePrecision precision) {
        return kernels.cachedValues(heads, headDimension, precision);
    }

    @Override
    public CachedValues cachedIntegerValues(int heads, int headDimension, float[] scales) {
        return kernels.cachedIntegerValues(heads, headDimension, scales);
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
        long start = System.nanoTime();
        kernels.attentionScores(
                q,
                qOffset,
                qStride,
                queries,
                keys,
                head,
                scale,
                firstVisible,
                scores,
                scoresOffset,
                scoresStride);
        clock.add(Operator.ATTENTION, start);
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
        long start = System.nanoTime();
        kernels.attentionContext(
                p,
                pOffset,
                pStride,
                queries,
                values,
                head,
                firstVisible,
                context,
                contextOffset,
                contextStride);
        clock.add(Operator.ATTENTION, start);
    }

    @Override
    public void addAlibi(
            float[] scores, int offset, int count, int[] positions, int position, float slope) {
        long start = System.nanoTime();
        kernels.addAlibi(scores, offset, count, positions, position, slope);
        clock.add(Operator.ATTENTION, start);
    }

    @Override
    public void softmax(float[] x, int offset, int count) {
        long start = System.nanoTime();
        kernels.softmax(x, offset, count);
        clock.add(Operator.SOFTMAX, start);
    }

    @Override
    public void roundToPowersOfTwo(float[] x, int offset, int count, int largest) {
        long start = System.nanoTime();
        kernels.roundToPowersOfTwo(x, offset, count, largest);
        clock.add(Operator.QUANTIZATION, start);
    }

    @Override
    public void roundToSteps(float[] x, int offset, int count, int steps) {
        long start = System.nanoTime();
        kernels.roundToSteps(x, offset, count, steps);
        clock.add(Operator.QUANTIZATION, start);
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
        long start = System.nanoTime();
        kernels.encode(x, offset, count, steps, zero, low, high, middle, codes, codesOffset);
        clock.add(Operator.QUANTIZATION, start);
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
        long start = System.nanoTime();
        kernels.quantize(x, offset, count, steps, zeros, low, high, y);
        clock.add(Operator.QUANTIZATION, start);
    }

    @Override
    public void extremes(float[] x, int offset, int count, float[] factors, float[] extremes) {
        long start = System.nanoTime();
        kernels.extremes(x, offset, count, factors, extremes);
        clock.add(Operator.QUANTIZATION, start);
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
        long start = System.nanoTime();
        kernels.rescale(y, tokens, outputs, scales, zeros, sums, bias);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void rmsNorm(
            float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y) {
        long start = System.nanoTime();
        kernels.rmsNorm(x, tokens, channels, weight, epsilon, y);
        clock.add(Operator.NORM, start);
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
        long start = System.nanoTime();
        kernels.layerNorm(x, tokens, channels, weight, bias, epsilon, y);
        clock.add(Operator.NORM, start);
    }

    @Override
    public void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines) {
        long start = System.nanoTime();
        kernels.rotate(x, tokens, heads, headDimension, cosines, sines);
        clock.add(Operator.ROTARY, start);
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int count) {
        long start = System.nanoTime();
        kernels.siluMultiply(gate, up, count);
        clock.add(Operator.ACTIVATION, start);
    }

    @Override
    public void relu(float[] x, int count) {
        long start = System.nanoTime();
        kernels.relu(x, count);
        clock.add(Operator.ACTIVATION, start);
    }

    @Override
    public void geluTanh(float[] x, int count) {
        long start = System.nanoTime();
        kernels.geluTanh(x, count);
        clock.add(Operator.ACTIVATION, start);
    }

    @Override
    public void add(float[] x, float[] y, int count) {
        long start = System.nanoTime();
        kernels.add(x, y, count);
        clock.add(Operator.RESIDUAL, start);
    }

    @Override
    public void addBias(float[] x, int tokens, int channels, float[] bias) {
        long start = System.nanoTime();
        kernels.addBias(x, tokens, channels, bias);
        clock.add(Operator.LINEAR, start);
    }

    @Override
    public void subtractProduct(DoubleView a, DoubleView b, DoubleView c) {
        long start = System.nanoTime();
        kernels.subtractProduct(a, b, c);
        clock.add(Operator.LINEAR, start);
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
        kernels.spreadErrors(errors, first, end, factor, columns, from, to, x, rows);
    }

    @Override
    public float smallest(float[] x, int offset, int count) {
        return kernels.smallest(x, offset, count);
    }

    @Override
    public float largest(float[] x, int offset, int count) {
        return kernels.largest(x, offset, count);
    }

    @Override
    public void quantizeGroup(
            float[] x, int offset, int count, float scale, float zero, float most) {
        kernels.quantizeGroup(x, offset, count, scale, zero, most);
    }
}
