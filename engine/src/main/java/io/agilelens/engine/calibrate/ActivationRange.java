package io.agilelens.engine.calibrate;

/**
 * The smallest and largest activation of each channel at one site over all calibration windows.
 *
 * @param minimum {@code [channels]}; read only
 * @param maximum {@code [channels]}; read only
 */
public record ActivationRange(float[] minimum, float[] maximum) {

    /** The smallest activation of all channels. */
    public float lowest() {
        float lowest = Float.POSITIVE_INFINITY;
        for (float value : minimum) {
            lowest = Math.min(lowest, value);
        }
        return lowest;
    }

    /** The largest activation of all channels. */
    public float highest() {
        float highest = Float.NEGATIVE_INFINITY;
        for (float value : maximum) {
            highest = Math.max(highest, value);
        }
        return highest;
    }
}
