package io.agilelens.benchmarks;

import java.util.Random;
import java.util.stream.IntStream;

/** Operands of no meaning, the same in every run. */
final class RandomInputs {
    private final Random random = new Random(1);

    float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    /** In {@code smallest…largest}, both included. */
    byte[] bytes(int count, int smallest, int largest) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) random.nextInt(smallest, largest + 1);
        }
        return values;
    }

    /** Where blocks of one length start, and the end. */
    static int[] starts(int count, int length) {
        int blocks = (count + length - 1) / length;
        return IntStream.rangeClosed(0, blocks).map(i -> Math.min(i * length, count)).toArray();
    }
}
