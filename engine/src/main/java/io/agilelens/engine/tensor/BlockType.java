package io.agilelens.engine.tensor;

/**
 * The block quantization types of ggml: a fixed number of consecutive elements of a row share one
 * or more scales and lie together in a block of fixed size. Layouts and the order of the arithmetic
 * are those of the reference dequantizers of {@code ggml-quants.c}, in float32 without fused
 * operations; half-precision scales are widened exactly.
 *
 * <p>In the K types a block of 256 elements has sub-blocks of 16 or 32 with small integer scales,
 * and, where there is a second half-precision number, small integer minima.
 */
public enum BlockType {
    /** Half d, 32 nibbles q: {@code (q - 8) * d}. */
    Q4_0(32, 18, 0) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            for (int j = 0; j < 16; j++) {
                int pair = block[at + 2 + j];
                target[to + j] = ((pair & 15) - 8) * d;
                target[to + j + 16] = ((pair >> 4 & 15) - 8) * d;
            }
        }
    },
    /** Halves d and m, 32 nibbles q: {@code q * d + m}. */
    Q4_1(32, 20, 0, 2) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            float m = half(block, at + 2);
            for (int j = 0; j < 16; j++) {
                int pair = block[at + 4 + j];
                target[to + j] = (pair & 15) * d + m;
                target[to + j + 16] = (pair >> 4 & 15) * d + m;
            }
        }
    },
    /** Half d, 32 fifth bits, 32 nibbles: {@code (q - 16) * d}. */
    Q5_0(32, 22, 0) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            int high = integer(block, at + 2);
            for (int j = 0; j < 16; j++) {
                int pair = block[at + 6 + j];
                target[to + j] = ((pair & 15 | (high >> j & 1) << 4) - 16) * d;
                target[to + j + 16] = ((pair >> 4 & 15 | (high >> j + 16 & 1) << 4) - 16) * d;
            }
        }
    },
    /** Halves d and m, 32 fifth bits, 32 nibbles: {@code q * d + m}. */
    Q5_1(32, 24, 0, 2) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            float m = half(block, at + 2);
            int high = integer(block, at + 4);
            for (int j = 0; j < 16; j++) {
                int pair = block[at + 8 + j];
                target[to + j] = (pair & 15 | (high >> j & 1) << 4) * d + m;
                target[to + j + 16] = (pair >> 4 & 15 | (high >> j + 16 & 1) << 4) * d + m;
            }
        }
    },
    /** Half d, 32 signed bytes q: {@code q * d}. */
    Q8_0(32, 34, 0) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            for (int j = 0; j < 32; j++) {
                target[to + j] = block[at + 2 + j] * d;
            }
        }
    },
    /**
     * 16 bytes of scale (low nibble) and minimum (high nibble), 64 bytes of 2-bit q, halves d and
     * dmin: {@code d * scale * q - dmin * minimum}.
     */
    Q2_K(256, 84, 80, 82) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at + 80);
            float dmin = half(block, at + 82);
            for (int sub = 0; sub < 16; sub++) {
                float scale = d * (block[at + sub] & 15);
                float minimum = dmin * (block[at + sub] >> 4 & 15);
                int codes = at + 16 + twoBitBytes(sub);
                int shift = twoBitShift(sub);
                for (int l = 0; l < 16; l++) {
                    target[to + 16 * sub + l] = scale * (block[codes + l] >> shift & 3) - minimum;
                }
            }
        }
    },
    /**
     * 32 bytes of third bits (a clear bit takes 4 off), 64 bytes of 2-bit q, 12 bytes of sixteen
     * 6-bit scales offset by 32, half d: {@code d * scale * q}.
     */
    Q3_K(256, 110, 108) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at + 108);
            for (int sub = 0; sub < 16; sub++) {
                float scale = d * (scale(block, at + 96, sub) - 32);
                int codes = at + 32 + twoBitBytes(sub);
                int shift = twoBitShift(sub);
                int highs = at + 16 * (sub & 1);
                int highBit = sub >> 1;
                for (int l = 0; l < 16; l++) {
                    int q = block[codes + l] >> shift & 3;
                    int missing = (block[highs + l] >> highBit & 1) == 0 ? 4 : 0;
                    target[to + 16 * sub + l] = scale * (q - missing);
                }
            }
        }

        /** Low nibbles stand in bytes 0 to 7, pairs of high bits in bytes 8 to 11. */
        private static int scale(byte[] block, int scales, int sub) {
            int low = block[scales + (sub & 7)] >> (sub < 8 ? 0 : 4) & 15;
            int high = block[scales + 8 + (sub & 3)] >> 2 * (sub >> 2) & 3;
            return low | high << 4;
        }
    },
    /** Halves d and dmin, eight 6-bit scales and minima in 12 bytes, 128 bytes of nibbles. */
    Q4_K(256, 144, 0, 2) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            float dmin = half(block, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * sixBitScale(block, at + 4, sub);
                float minimum = dmin * sixBitMinimum(block, at + 4, sub);
                int codes = at + 16 + 32 * (sub >> 1);
                int shift = 4 * (sub & 1);
                for (int l = 0; l < 32; l++) {
                    target[to + 32 * sub + l] = scale * (block[codes + l] >> shift & 15) - minimum;
                }
            }
        }
    },
    /** As Q4_K, with 32 bytes of fifth bits before the nibbles; sub-block i uses bit i of them. */
    Q5_K(256, 176, 0, 2) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at);
            float dmin = half(block, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * sixBitScale(block, at + 4, sub);
                float minimum = dmin * sixBitMinimum(block, at + 4, sub);
                int codes = at + 48 + 32 * (sub >> 1);
                int shift = 4 * (sub & 1);
                for (int l = 0; l < 32; l++) {
                    int q = block[codes + l] >> shift & 15 | (block[at + 16 + l] >> sub & 1) << 4;
                    target[to + 32 * sub + l] = scale * q - minimum;
                }
            }
        }
    },
    /**
     * 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed byte scales, half d: {@code d
     * * scale * (q - 32)}.
     */
    Q6_K(256, 210, 208) {
        @Override
        void decode(byte[] block, int at, float[] target, int to) {
            float d = half(block, at + 208);
            for (int run = 0; run < 8; run++) {
                // Runs of 32: four to a half, which has 64 low bytes, 32 high bytes, 8 scales.
                int half = run >> 2;
                int part = run & 3;
                int lows = at + 64 * half + 32 * (part & 1);
                int highs = at + 128 + 32 * half;
                int scales = at + 192 + 8 * half + 2 * part;
                int shift = part < 2 ? 0 : 4;
                for (int l = 0; l < 32; l++) {
                    int q = block[lows + l] >> shift & 15 | (block[highs + l] >> 2 * part & 3) << 4;
                    target[to + 32 * run + l] = d * block[scales + (l >> 4)] * (q - 32);
                }
            }
        }
    };

    private static final int INFINITE = 0x7C00;

    private final int elements;
    private final int bytes;
    private final int[] halves;

    /**
     * @param halves where in a block half-precision numbers stand
     */
    BlockType(int elements, int bytes, int... halves) {
        this.elements = elements;
        this.bytes = bytes;
        this.halves = halves;
    }

    /** Elements of a block; the length of a row is a multiple of it. */
    public int elements() {
        return elements;
    }

    /** Bytes of a block. */
    public int bytes() {
        return bytes;
    }

    /**
     * Decodes one block.
     *
     * @param at where in {@code block} it starts
     * @param to where in {@code target} its {@link #elements()} values go
     */
    abstract void decode(byte[] block, int at, float[] target, int to);

    /** Whether none of a block's scales is infinite or NaN, which would spoil all its elements. */
    boolean hasFiniteScales(byte[] block, int at) {
        for (int place : halves) {
            if ((block[at + place + 1] << 8 & INFINITE) == INFINITE) {
                return false;
            }
        }
        return true;
    }

    private static float half(byte[] block, int at) {
        return Float.float16ToFloat((short) (block[at] & 0xFF | block[at + 1] << 8));
    }

    private static int integer(byte[] block, int at) {
        return block[at] & 0xFF
                | (block[at + 1] & 0xFF) << 8
                | (block[at + 2] & 0xFF) << 16
                | block[at + 3] << 24;
    }

    /** Where the 2-bit codes of a sub-block of 16 start: four runs of 32 share 32 bytes. */
    private static int twoBitBytes(int sub) {
        return 32 * (sub >> 3) + 16 * (sub & 1);
    }

    private static int twoBitShift(int sub) {
        return 2 * (sub >> 1 & 3);
    }

    /** Scales 0 to 3 are the low six bits of bytes 0 to 3; the others are put together. */
    private static int sixBitScale(byte[] block, int scales, int sub) {
        return sub < 4
                ? block[scales + sub] & 63
                : block[scales + sub + 4] & 15 | (block[scales + sub - 4] >> 6 & 3) << 4;
    }

    /** Minima 0 to 3 are the low six bits of bytes 4 to 7; the others are put together. */
    private static int sixBitMinimum(byte[] block, int scales, int sub) {
        return sub < 4
                ? block[scales + sub + 4] & 63
                : block[scales + sub + 4] >> 4 & 15 | (block[scales + sub] >> 6 & 3) << 4;
    }
}
