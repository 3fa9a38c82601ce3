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

    /** Of positions that follow one another, where the angles may be found; null if nowhere. */
    private final Angles before;

    private Angles angles;

    /**
     * @param next position of the token that will follow
     */
    Positions(int[] values, int next) {
        this(values, next, null);
    }

    private Positions(int[] values, int next, Angles before) {
        this.values = values;
        this.next = next;
        this.before = before;
    }

    /**
     * @param positions ascending
     * @param frequencies radians per position of each pair of elements
     * @param cosines {@code [positions, pairs]}, and more behind them
     * @param sines as the cosines
     */
    private record Angles(int[] positions, float[] frequencies, float[] cosines, float[] sines) {

        private static Angles of(int[] positions, float[] frequencies) {
            int half = frequencies.length;
            float[] cosines = new float[positions.length * half];
            float[] sines = new float[cosines.length];
            Workers.shared()
                    .forRanges(
                            positions.length,
                            Math.max(1, ANGLES_PER_PIECE / half),
                            (from, to) -> {
                                for (int i = from * half; i < to * half; i++) {
                                    float angle = positions[i / half] * frequencies[i % half];
                                    cosines[i] = (float) Math.cos(angle);
                                    sines[i] = (float) Math.sin(angle);
                                }
                            });
            return new Angles(positions, frequencies, cosines, sines);
        }

        /** Whether some positions, ascending, are among these, which follow one another. */
        private boolean has(int[] some, float[] frequencies) {
            return some[0] >= positions[0]
                    && some[some.length - 1] <= positions[positions.length - 1]
                    && Arrays.equals(this.frequencies, frequencies);
        }

        /** The angles of some positions that these have. */
        private Angles select(int[] some) {
            if (some[0] == positions[0] && isRange(some)) {
                return new Angles(some, frequencies, cosines, sines);
            }
            int half = frequencies.length;
            float[] someCosines = new float[some.length * half];
            float[] someSines = new float[someCosines.length];
            for (int i = 0; i < some.length; i++) {
                int row = some[i] - positions[0];
                System.arraycopy(cosines, row * half, someCosines, i * half, half);
                System.arraycopy(sines, row * half, someSines, i * half, half);
            }
            return new Angles(some, frequencies, someCosines, someSines);
        }

        private static boolean isRange(int[] positions) {
            return positions[positions.length - 1] - positions[0] == positions.length - 1;
        }
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
            if (angles == null) {
                angles = angles(rotary.frequencies(config.headDimension(), next));
            }
            kernels.rotate(
                    x,
                    values.length,
                    heads,
                    config.headDimension(),
                    angles.cosines(),
                    angles.sines());
        }
    }

    private Angles angles(float[] frequencies) {
        return before != null && before.has(values, frequencies)
                ? before.select(values)
                : Angles.of(values, frequencies);
    }

    /** As many positions, counted from a start. */
    Positions renumbered(int start) {
        int[] numbered = range(start, values.length);
        int end = start + values.length;
        return next == end && Arrays.equals(numbered, values)
                ? this
                : new Positions(numbered, end, known());
    }

    /** The positions of the tokens that stay; what follows is not moved up. */
    Positions of(int[] kept) {
        return new Positions(gather(values, kept), next, known());
    }

    /** Where positions made from these may find their angles; null if nowhere. */
    private Angles known() {
        return angles != null && Angles.isRange(values) ? angles : before;
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
