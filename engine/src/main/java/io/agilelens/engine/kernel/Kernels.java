package io.agilelens.engine.kernel;

/**
 * The arithmetic of a forward pass. There are two implementations: {@code ScalarKernels}, the
 * readable reference, and {@code VectorKernels}, which uses the Vector API. Integer kernels agree
 * exactly where scales are powers of two and sums stay within 2^24; elsewhere, as float kernels do,
 * within a bound that grows with the length of the sums.
 *
 * <p>A linear layer maps a row {@code x} to {@code x · Wᵀ}, {@code W} being {@code [outputs,
 * inputs]} row-major as checkpoints store it. Weights are packed once into the layout that the
 * implementation likes; a packed weight may only be used with the kernels that packed it.
 * Activations are row-major {@code [tokens, channels]} starting at index 0. With one token the
 * products take the matrix–vector path. Outputs are overwritten. Vector kernels share large
 * products out to their {@link Workers}. All kernels may be used by several threads at once.
 */
public interface Kernels {

    /** {@code "scalar"} or {@code "vector"}. */
    String name();

    /** Width of a vector register in bits; 0 for scalar code. */
    int vectorBits();

    // ---- packing

    Fp32Weights packFp32(WeightRows weights, int outputs, int inputs);

    /** Rounds to half precision (to nearest even; exact if the weights came from F16). */
    Fp16Weights packFp16(WeightRows weights, int outputs, int inputs);

    /**
     * @param weights {@code [outputs, inputs]}
     */
    default Fp32Weights packFp32(float[] weights, int outputs, int inputs) {
        PackingChecks.requireMatrix(weights.length, outputs, inputs);
        return packFp32(WeightRows.of(weights, inputs), outputs, inputs);
    }

    /**
     * As {@link #packFp16(WeightRows, int, int)}.
     *
     * @param weights {@code [outputs, inputs]}
     */
    default Fp16Weights packFp16(float[] weights, int outputs, int inputs) {
        PackingChecks.requireMatrix(weights.length, outputs, inputs);
        return packFp16(WeightRows.of(weights, inputs), outputs, inputs);
    }

    /**
     * Packs signed 8-bit weights. The inputs are cut into <em>runs</em>; a run lies within one
     * group and has one shift, so that TRIP's factors cost one shift of an integer sum a run.
     *
     * @param values {@code [outputs, inputs]}, inputs in the order of the runs
     * @param scales {@code [outputs, groups]}
     * @param zeroPoints {@code [outputs, groups]}: what the signed value of zero is
     * @param runStarts first input of each run and, last, {@code inputs}
     * @param runGroups group of each run, ascending
     * @param runShifts shift of each run, 0…8
     */
    Int8Weights packInt8(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts);

    /**
     * As {@link #packInt8} for 4-bit weights.
     *
     * @param values {@code [outputs, inputs]}, each in −8…7
     * @param zeroPoints {@code [outputs, groups]}, −8…7
     * @param activationBits of the activations that it will be multiplied by, 2…8
     */
    Int4Weights packInt4(
            byte[] values,
            int outputs,
            int inputs,
            float[] scales,
            byte[] zeroPoints,
            int[] runStarts,
            int[] runGroups,
            int[] runShifts,
            int activationBits);

    /**
     * Packs codes for float activations: {@code ŵ[o,c] = (code[o,c] − zero[o,g]) · scale[o,g]},
     * {@code g} the group of {@code c}. Up to 4 bits, two codes share a byte. Scales are kept in 16
     * bits: exactly if they come from half precision and are not below a sixteenth of their
     * output's largest, else to within 2^-15 of that largest.
     *
     * @param codes {@code [outputs, inputs]}, unsigned, {@code 0 … 2^bits−1}
     * @param bits 2…8
     * @param scales {@code [outputs, groups]}, finite
     * @param zeroPoints {@code [outputs, groups]}, as the codes
     * @param groupStarts first input of each group and, last, {@code inputs}
     */
    GroupedWeights packGrouped(
            byte[] codes,
            int outputs,
            int inputs,
            int bits,
            float[] scales,
            byte[] zeroPoints,
            int[] groupStarts);

    // ---- linear layers

    /** {@code y[tokens, outputs] = x[tokens, inputs] · Wᵀ} in float32. */
    void multiply(float[] x, int tokens, Fp32Weights weights, float[] y);

    /** As {@link #multiply(float[], int, Fp32Weights, float[])}, weights widened on the way. */
    void multiply(float[] x, int tokens, Fp16Weights weights, float[] y);

