package io.agilelens.engine.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.agilelens.engine.UserException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Block types against a second decoder that goes by the bit, and ranges that cut blocks. */
class BlockTypeTest {

    @ParameterizedTest
    @EnumSource
    void decodesRandomBlocksLikeTheBitwiseDecoder(BlockType type) {
        Random random = new Random(type.ordinal());
        for (int i = 0; i < 200; i++) {
            byte[] block = randomBlock(type, random);
            float[] decoded = new float[type.elements()];
            type.decode(block, 0, decoded, 0);
            float[] expected = new float[type.elements()];
            for (int j = 0; j < expected.length; j++) {
                expected[j] = BitwiseDecoder.element(type, block, j);
            }
            assertArrayEquals(expected, decoded, type + " block " + i);
        }
    }

    /** One code bit after another: each must reach exactly one element. */
    @ParameterizedTest
    @EnumSource
    void everyCodeBitBelongsToOneElement(BlockType type) {
        byte[] zero = new byte[type.bytes()];
        BitwiseDecoder.putScales(type, zero);
        float[] before = new float[type.elements()];
        type.decode(zero, 0, before, 0);
        int[] hits = new int[type.elements()];
        for (int bit = 0; bit < 8 * type.bytes(); bit++) {
            if (BitwiseDecoder.isCode(type, bit / 8)) {
                byte[] block = zero.clone();
                block[bit / 8] ^= (byte) (1 << bit % 8);
                float[] after = new float[type.elements()];
                type.decode(block, 0, after, 0);
                int changed = 0;
                for (int j = 0; j < after.length; j++) {
                    if (after[j] != before[j]) {
                        changed++;
                        hits[j]++;
                    }
                }
                assertEquals(1, changed, "%s bit %d".formatted(type, bit));
            }
        }
        int[] expected = new int[type.elements()];
        Arrays.fill(expected, BitwiseDecoder.bits(type));
        assertArrayEquals(expected, hits, type.toString());
    }

    @ParameterizedTest
    @EnumSource
    void anyRangeIsThatPartOfTheWhole(BlockType type) {
        Random random = new Random(7);
        int rows = 3;
        int columns = 2 * type.elements();
        ByteBuffer blocks = ByteBuffer.allocate(2 * rows * type.bytes());
        while (blocks.hasRemaining()) {
            blocks.put(randomBlock(type, random));
        }
        Tensor tensor =
                new BlockTensor(
                        "x",
                        type,
                        new long[] {rows, columns},
                        StoredBytes.of(blocks.array()),
                        "file");
        float[] whole = tensor.toFloats();
        assertEquals(rows * columns, whole.length);
        for (int i = 0; i < 300; i++) {
            int first = random.nextInt(whole.length + 1);
            int count = random.nextInt(whole.length - first + 1);
            float[] part = new float[count + 5];
            Arrays.fill(part, 0.125f);
            tensor.widen(first, part, 2, count);
            float[] expected = new float[count + 5];
            Arrays.fill(expected, 0.125f);
            System.arraycopy(whole, first, expected, 2, count);
            assertArrayEquals(expected, part, "from %d, %d".formatted(first, count));
        }
    }

    @Test
    void longTensorsAreReadInPieces() {
        Random random = new Random(9);
        BlockType type = BlockType.Q6_K;
        byte[] blocks = new byte[1000 * type.bytes()];
        for (int i = 0; i < 1000; i++) {
            System.arraycopy(randomBlock(type, random), 0, blocks, i * type.bytes(), type.bytes());
        }
        long[] shape = {1000, type.elements()};
        Tensor tensor = new BlockTensor("x", type, shape, StoredBytes.of(blocks), "file");
        float[] whole = tensor.toFloats();
        float[] block = new float[type.elements()];
        for (int i = 0; i < 1000; i++) {
            type.decode(blocks, i * type.bytes(), block, 0);
            assertArrayEquals(
                    block, Arrays.copyOfRange(whole, i * 256, (i + 1) * 256), "block " + i);
        }
        assertEquals("Q6_K", tensor.storage());
        assertEquals(blocks.length, tensor.bytes());
    }

