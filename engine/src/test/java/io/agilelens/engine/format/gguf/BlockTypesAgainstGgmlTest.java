package io.agilelens.engine.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.agilelens.engine.tensor.BlockTensor;
import io.agilelens.engine.tensor.BlockType;
import io.agilelens.engine.tensor.StoredBytes;
import io.agilelens.engine.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks that ggml made, decoded here and by ggml's reference code: the same bits. */
class BlockTypesAgainstGgmlTest {
    private static final int ROWS = 16;
    private static final int COLUMNS = 512;

    @ParameterizedTest
    @EnumSource
    void decodesWhatGgmlQuantizedToTheSameBits(BlockType type) {
        LlamaCpp.assumeAvailable();
        Random random = new Random(11);
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        int bytes = values.length / type.elements() * type.bytes();
        byte[] blocks = LlamaCpp.quantize(GgufTypes.code(type), values, COLUMNS, bytes);
        float[] expected = LlamaCpp.dequantize(GgufTypes.ggmlName(type), blocks, values.length);
        Tensor tensor =
                new BlockTensor(
                        "x", type, new long[] {ROWS, COLUMNS}, StoredBytes.of(blocks), "file");
        assertArrayEquals(bits(expected), bits(tensor.toFloats()));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
