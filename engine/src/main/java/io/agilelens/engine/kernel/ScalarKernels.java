package io.agilelens.engine.kernel;

import static io.agilelens.engine.kernel.PackingChecks.requireOperands;
import static io.agilelens.engine.kernel.PackingChecks.requireOwn;
import static io.agilelens.engine.kernel.TokenDots.dot;

import java.util.Arrays;

/**
 * The reference: every kernel as plain loops that read like their formula. Long sums of floats are
 * kept in four partial sums, which is closer to the true sum than one and leaves the processor room
 * to overlap them; sums of squares and of exponentials are kept in double precision.
 */
final class ScalarKernels implements Kernels {

    /** sqrt(2 / π) with the digits that the published models use. */
    static final float GELU_FACTOR = 0.79788456f;

    static final float GELU_CUBE = 0.044715f;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int vectorBits() {
        return 0;
    }

    @Override
    public Fp32Weights packFp32(WeightRows weights, int outputs, int inputs) {
        float[] values = new float[Math.multiplyExact(outputs, inputs)];
        weights.read(0, outputs, values);
        return new ScalarWeights.Fp32(outputs, inputs, values);
    }

    @Override
    public Fp16Weights packFp16(WeightRows weights, int outputs, int inputs) {
        float[] values = new float[Math.multiplyExact(outputs, inputs)];
        weights.read(0, outputs, values);
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
        }
        return new ScalarWeights.Fp16(outputs, inputs, halves);
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
        PackingChecks.requireInt8(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        return new ScalarWeights.Int8(
                outputs,
                inputs,
                values.clone(),
                scales.clone(),
                zeroPoints.clone(),
                runStarts.clone(),
                runGroups.clone(),
                runShifts.clone());
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
        PackingChecks.requireInt4(
                values, outputs, inputs, scales, zeroPoints, runStarts, runGroups, runShifts);
        PackingChecks.requireActivationBits(activationBits);
        return new ScalarWeights.Int4(
                outputs,
                inputs,
                ScalarWeights.Int4.pack(values, outputs, inputs),
                scales.clone(),
                zeroPoints.clone(),
                runStarts.clone(),
                runGroups.clone(),
                runShifts.clone());
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
        PackingChecks.requireGrouped(codes, outputs, inputs, bits, scales, zeroPoints, groupStarts);
        return new ScalarWeights.Grouped(
                outputs,
                inputs,
                codes.clone(),
                ShortScales.of(scales, outputs),
                zeroPoints.clone(),
                groupStarts.clone());
    }

