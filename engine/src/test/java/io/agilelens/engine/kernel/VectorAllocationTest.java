package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Vectors that the compiler does not keep in registers become objects, silently and twenty times
 * slower. So: once compiled, a kernel that one thread runs by itself allocates nothing at all. When
 * the compiler is done, and what it inlines then, depends on what else ran, so this runs only when
 * asked for, with {@code -Dagilelens.bench=true}, and with the kernels of one width, as a program
 * does: those that {@value KernelProvider#PROPERTY} names, or the widest. It names every kernel at
 * fault.
 */
@EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
class VectorAllocationTest {

    private static final int TOKENS = 13;
    private static final int OUTPUTS = 65;
    private static final int INPUTS = 96;

    private static final int CALLS = 100;

    /** Only a kernel at fault is waited for so long. */
    private static final long LONGEST_WARM_UP_NANOS = 10_000_000_000L;

    private final List<String> faults = new ArrayList<>();

    @Test
    void compiledKernelsKeepVectorsInRegisters() {
        int bits = KernelProvider.current().kernels().vectorBits();
        try (Workers one = Workers.of(1)) {
            Kernels kernels = KernelProvider.of(bits, one);
            KernelInputs inputs = new KernelInputs(5);
            float[] x = inputs.floats(TOKENS * INPUTS);
            float[] w = inputs.floats(OUTPUTS * INPUTS);
            byte[] codes = inputs.bytes(TOKENS * INPUTS, -8, 7);
            byte[] values = inputs.bytes(OUTPUTS * INPUTS, -8, 7);
            int[] starts = KernelInputs.blocks(INPUTS, 32);
            float[] scales = inputs.scales(OUTPUTS * 3);
            byte[] zeroPoints = inputs.bytes(OUTPUTS * 3, -8, 7);
            int[] groups = {0, 1, 2};
            int[] positions = KernelInputs.blocks(207, 1);
            float[] y = new float[TOKENS * OUTPUTS];
            float[] normed = new float[TOKENS * INPUTS];
            float[] cosines = inputs.floats(TOKENS * 24);
            float[] sines = inputs.floats(TOKENS * 24);

            Fp32Weights fp32 = kernels.packFp32(w, OUTPUTS, INPUTS);
            Fp16Weights fp16 = kernels.packFp16(w, OUTPUTS, INPUTS);
            Int8Weights int8 =
                    kernels.packInt8(
                            values, OUTPUTS, INPUTS, scales, zeroPoints, starts, groups, groups);
            GroupedWeights grouped =
                    kernels.packGrouped(
                            inputs.bytes(OUTPUTS * INPUTS, 0, 15),
                            OUTPUTS,
                            INPUTS,
                            4,
                            scales,
                            inputs.bytes(OUTPUTS * 3, 0, 15),
                            starts);
            for (int tokens : new int[] {1, TOKENS}) {
                check(tokens + " fp32", () -> kernels.multiply(x, tokens, fp32, y));
                check(tokens + " fp16", () -> kernels.multiply(x, tokens, fp16, y));
                check(tokens + " w4a16", () -> kernels.multiply(x, tokens, grouped, y));
                check(tokens + " int8", () -> kernels.multiply(codes, tokens, int8, y));
            }
            for (KernelTuning tuning : KernelInputs.tunings()) {
                Kernels ways = new VectorKernels(bits, one, () -> tuning);
                for (int activationBits : new int[] {4, 8}) {
                    for (byte[] zeros : new byte[][] {new byte[zeroPoints.length], zeroPoints}) {
                        Int4Weights int4 =
                                ways.packInt4(
                                        values,
                                        OUTPUTS,
                                        INPUTS,
                                        scales,
                                        zeros,
                                        starts,
                                        groups,
                                        groups,
                                        activationBits);
                        for (int tokens : new int[] {1, TOKENS}) {
                            check(
                                    "%d int4, %d bits, %s, zero points %b"
                                            .formatted(
                                                    tokens,
                                                    activationBits,
                                                    tuning,
                                                    zeros == zeroPoints),
                                    () -> ways.multiply(codes, tokens, int4, y));
                        }
                    }
                }
            }
            check("softmax", () -> kernels.softmax(y, 0, 207));
            check("silu", () -> kernels.siluMultiply(y, y, 207));
            check("alibi", () -> kernels.addAlibi(y, 0, 207, positions, 9, 0.1f));
            check("gelu", () -> kernels.geluTanh(y, 207));
            PackedKeys packedKeys = kernels.packKeys(w, 13, 1, 83);
            PackedValues packedValues = kernels.packValues(w, 13, 1, 83);
            check(
                    "scores of packed keys",
                    () -> kernels.attentionScores(x, 0, 96, 13, packedKeys, 0, 1, 1, y, 0, 13));
            check(
                    "context of packed values",
                    () -> kernels.attentionContext(x, 0, 13, 9, packedValues, 0, 1, y, 0, 83));
            for (CachePrecision precision : CachePrecision.values()) {
                CachedKeys cachedKeys = kernels.cachedKeys(1, 83, precision);
                cachedKeys.append(w, 40);
                check(
                        "scores of cached keys, " + precision,
                        () -> kernels.attentionScores(x, 0, 96, 1, cachedKeys, 0, 1, 40, y, 0, 40));
                CachedValues cachedValues = kernels.cachedValues(1, 83, precision);
                cachedValues.append(w, 13);
                check(
                        "context of cached values, " + precision,
                        () -> kernels.attentionContext(x, 0, 13, 1, cachedValues, 0, 13, y, 0, 83));
            }
            check("powers", () -> kernels.roundToPowersOfTwo(y, 0, 207, 15));
            check("steps", () -> kernels.roundToSteps(y, 0, 207, 15));
            check("encode", () -> kernels.encode(x, 0, 207, w, 1, -8, 7, 0, codes, 0));
            check("quantize", () -> kernels.quantize(x, 0, 207, w, w, -8, 7, y));
            float[] extremes = new float[2];
            check("extremes", () -> kernels.extremes(x, 0, 207, w, extremes));
            int[] zeros = new int[7];
            check("rescale", () -> kernels.rescale(y, 7, 96, x, zeros, w, null));
            check("rms norm", () -> kernels.rmsNorm(x, TOKENS, INPUTS, w, 1e-5f, normed));
            check("layer norm", () -> kernels.layerNorm(x, TOKENS, INPUTS, w, w, 1e-5f, normed));
            check("rotary", () -> kernels.rotate(normed, TOKENS, 2, 48, cosines, sines));
            check("sum", () -> kernels.add(y, y, 207));
        }
        assertEquals(List.of(), faults);
    }

    private void check(String name, Runnable kernel) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + LONGEST_WARM_UP_NANOS;
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                kernel.run();
            }
            bytes = (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
        } while (bytes > 0 && System.nanoTime() < end);
        if (bytes > 0) {
            faults.add("%s allocates %d bytes".formatted(name, bytes));
        }
    }
}
