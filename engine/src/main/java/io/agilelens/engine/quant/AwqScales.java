package io.agilelens.engine.quant;

import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The outcome of AWQ's scale search (METHOD §3): among 20 powers of the activations' magnitude, the
 * one whose scales make quantization cost least. Source: llm-awq, {@code auto_scale.py}.
 *
 * @param losses mean squared difference of the inspected output, by ratio {@code i / 20}
 * @param best index of the first smallest loss
 * @param scales the best ratio's, {@code [inputs]}; read only
 */
public record AwqScales(double[] losses, int best, float[] scales) {
    /** Ratios tried, from 0 on. */
    public static final int RATIOS = 20;

    private static final float LEAST_SCALE = 1e-4f;

    /** The ratio that won, 0…0.95. */
    public double ratio() {
        return (double) best / RATIOS;
    }

    /**
     * Scales of one ratio: {@code s = max(a^(i/20), 1e-4)}, divided by {@code sqrt(max s · min s)}.
     *
     * @param magnitudes mean absolute activation of each input channel
     * @param index of the ratio, 0…19
     */
    public static float[] of(float[] magnitudes, int index) {
        float[] scales = new float[magnitudes.length];
        float least = Float.POSITIVE_INFINITY;
        float most = 0;
        for (int c = 0; c < scales.length; c++) {
            double power = Math.pow(magnitudes[c], (double) index / RATIOS);
            scales[c] = Math.max((float) power, LEAST_SCALE);
            least = Math.min(least, scales[c]);
            most = Math.max(most, scales[c]);
        }
        float middle = (float) Math.sqrt(most * least);
        for (int c = 0; c < scales.length; c++) {
            scales[c] /= middle;
        }
        return scales;
    }

    /**
     * Tries all ratios.
     *
     * @param magnitudes mean absolute activation of each input channel
     * @param loss of quantizing with scales {@code [inputs]}
     * @return empty if no loss is a number
     */
    public static Optional<AwqScales> search(float[] magnitudes, ToDoubleFunction<float[]> loss) {
        double[] losses = new double[RATIOS];
        int best = -1;
        float[] bestScales = null;
        for (int index = 0; index < RATIOS; index++) {
            float[] scales = of(magnitudes, index);
            losses[index] = loss.applyAsDouble(scales);
            boolean better =
                    best < 0 ? Double.isFinite(losses[index]) : losses[index] < losses[best];
            if (better) {
                best = index;
                bestScales = scales;
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(new AwqScales(losses, best, bestScales));
    }
}