    @ParameterizedTest
    @EnumSource
    void refusesScalesThatAreNoNumbers(BlockType type) {
        for (int place : BitwiseDecoder.halves(type)) {
            for (float scale : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
                byte[] blocks = new byte[3 * type.bytes()];
                ByteBuffer.wrap(blocks)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putShort(2 * type.bytes() + place, Float.floatToFloat16(scale));
                long[] shape = {3, type.elements()};
                Tensor tensor =
                        new BlockTensor("x", type, shape, StoredBytes.of(blocks), "the file");
                tensor.widen(0, new float[2 * type.elements()], 0, 2 * type.elements());
                UserException refusal = assertThrows(UserException.class, tensor::toFloats);
                assertEquals(
                        "the file is damaged: tensor 'x' has a scale that is no finite number in"
                                + " block 2; get the file again",
                        refusal.getMessage());
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        StoredBytes block = StoredBytes.of(new byte[18]);
        assertThrows(
                IllegalArgumentException.class,
                () -> new BlockTensor("x", BlockType.Q4_0, new long[] {31}, block, "file"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new BlockTensor("x", BlockType.Q4_0, new long[] {64}, block, "file"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new BlockTensor("x", BlockType.Q4_0, new long[] {}, block, "file"));
        Tensor tensor = new BlockTensor("x", BlockType.Q4_0, new long[] {32}, block, "file");
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.widen(1, new float[32], 0, 32));
        assertThrows(IndexOutOfBoundsException.class, () -> tensor.widen(0, new float[32], 1, 32));
    }

    /** Random bits with finite scales. */
    private static byte[] randomBlock(BlockType type, Random random) {
        byte[] block = new byte[type.bytes()];
        random.nextBytes(block);
        ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        for (int place : BitwiseDecoder.halves(type)) {
            buffer.putShort(place, Float.floatToFloat16((float) random.nextGaussian()));
        }
        return block;
    }

    /** The layouts of {@code ggml-common.h} an element at a time, told in bits. */
    private static final class BitwiseDecoder {
        private final byte[] block;

        private BitwiseDecoder(byte[] block) {
            this.block = block;
        }

        static int[] halves(BlockType type) {
            return switch (type) {
                case Q4_0, Q5_0, Q8_0 -> new int[] {0};
                case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
                case Q2_K -> new int[] {80, 82};
                case Q3_K -> new int[] {108};
                case Q6_K -> new int[] {208};
            };
        }

        static int bits(BlockType type) {
            return switch (type) {
                case Q2_K -> 2;
                case Q3_K -> 3;
                case Q4_0, Q4_1, Q4_K -> 4;
                case Q5_0, Q5_1, Q5_K -> 5;
                case Q6_K -> 6;
                case Q8_0 -> 8;
            };
        }

        static boolean isCode(BlockType type, int at) {
            return switch (type) {
                case Q4_0, Q5_0, Q8_0 -> at >= 2;
                case Q4_1, Q5_1 -> at >= 4;
                case Q2_K -> at >= 16 && at < 80;
                case Q3_K -> at < 96;
                case Q4_K, Q5_K -> at >= 16;
                case Q6_K -> at < 192;
            };
        }

        /** All scales one, all minima whatever that makes them. */
        static void putScales(BlockType type, byte[] block) {
            ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
            for (int place : halves(type)) {
                buffer.putShort(place, Float.floatToFloat16(1));
            }
            switch (type) {
                case Q2_K -> Arrays.fill(block, 0, 16, (byte) 1);
                case Q4_K, Q5_K -> Arrays.fill(block, 4, 16, (byte) 1);
                case Q6_K -> Arrays.fill(block, 192, 208, (byte) 1);
                default -> {}
            }
        }

        static float element(BlockType type, byte[] block, int j) {
            BitwiseDecoder bits = new BitwiseDecoder(block);
            return switch (type) {
                case Q4_0 -> (bits.nibble(2, j) - 8) * bits.half(0);
                case Q4_1 -> bits.nibble(4, j) * bits.half(0) + bits.half(2);
                case Q5_0 -> (bits.nibble(6, j) + 16 * bits.bit(16 + j) - 16) * bits.half(0);
                case Q5_1 ->
                        (bits.nibble(8, j) + 16 * bits.bit(32 + j)) * bits.half(0) + bits.half(2);
                case Q8_0 -> block[2 + j] * bits.half(0);
                case Q2_K -> {
                    int scale = block[j / 16] & 0xFF;
                    yield bits.half(80) * (scale % 16) * bits.pair(16, j)
                            - bits.half(82) * (scale / 16);
                }
                case Q3_K -> {
                    int sub = j / 16;
                    int low = sub < 8 ? block[96 + sub] & 15 : (block[88 + sub] & 0xFF) >> 4;
                    int high = (block[104 + sub % 4] & 0xFF) >> 2 * (sub / 4) & 3;
                    int third = bits.bit(8 * (j % 32) + j / 32);
                    yield bits.half(108)
                            * (low + 16 * high - 32)
                            * (bits.pair(32, j) + 4 * third - 4);
                }
                case Q4_K -> bits.sixBit(j, bits.nibbleOf64(16, j));
                case Q5_K ->
                        bits.sixBit(
                                j,
                                bits.nibbleOf64(48, j) + 16 * bits.bit(8 * (16 + j % 32) + j / 32));
                case Q6_K -> {
                    int half = j / 128;
                    int part = j % 128 / 32;
                    int l = j % 32;
                    int low = block[64 * half + 32 * (part % 2) + l] & 0xFF;
                    int pair = (block[128 + 32 * half + l] & 0xFF) >> 2 * part & 3;
                    int q = (part < 2 ? low % 16 : low / 16) + 16 * pair;
                    yield bits.half(208) * block[192 + j / 16] * (q - 32);
                }
            };
        }

        /** {@code d * scale * q - dmin * minimum} with the scales of Q4_K and Q5_K. */
        private float sixBit(int j, int q) {
            int sub = j / 32;
            int[] s = new int[12];
            for (int i = 0; i < 12; i++) {
                s[i] = block[4 + i] & 0xFF;
            }
            int scale = sub < 4 ? s[sub] % 64 : s[sub + 4] % 16 + 16 * (s[sub - 4] / 64);
            int minimum = sub < 4 ? s[sub + 4] % 64 : s[sub + 4] / 16 + 16 * (s[sub] / 64);
            return half(0) * scale * q - half(2) * minimum;
        }

        private float half(int at) {
            return Float.float16ToFloat(
                    ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getShort(at));
        }

        private int bit(int index) {
            return (block[index / 8] & 0xFF) >> index % 8 & 1;
        }

        /** Low nibbles are elements 0 to 15 of 32, high ones 16 to 31. */
        private int nibble(int at, int j) {
            int both = block[at + j % 16] & 0xFF;
            return j < 16 ? both % 16 : both / 16;
        }

        /** Each run of 64 has 32 bytes: low nibbles first. */
        private int nibbleOf64(int at, int j) {
            int both = block[at + 32 * (j / 64) + j % 32] & 0xFF;
            return j % 64 < 32 ? both % 16 : both / 16;
        }

        /** Each run of 128 has 32 bytes: four runs of 32, the lowest bits first. */
        private int pair(int at, int j) {
            return (block[at + 32 * (j / 128) + j % 32] & 0xFF) >> 2 * (j % 128 / 32) & 3;
        }
    }
}
