package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DecoderTest {
    private static final List<DecoderShape> SHAPES =
            List.of(
                    new DecoderShape(new Llama(), 270, 64, 4, 4, 2, 96, 24),
                    new DecoderShape(new Opt(), 270, 64, 4, 4, 4, 96, 24),
                    new DecoderShape(new Bloom(), 270, 64, 4, 4, 4, 256, 24));

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void logitsEqualTheReference(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(1, shape, 3);
        double[][] expected =
                new ReferenceDecoder(shape, flat)
                        .logits(IntStream.of(windows[0]).limit(shape.context()).toArray());
        try (Decoder decoder = new Decoder(manager, shape, Decoder.Precision.FLOAT32)) {
            NDArray logits = decoder.logits(manager.create(flat), Batches.inputs(manager, windows));
            for (int t = 0; t < shape.context(); t++) {
                float[] actual = logits.get(0).get(t).toFloatArray();
                for (int id = 0; id < shape.vocabulary(); id++) {
                    assertEquals(expected[t][id], actual[id], 1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void attentionToStartEqualsTheReference(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(1, shape, 4);
        ReferenceDecoder reference = new ReferenceDecoder(shape, flat);
        reference.logits(IntStream.of(windows[0]).limit(shape.context()).toArray());
        try (Decoder decoder = new Decoder(manager, shape, Decoder.Precision.FLOAT32)) {
            float[][][] actual =
                    decoder.attentionToStart(
                            manager.create(flat), Batches.inputs(manager, windows));
            for (int layer = 0; layer < shape.layers(); layer++) {
                for (int head = 0; head < shape.heads(); head++) {
                    double[] expected = reference.attentionToStart[layer][head];
                    for (int t = 0; t < shape.context(); t++) {
                        assertEquals(expected[t], actual[layer][head][t], 1e-5);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void startDeficitEqualsTheReference(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(1, shape, 9);
        ReferenceDecoder reference = new ReferenceDecoder(shape, flat);
        reference.logits(IntStream.of(windows[0]).limit(shape.context()).toArray());
        try (Decoder decoder = new Decoder(manager, shape, Decoder.Precision.FLOAT32)) {
            Decoder.Objective objective =
                    decoder.objective(
                            manager.create(flat),
                            Batches.inputs(manager, windows),
                            Batches.targets(manager, windows));
            assertEquals(reference.startDeficit, objective.startDeficit().getFloat(), 1e-3);
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void gradientPointsWhereTheLossRises(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(3, shape, 5);
        float[] gradient = new float[flat.length];
        try (GradientWorkers workers = new GradientWorkers(manager, shape, 0, 2);
                Decoder decoder = new Decoder(manager, shape, Decoder.Precision.FLOAT32)) {
            workers.gradient(flat, windows, gradient);
            double squares = 0;
            for (float value : gradient) {
                squares += value * value;
            }
            double length = 0.01 / Math.sqrt(squares);
            double rise = loss(decoder, flat, gradient, length, windows);
            rise -= loss(decoder, flat, gradient, -length, windows);
            // Along the gradient the loss rises by its norm times the way; bfloat16 costs a little.
            assertEquals(1, rise / (2 * length * squares), 0.03);
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void gradientReachesEveryRowThatTakesPart(DecoderShape shape) {
        float[] flat = weights(shape);
        float[] gradient = new float[flat.length];
        try (GradientWorkers workers = new GradientWorkers(manager, shape, 0, 2)) {
            workers.gradient(flat, windows(16, shape, 7), gradient);
        }
        for (WeightLayout.NamedTensor tensor : new WeightLayout(shape).tensors()) {
            int rows = tensor.shape().getFirst();
            int columns = tensor.size() / rows;
            for (int row = 0; row < rows; row++) {
                int from = tensor.offset() + row * columns;
                boolean reached = false;
                for (int i = from; i < from + columns; i++) {
                    reached |= gradient[i] != 0;
                }
                boolean offset =
                        tensor.name().contains("embed_positions") && row < Opt.POSITION_OFFSET;
                // A ReLU may stay shut on all these tokens.
                if (!tensor.name().contains("fc1")) {
                    assertEquals(!offset, reached, tensor.name() + ", row " + row);
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void gradientDoesNotDependOnTheNumberOfThreads(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(5, shape, 6);
        float[] alone = new float[flat.length];
        float[] shared = new float[flat.length];
        try (GradientWorkers one = new GradientWorkers(manager, shape, 0, 1);
                GradientWorkers three = new GradientWorkers(manager, shape, 0, 3)) {
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

    @ParameterizedTest
    @FieldSource("SHAPES")
    void bfloat16StaysCloseToFloat(DecoderShape shape) {
        float[] flat = weights(shape);
        int[][] windows = windows(2, shape, 8);
        NDArray weights = manager.create(flat);
        try (Decoder exact = new Decoder(manager, shape, Decoder.Precision.FLOAT32);
                Decoder rough = new Decoder(manager, shape, Decoder.Precision.BFLOAT16)) {
            double loss = Evaluation.meanLoss(exact, weights, windows);
            double roughLoss = Evaluation.meanLoss(rough, weights, windows);
            assertEquals(loss, roughLoss, 0.05);
            assertTrue(loss != roughLoss, "bfloat16 must make some difference");
        }
    }

    private double loss(
            Decoder decoder, float[] flat, float[] direction, double way, int[][] windows) {
        float[] moved = flat.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (way * direction[i]);
        }
        return Evaluation.meanLoss(decoder, manager.create(moved), windows);
    }

    /** Weights large enough for every part of the network to matter, biases and norms too. */
    private static float[] weights(DecoderShape shape) {
        Random random = new Random(1);
        WeightLayout layout = new WeightLayout(shape);
        float[] weights = new float[layout.size()];
        for (WeightLayout.NamedTensor tensor : layout.tensors()) {
            for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
                weights[i] =
                        switch (tensor.role()) {
                            case NORM -> 1 + 0.2f * (float) random.nextGaussian();
                            case BIAS -> 0.1f * (float) random.nextGaussian();
                            case POSITIONS, MATRIX -> 0.1f * (float) random.nextGaussian();
                            case MATRIX_INTO_RESIDUAL -> 0.04f * (float) random.nextGaussian();
                        };
            }
        }
        return weights;
    }

    private static int[][] windows(int count, DecoderShape shape, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> random.ints(shape.context() + 1, 0, shape.vocabulary()).toArray())
                .toArray(int[][]::new);
    }
}