    /**
     * {@code y[t,o] = Σ_g scale[o,g] · Σ_{r∈g} 2^shift_r · Σ_{c∈r} x[t,c] · (value[o,c] −
     * zero[o,g])}, the sums of codes being integers. Vector kernels may scale the weights of
     * several tokens beforehand, which is rounded as float products are.
     *
     * @param x activation codes {@code [tokens, inputs]}, inputs in the order of the runs
     */
    void multiply(byte[] x, int tokens, Int8Weights weights, float[] y);

    /**
     * As {@link #multiply(byte[], int, Int8Weights, float[])}. This is the 4-bit multiplier of
     * Agile-Quant: several products in one wide multiplication.
     *
     * @param x activation codes {@code [tokens, inputs]}, signed numbers of as many bits as the
     *     weight was packed for, inputs in the order of the runs
     */
    void multiply(byte[] x, int tokens, Int4Weights weights, float[] y);

    /** As {@link #multiply(float[], int, Fp32Weights, float[])} with what the codes stand for. */
    void multiply(float[] x, int tokens, GroupedWeights weights, float[] y);

    // ---- attention; keys and values of a layer lie in the layout that kernels like

    /**
     * Packs the keys of one pass for blocks of queries.
     *
     * @param k {@code [keys, heads * headDimension]}
     * @param heads key/value heads
     */
    PackedKeys packKeys(float[] k, int keys, int heads, int headDimension);

    /** As {@link #packKeys}. */
    PackedValues packValues(float[] v, int keys, int heads, int headDimension);

    /**
     * Packs values as integers, for probabilities that are powers of two, which Log2 makes of them:
     * their context is {@code scale · 2^-15 · Σ_j value[j,d] << (15 + log2 p[i,j])} over the
     * visible keys with p above 0, {@code value} being the integer {@code v / scale}, where p is 0
     * or 2^-15…1 and those of a row add up to at most 4, as rounded probabilities do. The sum is
     * exact, in 32 bits.
     *
     * @param v multiples of the scales, −128…127 times as large, but for their rounding
     * @param scales of each head
     */
    PackedValues packIntegerValues(
            float[] v, int keys, int heads, int headDimension, float[] scales);

    /**
     * Room for keys that come token by token, none at first.
     *
     * @param heads key/value heads
     */
    CachedKeys cachedKeys(int heads, int headDimension, CachePrecision precision);

    /** As {@link #cachedKeys}. */
    CachedValues cachedValues(int heads, int headDimension, CachePrecision precision);

    /**
     * The same for the integers of {@link #packIntegerValues}, which are kept as such.
     *
     * @param scales of each head
     */
    CachedValues cachedIntegerValues(int heads, int headDimension, float[] scales);

    /**
     * One head's scaled dot products {@code scores[i,j] = scale · (q_i · k_j)} for {@code j <
     * visible(i)}, where {@code visible(i) = min(keys, firstVisible + i)}; later entries are left
     * alone.
     *
     * @param q row i starts at {@code qOffset + i * qStride}
     * @param head of the keys
     * @param firstVisible keys that query 0 sees, at least 1
     * @param scores row i starts at {@code scoresOffset + i * scoresStride}
     */
    void attentionScores(
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
            int scoresStride);

    /**
     * One head's {@code context_i = Σ_{j < visible(i)} p[i,j] · v_j}, {@code visible} as in {@link
     * #attentionScores}; for integers see {@link #packIntegerValues}.
     *
     * @param p row i starts at {@code pOffset + i * pStride}
     * @param head of the values
     * @param context row i starts at {@code contextOffset + i * contextStride}
     */
    void attentionContext(
            float[] p,
            int pOffset,
            int pStride,
            int queries,
            PackedValues values,
            int head,
            int firstVisible,
            float[] context,
            int contextOffset,
            int contextStride);

    /**
     * ALiBi: {@code scores[j] += slope · (positions[j] − position)} for {@code j < count}.
     *
     * @param scores starts at {@code offset}
     * @param positions of the keys
     * @param position of the query
     */
    void addAlibi(
            float[] scores, int offset, int count, int[] positions, int position, float slope);

    /** Softmax in place over {@code count} values: maximum subtracted first. */
    void softmax(float[] x, int offset, int count);

    /**
     * Rounds to powers of two in place: {@code 2^-r} with {@code r = round(−log2 x)}, at least 0;
     * but 0 where {@code r > largest}.
     *
     * @param x 0…1
     * @param largest 0…255
     */
    void roundToPowersOfTwo(float[] x, int offset, int count, int largest);

    /** {@code x = round(steps · x) / steps} in place, half to even. */
    void roundToSteps(float[] x, int offset, int count, int steps);

