package io.agilelens.engine.model;

import java.util.Arrays;

/**
 * The weights of one norm; read only.
 *
 * @param weight {@code [channels]}
 * @param bias {@code [channels]} or null
 */
record NormWeights(float[] weight, float[] bias) {

    /** Those of a norm that has none. */
    static NormWeights neutral(int channels) {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return new NormWeights(ones, null);
    }
}
