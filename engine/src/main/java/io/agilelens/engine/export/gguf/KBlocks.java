package io.agilelens.engine.export.gguf;

import java.nio.ByteBuffer;

/**
 * Encodes blocks of 256 values as Q4_K and Q6_K. Every sub-block's scale (and minimum) is searched
 * for the least squared error: candidates around the range give codes, and codes the scale that
 * fits them best. Then the sub-blocks' scales are rounded to the few bits they have, their
 * neighbours are tried, and the codes are chosen anew for what the file will really say. The bytes
 * are not those of ggml, whose search weighs errors in another way; any reader decodes them.
 */
final class KBlocks {
    private static final int BLOCK = 256;

    private KBlocks() {}

    // ---- Q4_K: d · scale · q − dmin · minimum, eight sub-blocks of 32

    private static final int FOUR_SUBS = 8;
    private static final int FOUR_SIZE = 32;
    private static final int FOUR_TOP = 15;
    private static final int SIX_BITS = 63;

    static void putQ4K(float[] values, int at, ByteBuffer target) {
        float[] scales = new float[FOUR_SUBS];
        float[] minima = new float[FOUR_SUBS];
        float mostScale = 0;
        float mostMinimum = 0;
        for (int sub = 0; sub < FOUR_SUBS; sub++) {
            float[] fit = fitWithMinimum(values, at + FOUR_SIZE * sub);
            scales[sub] = fit[0];
            minima[sub] = fit[1];
            mostScale = Math.max(mostScale, fit[0]);
            mostMinimum = Math.max(mostMinimum, fit[1]);
        }
        short halfD = Float.floatToFloat16(mostScale / SIX_BITS);
        short halfMin = Float.floatToFloat16(mostMinimum / SIX_BITS);
        float d = Float.float16ToFloat(halfD);
        float dmin = Float.float16ToFloat(halfMin);
        int[] scale = new int[FOUR_SUBS];
        int[] minimum = new int[FOUR_SUBS];
        int[] codes = new int[BLOCK];
        for (int sub = 0; sub < FOUR_SUBS; sub++) {
            int from = at + FOUR_SIZE * sub;
            int nearScale = near(scales[sub], d);
            int nearMinimum = near(minima[sub], dmin);
            double least = Double.POSITIVE_INFINITY;
            for (int s = Math.max(0, nearScale - 1); s <= Math.min(SIX_BITS, nearScale + 1); s++) {
                for (int m = Math.max(0, nearMinimum - 1);
                        m <= Math.min(SIX_BITS, nearMinimum + 1);
                        m++) {
                    double error = error(values, from, d * s, dmin * m);
                    if (error < least) {
                        least = error;
                        scale[sub] = s;
                        minimum[sub] = m;
                    }
                }
            }
            for (int i = 0; i < FOUR_SIZE; i++) {
                codes[FOUR_SIZE * sub + i] =
                        code(values[from + i], d * scale[sub], dmin * minimum[sub]);
            }
        }
        target.putShort(halfD).putShort(halfMin);
        putSixBits(scale, minimum, target);
        int[] pair = new int[2 * FOUR_SIZE];
        for (int sub = 0; sub < FOUR_SUBS; sub += 2) {
            System.arraycopy(codes, FOUR_SIZE * sub, pair, 0, pair.length);
            BlockEncoder.putNibbles(pair, target);
        }
    }

    private static int near(float value, float unit) {
        return unit == 0 ? 0 : Math.clamp((long) Math.rint(value / unit), 0, SIX_BITS);
    }

    private static int code(float value, float scale, float minimum) {
        return scale == 0
                ? 0
                : Math.clamp((long) Math.rint((value + minimum) / scale), 0, FOUR_TOP);
    }

    private static double error(float[] values, int from, float scale, float minimum) {
        double error = 0;
        for (int i = from; i < from + FOUR_SIZE; i++) {
            double difference = scale * code(values[i], scale, minimum) - minimum - values[i];
            error += difference * difference;
        }
        return error;
    }