    @Override
    public void multiply(float[] x, int tokens, Fp32Weights weights, float[] y) {
        var own = requireOwn(ScalarWeights.Fp32.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        int inputs = own.inputs();
        TokenDots dots = new TokenDots(x, tokens, inputs);
        for (int o = 0; o < own.outputs(); o++) {
            dots.with(own.values(), o * inputs, y, o, own.outputs());
        }
    }

    @Override
    public void multiply(float[] x, int tokens, Fp16Weights weights, float[] y) {
        var own = requireOwn(ScalarWeights.Fp16.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        int inputs = own.inputs();
        float[] row = new float[inputs];
        TokenDots dots = new TokenDots(x, tokens, inputs);
        for (int o = 0; o < own.outputs(); o++) {
            for (int i = 0; i < inputs; i++) {
                row[i] = Float.float16ToFloat(own.halves()[o * inputs + i]);
            }
            dots.with(row, 0, y, o, own.outputs());
        }
    }

    @Override
    public void multiply(byte[] x, int tokens, Int8Weights weights, float[] y) {
        multiplyIntegers(x, tokens, requireOwn(ScalarWeights.Int8.class, weights), y);
    }

    @Override
    public void multiply(byte[] x, int tokens, Int4Weights weights, float[] y) {
        multiplyIntegers(x, tokens, requireOwn(ScalarWeights.Int4.class, weights), y);
    }

    private static void multiplyIntegers(
            byte[] x, int tokens, ScalarWeights.Integers weights, float[] y) {
        requireOperands(x.length, tokens, weights, y.length);
        int inputs = weights.inputs();
        byte[] row = new byte[inputs];
        for (int o = 0; o < weights.outputs(); o++) {
            for (int i = 0; i < inputs; i++) {
                row[i] = weights.value(o, i);
            }
            for (int t = 0; t < tokens; t++) {
                y[t * weights.outputs() + o] = multiplyRow(x, t * inputs, weights, o, row);
            }
        }
    }

    private static float multiplyRow(
            byte[] x, int xOffset, ScalarWeights.Integers weights, int output, byte[] row) {
        int firstGroup = output * weights.groups();
        int[] runGroups = weights.runGroups();
        float sum = 0;
        long exact = 0;
        for (int r = 0; r < runGroups.length; r++) {
            int group = runGroups[r];
            int zeroPoint = weights.zeroPoints()[firstGroup + group];
            int end = weights.runStarts()[r + 1];
            long runSum = 0;
            for (int i = weights.runStarts()[r]; i < end; i++) {
                runSum += x[xOffset + i] * (row[i] - zeroPoint);
            }
            exact += runSum << weights.runShifts()[r];
            if (r + 1 == runGroups.length || runGroups[r + 1] != group) {
                sum += weights.scales()[firstGroup + group] * exact;
                exact = 0;
            }
        }
        return sum;
    }

    @Override
    public void multiply(float[] x, int tokens, GroupedWeights weights, float[] y) {
        var own = requireOwn(ScalarWeights.Grouped.class, weights);
        requireOperands(x.length, tokens, weights, y.length);
        int inputs = own.inputs();
        int[] starts = own.groupStarts();
        int groups = starts.length - 1;
        float[] row = new float[inputs];
        TokenDots dots = new TokenDots(x, tokens, inputs);
        for (int o = 0; o < own.outputs(); o++) {
            for (int g = 0; g < groups; g++) {
                float scale = own.scales().scale(o, g);
                int zeroPoint = Byte.toUnsignedInt(own.zeroPoints()[o * groups + g]);
                for (int i = starts[g]; i < starts[g + 1]; i++) {
                    int code = Byte.toUnsignedInt(own.codes()[o * inputs + i]);
                    row[i] = (code - zeroPoint) * scale;
                }
            }
            dots.with(row, 0, y, o, own.outputs());
        }
    }

    @Override
    public PackedKeys packKeys(float[] k, int keys, int heads, int headDimension) {
        ScalarHeads packed = new ScalarHeads(heads, headDimension, CachePrecision.SINGLE, null);
        packed.append(k, keys);
        return packed;
    }

    @Override
    public PackedValues packValues(float[] v, int keys, int heads, int headDimension) {
        return packIntegerValues(v, keys, heads, headDimension, null);
    }

    @Override
    public PackedValues packIntegerValues(
            float[] v, int keys, int heads, int headDimension, float[] scales) {
        ScalarHeads packed = new ScalarHeads(heads, headDimension, CachePrecision.SINGLE, scales);
        packed.append(v, keys);
        return packed;
    }

    @Override
    public CachedKeys cachedKeys(int heads, int headDimension, CachePrecision precision) {
        return new ScalarHeads(heads, headDimension, precision, null);
    }

    @Override
    public CachedValues cachedValues(int heads, int headDimension, CachePrecision precision) {
        return new ScalarHeads(heads, headDimension, precision, null);
    }

    @Override
    public CachedValues cachedIntegerValues(int heads, int headDimension, float[] scales) {
        return new ScalarHeads(heads, headDimension, CachePrecision.SINGLE, scales);
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
        var own = requireOwn(ScalarHeads.class, keys);
        int dimension = own.headDimension();
        for (int i = 0; i < queries; i++) {
            int visible = Math.min(own.keys(), firstVisible + i);
            for (int j = 0; j < visible; j++) {
                scores[scoresOffset + i * scoresStride + j] =
                        scale
                                * dot(
                                        q,
                                        qOffset + i * qStride,
                                        own.rows(),
                                        own.row(j, head),
                                        dimension);
            }
        }
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
        var own = requireOwn(ScalarHeads.class, values);
        for (int i = 0; i < queries; i++) {
            int visible = Math.min(own.keys(), firstVisible + i);
            int probabilities = pOffset + i * pStride;
            int row = contextOffset + i * contextStride;
            if (own.scales() == null) {
                weightedSum(p, probabilities, own, head, visible, context, row);
            } else {
                shiftedSum(p, probabilities, own, head, visible, context, row);
            }
        }
    }

    private static void weightedSum(
            float[] p,
            int pOffset,
            ScalarHeads values,
            int head,
            int visible,
            float[] context,
            int contextOffset) {
        int dimension = values.headDimension();
        Arrays.fill(context, contextOffset, contextOffset + dimension, 0);
        for (int j = 0; j < visible; j++) {
            int row = values.row(j, head);
            for (int d = 0; d < dimension; d++) {
                context[contextOffset + d] += p[pOffset + j] * values.rows()[row + d];
            }
        }
    }

    private static void shiftedSum(
            float[] p,
            int pOffset,
            ScalarHeads values,
            int head,
            int visible,
            float[] context,
            int contextOffset) {
        int[] sums = new int[values.headDimension()];
        float scale = values.scales()[head];
        for (int j = 0; j < visible; j++) {
            float probability = p[pOffset + j];
            if (probability > 0) {
                int shift = 15 + Math.getExponent(probability);
                int row = values.row(j, head);
                for (int d = 0; d < sums.length; d++) {
                    sums[d] += (int) Math.rint(values.rows()[row + d] / scale) << shift;
                }
            }
        }
        float unit = Math.scalb(scale, -15);
        for (int d = 0; d < sums.length; d++) {
            context[contextOffset + d] = sums[d] * unit;
        }
    }

    @Override
    public void addAlibi(
            float[] scores, int offset, int count, int[] positions, int position, float slope) {
        for (int j = 0; j < count; j++) {
            scores[offset + j] += slope * (positions[j] - position);
        }
    }

    @Override
    public void softmax(float[] x, int offset, int count) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + count; i++) {
            largest = Math.max(largest, x[i]);
        }
        double sum = 0;
        for (int i = offset; i < offset + count; i++) {
            x[i] = (float) Math.exp(x[i] - largest);
            sum += x[i];
        }
        float factor = (float) (1 / sum);
        for (int i = offset; i < offset + count; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public void roundToPowersOfTwo(float[] x, int offset, int count, int largest) {
        for (int i = offset; i < offset + count; i++) {
            int exponent = PowersOfTwo.exponent(x[i]);
            x[i] = exponent > largest ? 0 : Math.scalb(1f, -Math.max(exponent, 0));
        }
    }

    @Override
    public void roundToSteps(float[] x, int offset, int count, int steps) {
        for (int i = offset; i < offset + count; i++) {
            x[i] = (float) Math.rint(x[i] * steps) / steps;
        }
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
        for (int c = 0; c < count; c++) {
            double code = Math.rint(x[offset + c] / steps[c] + zero);
            codes[codesOffset + c] = (byte) (Math.max(low, Math.min(high, code)) - middle);
        }
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
        for (int c = 0; c < count; c++) {
            double code = Math.rint(x[offset + c] / steps[c] + zeros[c]);
            int clamped = (int) Math.max(low, Math.min(high, code));
            y[offset + c] = (clamped - zeros[c]) * steps[c];
        }
    }

    @Override
    public void extremes(float[] x, int offset, int count, float[] factors, float[] extremes) {
        float low = 0;
        float high = 0;
        for (int c = 0; c < count; c++) {
            float value = x[offset + c] * factors[c];
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        extremes[0] = low;
        extremes[1] = high;
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
        for (int t = 0; t < tokens; t++) {
            for (int o = 0; o < outputs; o++) {
                float product = scales[t] * (y[t * outputs + o] - zeros[t] * sums[o]);
                y[t * outputs + o] = bias == null ? product : product + bias[o];
            }
        }
    }

    @Override
    public void rmsNorm(
            float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y) {
        for (int t = 0; t < tokens; t++) {
            int row = t * channels;
            double squares = 0;
            for (int c = 0; c < channels; c++) {
                squares += (double) x[row + c] * x[row + c];
            }
            float factor = (float) (1 / Math.sqrt(squares / channels + epsilon));
            for (int c = 0; c < channels; c++) {
                y[row + c] = weight[c] * (x[row + c] * factor);
            }
        }
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
        for (int t = 0; t < tokens; t++) {
            int row = t * channels;
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += x[row + c];
            }
            double mean = sum / channels;
            double squares = 0;
            for (int c = 0; c < channels; c++) {
                double difference = x[row + c] - mean;
                squares += difference * difference;
            }
            double factor = 1 / Math.sqrt(squares / channels + epsilon);
            for (int c = 0; c < channels; c++) {
                float normalized = (float) ((x[row + c] - mean) * factor);
                y[row + c] = weight[c] * normalized + (bias == null ? 0 : bias[c]);
            }
        }
    }

    @Override
    public void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines) {
        int half = headDimension / 2;
        for (int t = 0; t < tokens; t++) {
            for (int h = 0; h < heads; h++) {
                int head = (t * heads + h) * headDimension;
                for (int i = 0; i < half; i++) {
                    float cosine = cosines[t * half + i];
                    float sine = sines[t * half + i];
                    float first = x[head + i];
                    float second = x[head + half + i];
                    x[head + i] = first * cosine - second * sine;
                    x[head + half + i] = second * cosine + first * sine;
                }
            }
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int count) {
        for (int i = 0; i < count; i++) {
            gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
        }
    }

    @Override
    public void relu(float[] x, int count) {
        for (int i = 0; i < count; i++) {
            x[i] = Math.max(x[i], 0);
        }
    }

    @Override
    public void geluTanh(float[] x, int count) {
        for (int i = 0; i < count; i++) {
            double cubed = (double) x[i] * x[i] * x[i];
            double inner = GELU_FACTOR * (x[i] + GELU_CUBE * cubed);
            x[i] = (float) (0.5 * x[i] * (1 + Math.tanh(inner)));
        }
    }

    @Override
    public void add(float[] x, float[] y, int count) {
        for (int i = 0; i < count; i++) {
            x[i] += y[i];
        }
    }

    @Override
    public void addBias(float[] x, int tokens, int channels, float[] bias) {
        for (int t = 0; t < tokens; t++) {
            for (int c = 0; c < channels; c++) {
                x[t * channels + c] += bias[c];
            }
        }
    }

    @Override
    public void subtractProduct(DoubleView a, DoubleView b, DoubleView c) {
        PackingChecks.requireFactors(a, b, c);
        for (int i = 0; i < c.rows(); i++) {
            for (int j = 0; j < c.columns(); j++) {
                double sum = 0;
                for (int k = 0; k < a.columns(); k++) {
                    sum += a.get(i, k) * b.get(k, j);
                }
                c.set(i, j, c.get(i, j) - sum);
            }
        }
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
        for (int i = first; i < end; i++) {
            for (int j = from; j < to; j++) {
                for (int r = 0; r < rows; r++) {
                    x[j * rows + r] -= errors[i * rows + r] * factor[i * columns + j];
                }
            }
        }
    }

    @Override
    public float smallest(float[] x, int offset, int count) {
        float smallest = Float.POSITIVE_INFINITY;
        for (int i = offset; i < offset + count; i++) {
            smallest = Math.min(smallest, x[i]);
        }
        return smallest;
    }

    @Override
    public float largest(float[] x, int offset, int count) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + count; i++) {
            largest = Math.max(largest, x[i]);
        }
        return largest;
    }

    @Override
    public void quantizeGroup(
            float[] x, int offset, int count, float scale, float zero, float most) {
        for (int i = offset; i < offset + count; i++) {
            float code = x[i] / scale + WeightLoops.ROUNDING - WeightLoops.ROUNDING + zero;
            x[i] = (Math.min(Math.max(code, 0), most) - zero) * scale;
        }
    }
}
