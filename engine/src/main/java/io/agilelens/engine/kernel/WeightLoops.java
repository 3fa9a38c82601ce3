package io.agilelens.engine.kernel;

/** The loops over weights that are being quantized. */
interface WeightLoops {

    /**
     * Added and taken off, it rounds a float half to even. Far larger ones stay about what they
     * are, which the clamp behind every rounding makes no difference to.
     */
    float ROUNDING = 0x1.8p23f;

    /** As {@link Kernels#spreadErrors}. */
    void spreadErrors(
            float[] errors,
            int first,
            int end,
            float[] factor,
            int columns,
            int from,
            int to,
            float[] x,
            int rows);

    /** As {@link Kernels#smallest}. */
    float smallest(float[] x, int offset, int count);

    /** As {@link Kernels#largest}. */
    float largest(float[] x, int offset, int count);

    /** As {@link Kernels#quantizeGroup}. */
    void quantizeGroup(float[] x, int offset, int count, float scale, float zero, float most);
}