    /** The scale and the minimum (taken off, so at least 0) of least squared error. */
    private static float[] fitWithMinimum(float[] values, int from) {
        float low = 0;
        float high = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + FOUR_SIZE; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
        }
        float[] best = {0, -low};
        if (high <= low) {
            return best;
        }
        double least = Double.POSITIVE_INFINITY;
        for (int step = -10; step <= 20; step++) {
            float inverse = (FOUR_TOP + 0.1f * step) / (high - low);
            double codes = 0;
            double squares = 0;
            double sum = 0;
            double products = 0;
            for (int i = from; i < from + FOUR_SIZE; i++) {
                int code = Math.clamp((long) Math.rint((values[i] - low) * inverse), 0, FOUR_TOP);
                codes += code;
                squares += (double) code * code;
                sum += values[i];
                products += code * (double) values[i];
            }
            double determinant = FOUR_SIZE * squares - codes * codes;
            if (determinant <= 0) {
                continue;
            }
            double scale = (FOUR_SIZE * products - sum * codes) / determinant;
            double minimum = -(sum * squares - codes * products) / determinant;
            if (minimum < 0) {
                minimum = 0;
                scale = products / squares;
            }
            if (scale <= 0) {
                continue;
            }
            double error = error(values, from, (float) scale, (float) minimum);
            if (error < least) {
                least = error;
                best[0] = (float) scale;
                best[1] = (float) minimum;
            }
        }
        return best;
    }

    /** Eight scales and eight minima of six bits in twelve bytes. */
    private static void putSixBits(int[] scale, int[] minimum, ByteBuffer target) {
        byte[] bytes = new byte[12];
        for (int sub = 0; sub < 4; sub++) {
            bytes[sub] = (byte) (scale[sub] | scale[sub + 4] >> 4 << 6);
            bytes[sub + 4] = (byte) (minimum[sub] | minimum[sub + 4] >> 4 << 6);
            bytes[sub + 8] = (byte) (scale[sub + 4] & 15 | (minimum[sub + 4] & 15) << 4);
        }
        target.put(bytes);
    }

    // ---- Q6_K: d · scale · (q − 32), sixteen sub-blocks of 16

    private static final int SIX_SUBS = 16;
    private static final int SIX_SIZE = 16;
    private static final int SIX_HALF = 32;
    private static final int BYTE_TOP = 127;

    static void putQ6K(float[] values, int at, ByteBuffer target) {
        float[] scales = new float[SIX_SUBS];
        float most = 0;
        for (int sub = 0; sub < SIX_SUBS; sub++) {
            scales[sub] = fit(values, at + SIX_SIZE * sub);
            most = Math.max(most, Math.abs(scales[sub]));
        }
        short halfD = Float.floatToFloat16(most / BYTE_TOP);
        float d = Float.float16ToFloat(halfD);
        byte[] scale = new byte[SIX_SUBS];
        int[] codes = new int[BLOCK];
        for (int sub = 0; sub < SIX_SUBS; sub++) {
            int from = at + SIX_SIZE * sub;
            int near =
                    d == 0 ? 0 : Math.clamp((long) Math.rint(scales[sub] / d), -BYTE_TOP, BYTE_TOP);
            double least = Double.POSITIVE_INFINITY;
            for (int s = Math.max(-BYTE_TOP - 1, near - 1);
                    s <= Math.min(BYTE_TOP, near + 1);
                    s++) {
                double error = error(values, from, d * s);
                if (error < least) {
                    least = error;
                    scale[sub] = (byte) s;
                }
            }
            for (int i = 0; i < SIX_SIZE; i++) {
                codes[SIX_SIZE * sub + i] = SIX_HALF + code(values[from + i], d * scale[sub]);
            }
        }
        putSixBitCodes(codes, target);
        target.put(scale).putShort(halfD);
    }

    private static int code(float value, float scale) {
        return scale == 0
                ? 0
                : Math.clamp((long) Math.rint(value / scale), -SIX_HALF, SIX_HALF - 1);
    }

    private static double error(float[] values, int from, float scale) {
        double error = 0;
        for (int i = from; i < from + SIX_SIZE; i++) {
            double difference = scale * code(values[i], scale) - values[i];
            error += difference * difference;
        }
        return error;
    }

    /** The scale of least squared error; its sign lets the largest value have the code −32. */
    private static float fit(float[] values, int from) {
        float largest = 0;
        for (int i = from; i < from + SIX_SIZE; i++) {
            if (Math.abs(values[i]) > Math.abs(largest)) {
                largest = values[i];
            }
        }
        if (largest == 0) {
            return 0;
        }
        float best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int step = -10; step <= 10; step++) {
            float candidate = largest / -(SIX_HALF + 0.1f * step);
            double squares = 0;
            double products = 0;
            for (int i = from; i < from + SIX_SIZE; i++) {
                int code = code(values[i], candidate);
                squares += (double) code * code;
                products += code * (double) values[i];
            }
            if (squares == 0) {
                continue;
            }
            float scale = (float) (products / squares);
            double error = error(values, from, scale);
            if (error < least) {
                least = error;
                best = scale;
            }
        }
        return best;
    }

    /**
     * Four bits of each code in 128 bytes, then two bits of each in 64, half by half of a block.
     */
    private static void putSixBitCodes(int[] codes, ByteBuffer target) {
        byte[] lows = new byte[BLOCK / 2];
        byte[] highs = new byte[BLOCK / 4];
        for (int half = 0; half < 2; half++) {
            for (int l = 0; l < 32; l++) {
                int a = codes[128 * half + l];
                int b = codes[128 * half + l + 32];
                int c = codes[128 * half + l + 64];
                int e = codes[128 * half + l + 96];
                lows[64 * half + l] = (byte) (a & 15 | (c & 15) << 4);
                lows[64 * half + l + 32] = (byte) (b & 15 | (e & 15) << 4);
                highs[32 * half + l] = (byte) (a >> 4 | b >> 4 << 2 | c >> 4 << 4 | e >> 4 << 6);
            }
        }
        target.put(lows).put(highs);
    }
}
