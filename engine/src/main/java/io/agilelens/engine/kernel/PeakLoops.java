package io.agilelens.engine.kernel;

/** Loops that keep one unit of the machine busy and nothing else. */
interface PeakLoops {

    /** Multiplications, each with an addition, in one step of {@link #multiplyAdd}. */
    int multiplicationsPerStep();

    /**
     * Chains of dependent multiply-adds, enough of them to hide the latency of each.
     *
     * @return depends on every one of them
     */
    float multiplyAdd(int steps, float factor);

    /** The sum of {@code x[from…to − 1]}, read as fast as memory gives. */
    float sum(float[] x, int from, int to);
}
