package io.agilelens.engine.kernel;

/** The innermost loop of one token's product with half-precision weights. */
interface HalfProducts {

    /**
     * Distance, in weights, at which later ones are touched, so that they are on their way from
     * memory while these are multiplied.
     */
    int READ_AHEAD = 512;

    /**
     * {@code sums[o] += Σ x[i] · w[i, o]} over {@code steps} inputs and two vectors of outputs.
     *
     * @param panel finite half-precision bit patterns {@code [steps, 2 vectors]} from {@code
     *     offset} on
     * @param sums two vectors from {@code sumsOffset} on
     * @return anything: whoever keeps it keeps the reading ahead from being optimised away
     */
    int addHalves(
            short[] panel,
            int offset,
            float[] x,
            int xOffset,
            int steps,
            float[] sums,
            int sumsOffset);
}
