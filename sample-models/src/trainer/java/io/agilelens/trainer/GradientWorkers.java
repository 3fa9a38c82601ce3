package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that share the windows of a step: each takes the next window and adds to its own sum of
 * gradients. They meet once a step. On a busy machine that loses far less than threads inside every
 * operation, which wait for the slowest at each one; the arrays of one window also fit a core's
 * cache. Run with {@code OMP_NUM_THREADS=1}.
 */
final class GradientWorkers implements AutoCloseable {
    private final List<Worker> workers = new ArrayList<>();
    private final ExecutorService threads;

    /** A worker's share of a step; the gradient is null if it got no window. */
    private record Share(double loss, float[] gradient) {}

    /**
     * Starts the threads.
     *
     * @param sinkPenalty what a unit of start deficit costs, in nats; see {@link Decoder.Objective}
     * @param count number of threads
     */
    GradientWorkers(NDManager manager, DecoderShape shape, double sinkPenalty, int count) {
        threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            workers.add(new Worker(manager, shape, sinkPenalty));
        }
    }

    /**
     * Computes the gradient of loss and penalty, averaged over some windows.
     *
     * @param flat the weights
     * @param windows {@code [batch][context + 1]}
     * @param gradient receives the gradient
     * @return the mean loss in nats per token, without the penalty
     */
    double gradient(float[] flat, int[][] windows, float[] gradient) {
        AtomicInteger next = new AtomicInteger();
        List<Future<Share>> running = new ArrayList<>();
        for (Worker worker : workers) {
            running.add(threads.submit(() -> worker.takeWindows(flat, windows, next)));
        }
        Arrays.fill(gradient, 0);
        double loss = 0;
        float scale = 1f / windows.length;
        try {
            for (Future<Share> future : running) {
                Share share = future.get();
                loss += share.loss();
                if (share.gradient() != null) {
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] += scale * share.gradient()[i];
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a gradient failed", e.getCause());
        }
        return loss / windows.length;
    }

    @Override
    public void close() {
        threads.shutdown();
        workers.forEach(Worker::close);
    }

    private static final class Worker {
        private final NDManager manager;
        private final Decoder decoder;
        private final double sinkPenalty;

        private Worker(NDManager parent, DecoderShape shape, double sinkPenalty) {
            this.sinkPenalty = sinkPenalty;
            manager = parent.newSubManager();
            decoder = new Decoder(manager, shape, Decoder.Precision.BFLOAT16);
        }

        private Share takeWindows(float[] flat, int[][] windows, AtomicInteger next) {
            int i = next.getAndIncrement();
            if (i >= windows.length) {
                return new Share(0, null);
            }
            JniUtils.setGradMode(true); // a setting of the thread
            try (NDManager step = manager.newSubManager()) {
                NDArray weights = step.create(flat);
                weights.setRequiresGradient(true);
                double loss = 0;
                for (; i < windows.length; i = next.getAndIncrement()) {
                    int[][] one = {windows[i]};
                    try (NDManager scratch = step.newSubManager()) {
                        Decoder.Objective objective =
                                decoder.objective(
                                        weights,
                                        Batches.inputs(scratch, one),
                                        Batches.targets(scratch, one));
                        NDArray total =
                                sinkPenalty == 0
                                        ? objective.loss()
                                        : objective
                                                .loss()
                                                .add(objective.startDeficit().mul(sinkPenalty));
                        JniUtils.backward(
                                (PtNDArray) total, (PtNDArray) scratch.create(1f), false, false);
                        loss += objective.loss().getFloat();
                    }
                }
                return new Share(loss, weights.getGradient().toFloatArray());
            }
        }

        private void close() {
            decoder.close();
            manager.close();
        }
    }
}
