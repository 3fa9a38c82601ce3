package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Vectors that the compiler does not keep in registers become objects, silently and twenty times
 * slower. So: once compiled, a product allocates next to nothing. When the compiler is done depends
 * on the load of the machine, so this runs only when asked for, with {@code
 * -Dagilelens.bench=true}.
 */
@EnabledIfSystemProperty(named = "agilelens.bench", matches = "true")
class VectorAllocationTest {

    private static final int TOKENS = 13;
    private static final int OUTPUTS = 65;
    private static final int INPUTS = 96;

    /** Less than one boxed vector for each pass of an innermost loop. */
    private static final long BYTES_PER_PRODUCT = 2048;

    private static final long LONGEST_WARM_UP_NANOS = 30_000_000_000L;

    static List<Integer> widths() {
        return KernelProvider.availableBits().stream().filter(bits -> bits > 0).toList();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void compiledProductsKeepVectorsInRegisters(int bits) {
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

            Fp32Weights fp32 = kernels.packFp32(w, OUTPUTS, INPUTS);
            Fp16Weights fp16 = kernels.packFp16(w, OUTPUTS, INPUTS);
            Int8Weights int8 = kernels.packInt8(values, OUTPUTS, INPUTS, scales, starts);
            Int4Weights int4 =
                    kernels.packInt4(
                            values,
                            OUTPUTS,
                            INPUTS,
                            scales,
                            new byte[zeroPoints.length],
                            starts,
                            groups,
                            groups,
                            4);
            Int4Weights asymmetric =
                    kernels.packInt4(
                            values, OUTPUTS, INPUTS, scales, zeroPoints, starts, groups, groups, 4);
            for (int tokens : new int[] {1, TOKENS}) {
                assertKeepsRegisters("fp32", () -> kernels.multiply(x, tokens, fp32, y));
                assertKeepsRegisters("fp16", () -> kernels.multiply(x, tokens, fp16, y));
                assertKeepsRegisters("int8", () -> kernels.multiply(codes, tokens, int8, y));
                assertKeepsRegisters("int4", () -> kernels.multiply(codes, tokens, int4, y));
                assertKeepsRegisters(
                        "int4 with zero points",
                        () -> kernels.multiply(codes, tokens, asymmetric, y));
            }
            assertKeepsRegisters("softmax", () -> kernels.softmax(y, 0, 207));
            assertKeepsRegisters("silu", () -> kernels.siluMultiply(y, y, 207));
            assertKeepsRegisters("alibi", () -> kernels.addAlibi(y, 0, 207, positions, 9, 0.1f));
            assertKeepsRegisters("gelu", () -> kernels.geluTanh(y, 207));
            assertKeepsRegisters(
                    "scores",
                    () -> kernels.attentionScores(x, 0, 96, 13, w, 0, 96, 13, 83, 1, 1, y, 0, 13));
            assertKeepsRegisters(
                    "scores of one query",
                    () -> kernels.attentionScores(x, 0, 96, 1, w, 0, 96, 13, 83, 1, 13, y, 0, 13));
            PackedKeys packedKeys = kernels.packKeys(w, 13, 1, 83);
            PackedValues packedValues = kernels.packValues(w, 13, 1, 83);
            assertKeepsRegisters(
                    "scores of packed keys",
                    () -> kernels.attentionScores(x, 0, 96, 13, packedKeys, 0, 1, 1, y, 0, 13));
            assertKeepsRegisters(
                    "context of packed values",
                    () -> kernels.attentionContext(x, 0, 13, 9, packedValues, 0, 1, y, 0, 83));
            assertKeepsRegisters(
                    "log2 context",
                    () -> kernels.log2Context(x, 0, 13, 1, w, 0, 96, 13, 83, 1, 13, y, 0, 83));
            assertKeepsRegisters("powers", () -> kernels.roundToPowersOfTwo(y, 0, 207, 15));
            assertKeepsRegisters("steps", () -> kernels.roundToSteps(y, 0, 207, 15));
            assertKeepsRegisters(
                    "encode", () -> kernels.encode(x, 0, 207, w, 1, -8, 7, 0, codes, 0));
            assertKeepsRegisters("quantize", () -> kernels.quantize(x, 0, 207, w, w, -8, 7, y));
            float[] extremes = new float[2];
            assertKeepsRegisters("extremes", () -> kernels.extremes(x, 0, 207, w, extremes));
            int[] zeros = new int[7];
            assertKeepsRegisters("rescale", () -> kernels.rescale(y, 7, 96, x, zeros, w, null));
            assertKeepsRegisters(
                    "context",
                    () -> kernels.attentionContext(x, 0, 13, 9, w, 0, 96, 13, 83, 1, y, 0, 83));
        }
    }

    private static void assertKeepsRegisters(String name, Runnable kernel) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + LONGEST_WARM_UP_NANOS;
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                kernel.run();
            }
            bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
        } while (bytes > BYTES_PER_PRODUCT && System.nanoTime() < end);
        assertTrue(bytes <= BYTES_PER_PRODUCT, name + " allocates " + bytes + " bytes");
    }
}
