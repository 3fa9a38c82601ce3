package io.agilelens.trainer;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization",
 * 2019) over one flat vector, with the gradient clipped by its norm.
 */
final class AdamW {
    private static final float FIRST_MOMENT_DECAY = 0.9f;
    private static final float SECOND_MOMENT_DECAY = 0.95f;
    private static final float EPSILON = 1e-8f;
    private static final float WEIGHT_DECAY = 0.1f;
    private static final double LARGEST_GRADIENT_NORM = 1;

    private final float[] weights;
    private final float[] firstMoment;
    private final float[] secondMoment;
    private final float[] decayMask;
    private final float[] rates;

    /**
     * Creates the optimizer.
     *
     * @param weights the vector to optimize; changed in place
     * @param firstMoment running mean of the gradient, zeros at the start; changed in place
     * @param secondMoment running mean of its square, zeros at the start; changed in place
     * @param decayMask 1 where weight decay applies, 0 elsewhere
     * @param rates by weight, the share of the learning rate that applies
     */
    AdamW(
            float[] weights,
            float[] firstMoment,
            float[] secondMoment,
            float[] decayMask,
            float[] rates) {
        this.weights = weights;
        this.firstMoment = firstMoment;
        this.secondMoment = secondMoment;
        this.decayMask = decayMask;
        this.rates = rates;
    }

    /**
     * Takes one step.
     *
     * @param step number of the step, from 1
     * @param gradient gradient of the loss
     * @return the norm of the gradient before clipping
     * @throws ArithmeticException if the gradient is not finite
     */
    double step(int step, float[] gradient, double learningRate) {
        double squares = 0;
        for (float value : gradient) {
            squares += (double) value * value;
        }
        double norm = Math.sqrt(squares);
        if (!Double.isFinite(norm)) {
            throw new ArithmeticException("step " + step + ": the gradient is not finite");
        }
        float clip = (float) Math.min(1, LARGEST_GRADIENT_NORM / (norm + EPSILON));
        float rate = (float) (learningRate / (1 - Math.pow(FIRST_MOMENT_DECAY, step)));
        float secondBias = (float) (1 / Math.sqrt(1 - Math.pow(SECOND_MOMENT_DECAY, step)));
        float decay = (float) (learningRate * WEIGHT_DECAY);
        for (int i = 0; i < weights.length; i++) {
            float clipped = clip * gradient[i];
            float first = FIRST_MOMENT_DECAY * firstMoment[i] + (1 - FIRST_MOMENT_DECAY) * clipped;
            float second =
                    SECOND_MOMENT_DECAY * secondMoment[i]
                            + (1 - SECOND_MOMENT_DECAY) * clipped * clipped;
            firstMoment[i] = first;
            secondMoment[i] = second;
            float update = rate * first / ((float) Math.sqrt(second) * secondBias + EPSILON);
            weights[i] -= rates[i] * (decay * decayMask[i] * weights[i] + update);
        }
        return norm;
    }
}