    // ---- quantizers; a row each

    /**
     * {@code codes = clamp(round(x / step + zero), low, high) − middle}, half to even, all in
     * float32; 0 for what is not a number.
     *
     * @param steps of the row's channels, from index 0
     * @param low from −128 on, {@code high} up to 255; less {@code middle} both fit a byte
     */
    void encode(
            float[] x,
            int offset,
            int count,
            float[] steps,
            int zero,
            int low,
            int high,
            int middle,
            byte[] codes,
            int codesOffset);

    /**
     * Quantizes and dequantizes: {@code y = (clamp(round(x / step + zero), low, high) − zero) ·
     * step}, the code being 0 for what is not a number.
     *
     * @param steps of the row's channels, from index 0
     * @param zeros integers likewise
     * @param y at the offset of x
     */
    void quantize(
            float[] x,
            int offset,
            int count,
            float[] steps,
            float[] zeros,
            int low,
            int high,
            float[] y);

    /**
     * The smallest and the largest of {@code x · factor} and 0.
     *
     * @param factors of the row's channels, from index 0
     * @param extremes receives both
     */
    void extremes(float[] x, int offset, int count, float[] factors, float[] extremes);

    /**
     * {@code y[t,o] = scale[t] · (y[t,o] − zero[t] · sums[o]) + bias[o]} in place: what makes an
     * integer product with activation codes one of activations.
     *
     * @param y {@code [tokens, outputs]}
     * @param bias may be null
     */
    void rescale(
            float[] y,
            int tokens,
            int outputs,
            float[] scales,
            int[] zeros,
            float[] sums,
            float[] bias);

    // ---- norms, positions, activations

    /** {@code y = w · x / sqrt(mean(x²) + epsilon)} for each row of {@code [tokens, channels]}. */
    void rmsNorm(float[] x, int tokens, int channels, float[] weight, float epsilon, float[] y);

    /** LayerNorm with biased variance for each row; {@code bias} may be null. */
    void layerNorm(
            float[] x,
            int tokens,
            int channels,
            float[] weight,
            float[] bias,
            float epsilon,
            float[] y);

    /**
     * Rotary embedding in place, "half-split" layout: within each head element {@code i} pairs with
     * {@code i + headDimension / 2}.
     *
     * @param x {@code [tokens, heads * headDimension]}
     * @param cosines {@code [tokens, headDimension / 2]} of each token's position
     * @param sines likewise
     */
    void rotate(
            float[] x, int tokens, int heads, int headDimension, float[] cosines, float[] sines);

    /** {@code gate = silu(gate) · up} in place. */
    void siluMultiply(float[] gate, float[] up, int count);

    /** {@code x = max(x, 0)} in place. */
    void relu(float[] x, int count);

    /** GELU, tanh form with the constant 0.79788456, in place. */
    void geluTanh(float[] x, int count);

    /** {@code x += y}. */
    void add(float[] x, float[] y, int count);

    /** Adds {@code bias} to every row of {@code [tokens, channels]}. */
    void addBias(float[] x, int tokens, int channels, float[] bias);

    // ---- weights that are being quantized; all kernels agree to the bit

    /**
     * Takes the errors of some columns off others, one column's after the other: {@code x[j,r] −=
     * errors[i,r] · factor[i,j]}, products and differences each rounded.
     *
     * @param errors {@code [columns, rows]}, of which columns {@code first ≤ i < end} are read
     * @param factor {@code [columns, columns]}
     * @param from first column {@code j} that changes, {@code to} the one behind the last
     * @param x {@code [columns, rows]}
     */
    void spreadErrors(
            float[] errors,
            int first,
            int end,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows);

    /** The smallest of some numbers, infinity if there are none. */
    float smallest(float[] x, int offset, int count);

    /** The largest of some numbers, negative infinity if there are none. */
    float largest(float[] x, int offset, int count);

    /**
     * Quantizes and dequantizes in place: {@code x = (clamp(round(x / scale) + zero, 0, most) −
     * zero) · scale}, half to even, every step in float32.
     */
    void quantizeGroup(float[] x, int offset, int count, float scale, float zero, float most);

    // ---- dense algebra

    /**
     * {@code c −= a · b} in double precision, as factorizations of large matrices need it. Large
     * products are shared out to the workers; the sums' order does not depend on how many there
     * are.
     *
     * @param a {@code [rows, depth]}
     * @param b {@code [depth, columns]}
     * @param c {@code [rows, columns]}; has no element in common with a or b
     */
    void subtractProduct(DoubleView a, DoubleView b, DoubleView c);
}
