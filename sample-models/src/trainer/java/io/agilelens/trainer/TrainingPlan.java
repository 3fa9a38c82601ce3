package io.agilelens.trainer;

/**
 * How to train: what is fixed for the project, and what the command line decides.
 *
 * @param minutes wall time to train
 * @param batch windows per step
 * @param learningRate of the plateau
 * @param seed decides the first weights and the order of windows
 */
record TrainingPlan(int minutes, int batch, double learningRate, long seed) {
    static final int WARM_UP_STEPS = 200;

    /** Windows per step unless the command line says otherwise. */
    static final int BATCH = 4;

    /** Of the plateau, unless the command line says otherwise. */
    static final double LEARNING_RATE = 3e-3;

    /**
     * What a unit of start deficit costs, in nats; see {@link Decoder.Objective}. Large models grow
     * an attention sink by themselves, over many more tokens than this run has; this small term
     * makes it pay early for heads with nothing to say to rest on the first position.
     */
    static final double SINK_PENALTY = 0.01;

    /** The price of start deficit; nothing where no sink is asked for. */
    static double sinkPenalty(Architecture architecture) {
        return architecture.asksForSink() ? SINK_PENALTY : 0;
    }

    /** Share of the time in which the learning rate falls to zero. */
    static final double DECAY_SHARE = 0.8;

    /**
     * The learning rate of a step: a linear warm-up over steps, a plateau, then a linear decay to
     * zero that ends with the time.
     *
     * @param step from 1
     * @param seconds trained so far
     */
    double learningRate(int step, double seconds) {
        double warmUp = Math.min(1, (double) step / WARM_UP_STEPS);
        double remaining = Math.max(0, 1 - seconds / (60.0 * minutes));
        return learningRate * warmUp * Math.min(1, remaining / DECAY_SHARE);
    }

    /** Whether the time is up. */
    boolean isOver(double seconds) {
        return seconds >= 60.0 * minutes;
    }
}
