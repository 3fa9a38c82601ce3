package io.agilelens.engine.export.gguf;

import io.agilelens.engine.format.gguf.GgufType;
import io.agilelens.engine.quant.QuantizedWeight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Puts the codes of a quantized weight into a block type as they are, so that nothing is quantized
 * twice; only scales (and, in Q4_1, minima) are rounded to half precision. That works where every
 * 32 neighbouring inputs share a scale and the codes fit.
 */
public final class CarriedCodes {
    private static final int BLOCK = 32;
    private static final int MIDDLE = 8;

    private CarriedCodes() {}

    /** Whether a type can hold the codes. */
    public static boolean fit(GgufType type, QuantizedWeight weight) {
        if (weight.inputs() % BLOCK != 0) {
            return false;
        }
        for (int c = 0; c < weight.inputs(); c++) {
            if (weight.groupOf()[c] != weight.groupOf()[c / BLOCK * BLOCK]) {
                return false;
            }
        }
        return switch (type) {
            case Q4_0 -> weight.bits() <= 4 && liesIn(weight, -MIDDLE, MIDDLE - 1);
            case Q4_1 -> weight.bits() <= 4;
            case Q8_0 -> liesIn(weight, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case F32, F16, Q4_K, Q6_K -> false;
        };
    }

    /** Whether all codes less their zero points lie in a range. */
    private static boolean liesIn(QuantizedWeight weight, int least, int most) {
        for (int o = 0; o < weight.outputs(); o++) {
            for (int c = 0; c < weight.inputs(); c++) {
                int difference = weight.code(o, c) - weight.zeros()[parameter(weight, o, c)];
                if (difference < least || difference > most) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int parameter(QuantizedWeight weight, int output, int input) {
        return output * weight.groups() + weight.groupOf()[input];
    }

    /** Writes the blocks of a weight that fits. */
    public static void write(WritableByteChannel channel, GgufType type, QuantizedWeight weight)
            throws IOException {
        int blocks = weight.inputs() / BLOCK;
        ByteBuffer row =
                ByteBuffer.allocate(blocks * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int o = 0; o < weight.outputs(); o++) {
            row.clear();
            for (int block = 0; block < blocks; block++) {
                put(row, type, weight, o, block * BLOCK);
            }
            row.flip();
            while (row.hasRemaining()) {
                channel.write(row);
            }
        }
    }

    private static void put(
            ByteBuffer target, GgufType type, QuantizedWeight weight, int output, int input) {
        int parameter = parameter(weight, output, input);
        int zero = weight.zeros()[parameter];
        short scale = Float.floatToFloat16(weight.scales()[parameter]);
        target.putShort(scale);
        int added = 0;
        switch (type) {
            case Q4_0 -> added = MIDDLE - zero;
            case Q4_1 -> target.putShort(Float.floatToFloat16(-zero * weight.scales()[parameter]));
            case Q8_0 -> {
                for (int i = 0; i < BLOCK; i++) {
                    target.put((byte) (weight.code(output, input + i) - zero));
                }
                return;
            }
            default -> throw new IllegalArgumentException(type + " carries no codes");
        }
        int[] codes = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = weight.code(output, input + i) + added;
        }
        BlockEncoder.putNibbles(codes, target);
    }
}
