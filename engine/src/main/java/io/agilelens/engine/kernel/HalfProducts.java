package io.agilelens.engine.kernel;

/** The innermost loop of one token's product with half-precision weights. */
interface HalfProducts {

    /**
     * {@code sums[o] = Σ x[i] · w[i, o]} over {@code steps} inputs and two vectors of outputs.
     *
     * @param panel finite half-precision bit patterns {@code [steps, 2 vectors]} from {@code
     *     offset} on, and for the far form another panel behind them, which it touches
     * @param sums two vectors
     * @return anything: whoever keeps it keeps the reading ahead from being optimised away
     */
    int multiplyVector(short[] panel, int offset, float[] x, int steps, float[] sums);
}
