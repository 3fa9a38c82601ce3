package io.agilelens.engine.export;

import io.agilelens.engine.kernel.Workers;
import java.util.function.IntConsumer;

/**
 * Codes of few bits side by side, the first in the lowest bits of the first byte. Every row starts
 * at a byte of its own; unused bits at its end are 0.
 */
final class CodePacking {
    /** Fewer codes than this are not worth another thread. */
    private static final int CODES_PER_PIECE = 1 << 15;

    private CodePacking() {}

    /** Bytes of a packed row. */
    static int rowBytes(int columns, int bits) {
        return Math.toIntExact(((long) columns * bits + 7) / 8);
    }

    /**
     * @param codes {@code [rows, columns]}, unsigned, each below {@code 2^bits}
     * @param bits 1…8
     * @return {@code [rows, rowBytes]}
     */
    static byte[] pack(byte[] codes, int rows, int columns, int bits) {
        int rowBytes = rowBytes(columns, bits);
        byte[] packed = new byte[Math.multiplyExact(rows, rowBytes)];
        forRows(rows, columns, row -> packRow(codes, row, columns, bits, packed, row * rowBytes));
        return packed;
    }

    private static void packRow(
            byte[] codes, int row, int columns, int bits, byte[] packed, int start) {
        int target = start;
        int pending = 0;
        int filled = 0;
        for (int column = 0; column < columns; column++) {
            pending |= (codes[row * columns + column] & 0xFF) << filled;
            filled += bits;
            if (filled >= 8) {
                packed[target++] = (byte) pending;
                pending >>>= 8;
                filled -= 8;
            }
        }
        if (filled > 0) {
            packed[target] = (byte) pending;
        }
    }

    /** Undoes {@link #pack}. */
    static byte[] unpack(byte[] packed, int rows, int columns, int bits) {
        int rowBytes = rowBytes(columns, bits);
        byte[] codes = new byte[Math.multiplyExact(rows, columns)];
        forRows(rows, columns, row -> unpackRow(packed, row * rowBytes, codes, row, columns, bits));
        return codes;
    }

    private static void unpackRow(
            byte[] packed, int start, byte[] codes, int row, int columns, int bits) {
        int mask = (1 << bits) - 1;
        int source = start;
        int pending = 0;
        int filled = 0;
        for (int column = 0; column < columns; column++) {
            if (filled < bits) {
                pending |= (packed[source++] & 0xFF) << filled;
                filled += 8;
            }
            codes[row * columns + column] = (byte) (pending & mask);
            pending >>>= bits;
            filled -= bits;
        }
    }

    private static void forRows(int rows, int columns, IntConsumer body) {
        Workers.shared().forEach(rows, 1 + CODES_PER_PIECE / Math.max(1, columns), body);
    }
}
