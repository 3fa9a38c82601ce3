package io.agilelens.engine.quant;

/**
 * SmoothQuant's scales: {@code s_j = max|X_j|^α / max|W_j|^(1−α)}, by which activations are divided
 * and weight columns multiplied. Source: Xiao et al. 2023, equation 4, with the floors of its code
 * ({@code smooth.py}).
 */
public final class SmoothQuantScales {
    private static final float FLOOR = 1e-5f;

    private SmoothQuantScales() {}

    /**
     * @param activations largest absolute activation of each channel
     * @param weights largest absolute weight in each column, over all linears that read the channel
     * @param alpha migration strength, 0…1
     */
    public static float[] of(float[] activations, float[] weights, double alpha) {
        float[] scales = new float[activations.length];
        for (int c = 0; c < scales.length; c++) {
            float activation = (float) Math.pow(activations[c], alpha);
            float weight = (float) Math.pow(Math.max(weights[c], FLOOR), 1 - alpha);
            scales[c] = Math.max(activation / weight, FLOOR);
        }
        return scales;
    }
}
