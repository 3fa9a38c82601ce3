package io.agilelens.engine.export;

/**
 * Codes of few bits side by side, the first in the lowest bits of the first byte. Every row starts
 * at a byte of its own; unused bits at its end are 0.
 */
final class CodePacking {
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
        for (int row = 0; row < rows; row++) {
            int target = row * rowBytes;
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
        return packed;
    }

    /** Undoes {@link #pack}. */
    static byte[] unpack(byte[] packed, int rows, int columns, int bits) {
        int rowBytes = rowBytes(columns, bits);
        int mask = (1 << bits) - 1;
        byte[] codes = new byte[Math.multiplyExact(rows, columns)];
        for (int row = 0; row < rows; row++) {
            int source = row * rowBytes;
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
        return codes;
    }
}
