package io.agilelens.engine.model;

import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.kernel.Workers;
import java.util.Arrays;

/**
 * The positions of a pass's tokens and, for rotary embedding, cosines and sines of their angles.
 */
final class Positions {

    /** Angles of rotary embedding that are worth another thread. */
    private static final int ANGLES_PER_PIECE = 1 << 9;

    private final int[] values;
    private final int next;
    private float[] cosines;
    private float[] sines;

    /**
     * @param next position of the token that will follow
     */
    Positions(int[] values, int next) {
        this.values = values;
        this.next = next;
    }

    int[] values() {
        return values;
    }

    int next() {
        return next;
    }

    /**
     * Turns queries or keys in place; does nothing where embedding is not rotary.
     *
     * @param config always that of the same model
     */
    void rotate(float[] x, ModelConfig config, int heads, Kernels kernels) {
        if (config.positions() instanceof RotaryEmbedding rotary) {
            if (cosines == null) {
                turn(rotary.frequencies(config.headDimension(), next));
            }
            kernels.rotate(x, values.length, heads, config.headDimension(), cosines, sines);
        }
    }

    private void turn(float[] frequencies) {
        int half = frequencies.length;
        cosines = new float[values.length * half];
        sines = new float[values.length * half];
        Workers.shared()
                .forRanges(
                        values.length,
                        Math.max(1, ANGLES_PER_PIECE / half),
                        (from, to) -> {
                            for (int i = from * half; i < to * half; i++) {
                                float angle = values[i / half] * frequencies[i % half];
                                cosines[i] = (float) Math.cos(angle);
                                sines[i] = (float) Math.sin(angle);
                            }
                        });
    }

    /** As many positions, counted from a start. */
    Positions renumbered(int start) {
        int[] numbered = range(start, values.length);
        int end = start + values.length;
        return next == end && Arrays.equals(numbered, values) ? this : new Positions(numbered, end);
    }

    /** The positions of the tokens that stay; what follows is not moved up. */
    Positions of(int[] kept) {
        return new Positions(gather(values, kept), next);
    }

    static int[] gather(int[] from, int[] kept) {
        int[] gathered = new int[kept.length];
        for (int i = 0; i < kept.length; i++) {
            gathered[i] = from[kept[i]];
        }
        return gathered;
    }

    static int[] range(int start, int count) {
        int[] range = new int[count];
        for (int i = 0; i < count; i++) {
            range[i] = start + i;
        }
        return range;
    }
}
