package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private static final DecoderShape SHAPE = new DecoderShape(270, 64, 4, 4, 2, 96, 24);

    private final NDManager manager = NDManager.newBaseManager();
    private final float[] flat = weights();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void logitsEqualTheReference() {
        int[][] windows = windows(1, SHAPE.context(), 3);
        double[][] expected =
                new ReferenceDecoder(SHAPE, flat)
                        .logits(IntStream.of(windows[0]).limit(SHAPE.context()).toArray());
        try (Decoder decoder = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32)) {
            NDArray logits = decoder.logits(manager.create(flat), Batches.inputs(manager, windows));
            for (int t = 0; t < SHAPE.context(); t++) {
                float[] actual = logits.get(0).get(t).toFloatArray();
                for (int id = 0; id < SHAPE.vocabulary(); id++) {
                    assertEquals(expected[t][id], actual[id], 1e-4);
                }
            }
        }
    }

    @Test
    void attentionToStartEqualsTheReference() {
        int[][] windows = windows(1, SHAPE.context(), 4);
        ReferenceDecoder reference = new ReferenceDecoder(SHAPE, flat);
        reference.logits(IntStream.of(windows[0]).limit(SHAPE.context()).toArray());
        try (Decoder decoder = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32)) {
            float[][][] actual =
                    decoder.attentionToStart(
                            manager.create(flat), Batches.inputs(manager, windows));
            for (int layer = 0; layer < SHAPE.layers(); layer++) {
                for (int head = 0; head < SHAPE.heads(); head++) {
                    double[] expected = reference.attentionToStart[layer][head];
                    for (int t = 0; t < SHAPE.context(); t++) {
                        assertEquals(expected[t], actual[layer][head][t], 1e-5);
                    }
                }
            }
        }
    }

    @Test
    void startDeficitEqualsTheReference() {
        int[][] windows = windows(1, SHAPE.context(), 9);
        ReferenceDecoder reference = new ReferenceDecoder(SHAPE, flat);
        reference.logits(IntStream.of(windows[0]).limit(SHAPE.context()).toArray());
        try (Decoder decoder = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32)) {
            Decoder.Objective objective =
                    decoder.objective(
                            manager.create(flat),
                            Batches.inputs(manager, windows),
                            Batches.targets(manager, windows));
            assertEquals(reference.startDeficit, objective.startDeficit().getFloat(), 1e-3);
        }
    }

    @Test
    void gradientPointsWhereTheLossRises() {
        int[][] windows = windows(3, SHAPE.context(), 5);
        float[] gradient = new float[flat.length];
        try (GradientWorkers workers = new GradientWorkers(manager, SHAPE, 0, 2);
                Decoder decoder = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32)) {
            workers.gradient(flat, windows, gradient);
            double squares = 0;
            for (float value : gradient) {
                squares += value * value;
            }
            double length = 0.01 / Math.sqrt(squares);
            double rise = loss(decoder, gradient, length, windows);
            rise -= loss(decoder, gradient, -length, windows);
            // Along the gradient the loss rises by its norm times the way; bfloat16 costs a little.
            assertEquals(1, rise / (2 * length * squares), 0.03);
        }
    }

    @Test
    void gradientDoesNotDependOnTheNumberOfThreads() {
        int[][] windows = windows(5, SHAPE.context(), 6);
        float[] alone = new float[flat.length];
        float[] shared = new float[flat.length];
        try (GradientWorkers one = new GradientWorkers(manager, SHAPE, 0, 1);
                GradientWorkers three = new GradientWorkers(manager, SHAPE, 0, 3)) {
            double loss = one.gradient(flat, windows, alone);
            assertEquals(loss, three.gradient(flat, windows, shared), 1e-2);
        }
        double difference = 0;
        double squares = 0;
        for (int i = 0; i < alone.length; i++) {
            difference += Math.pow(alone[i] - shared[i], 2);
            squares += Math.pow(alone[i], 2);
        }
        assertEquals(0, Math.sqrt(difference / squares), 0.02, "bfloat16 rounding at most");
    }

    @Test
    void bfloat16StaysCloseToFloat() {
        int[][] windows = windows(2, SHAPE.context(), 8);
        NDArray weights = manager.create(flat);
        try (Decoder exact = new Decoder(manager, SHAPE, Decoder.Precision.FLOAT32);
                Decoder rough = new Decoder(manager, SHAPE, Decoder.Precision.BFLOAT16)) {
            double loss = Evaluation.meanLoss(exact, weights, windows);
            double roughLoss = Evaluation.meanLoss(rough, weights, windows);
            assertEquals(loss, roughLoss, 0.05);
            assertTrue(loss != roughLoss, "bfloat16 must make some difference");
        }
    }

    private double loss(Decoder decoder, float[] direction, double way, int[][] windows) {
        float[] moved = flat.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (way * direction[i]);
        }
        return Evaluation.meanLoss(decoder, manager.create(moved), windows);
    }

    /** Weights large enough for every part of the network to matter. */
    private static float[] weights() {
        float[] weights = new WeightLayout(SHAPE).initial(new Random(1));
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= weights[i] == 1 ? 1 : 5;
        }
        return weights;
    }

    private static int[][] windows(int count, int context, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> random.ints(context + 1, 0, SHAPE.vocabulary()).toArray())
                .toArray(int[][]::new);
    }
}
