package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Optimizes a decoder on a stream of tokens until a time budget is spent. */
final class TrainingRun {
    /** Windows of the held-out sample that the loss curve shows. */
    private static final int SAMPLE_WINDOWS = 24;

    private static final double SECONDS_BETWEEN_POINTS = 90;

    private final DecoderShape shape;
    private final TrainingPlan plan;
    private final int threads;
    private final PrintStream log;

    /**
     * Prepares a run.
     *
     * @param threads threads that compute gradients
     * @param log receives a line for each point of the loss curve
     */
    TrainingRun(DecoderShape shape, TrainingPlan plan, int threads, PrintStream log) {
        this.shape = shape;
        this.plan = plan;
        this.threads = threads;
        this.log = log;
    }

    /**
     * Trains to the end of the budget, writing a checkpoint with each point of the loss curve.
     *
     * @param state where to start from
     * @param checkpoint file that a stopped run can be resumed from
     * @return the final state
     */
    TrainingState train(
            TrainingState state, TokenStream training, TokenStream heldOut, Path checkpoint)
            throws IOException {
        WeightLayout layout = new WeightLayout(shape);
        float[] weights = state.weights().clone();
        float[] firstMoment = state.firstMoment().clone();
        float[] secondMoment = state.secondMoment().clone();
        float[] gradient = new float[weights.length];
        AdamW optimizer =
                new AdamW(weights, firstMoment, secondMoment, layout.decayMask(), layout.rates());
        List<TrainingState.Progress> history = new ArrayList<>(state.history());
        int step = state.steps();
        long tokens = state.tokens();
        double lossSum = 0;
        int lossCount = 0;
        try (NDManager manager = NDManager.newBaseManager();
                Decoder decoder = new Decoder(manager, shape, Decoder.Precision.BFLOAT16);
                GradientWorkers workers =
                        new GradientWorkers(
                                manager,
                                shape,
                                TrainingPlan.sinkPenalty(shape.architecture()),
                                threads)) {
            long start = System.nanoTime();
            double secondsBefore = state.seconds();
            double pointAt = secondsBefore + SECONDS_BETWEEN_POINTS;
            while (true) {
                double seconds = secondsBefore + (System.nanoTime() - start) / 1e9;
                boolean done = plan.isOver(seconds);
                double learningRate = plan.learningRate(step + 1, seconds);
                if (lossCount > 0 && (done || seconds >= pointAt)) {
                    TrainingState.Progress point =
                            new TrainingState.Progress(
                                    step,
                                    tokens,
                                    learningRate,
                                    lossSum / lossCount,
                                    sampleLoss(manager, decoder, weights, heldOut));
                    history.add(point);
                    log.println(point);
                    lossSum = 0;
                    lossCount = 0;
                    pointAt = seconds + SECONDS_BETWEEN_POINTS;
                    state =
                            new TrainingState(
                                    step,
                                    tokens,
                                    seconds,
                                    weights,
                                    firstMoment,
                                    secondMoment,
                                    history);
                    state.write(checkpoint);
                }
                if (done) {
                    return state;
                }
                int[][] windows =
                        training.trainingWindows(shape.context(), plan.batch(), step, plan.seed());
                lossSum += workers.gradient(weights, windows, gradient);
                lossCount++;
                step++;
                tokens += (long) plan.batch() * shape.context();
                optimizer.step(step, gradient, learningRate);
            }
        }
    }

    private double sampleLoss(
            NDManager manager, Decoder decoder, float[] weights, TokenStream heldOut) {
        int count = Math.min(SAMPLE_WINDOWS, heldOut.windows(shape.context()) - 1);
        int[][] windows = heldOut.evaluationWindows(shape.context(), 0, count);
        try (NDArray flat = manager.create(weights)) {
            return Evaluation.meanLoss(decoder, flat, windows);
        }
    }
}
