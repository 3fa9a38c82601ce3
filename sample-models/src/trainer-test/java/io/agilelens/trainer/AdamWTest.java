package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AdamWTest {
    @Test
    void firstStepMovesEachWeightByTheLearningRateAgainstItsGradient() {
        float[] weights = {1, 1, 1};
        AdamW optimizer =
                new AdamW(
                        weights,
                        new float[3],
                        new float[3],
                        new float[] {0, 0, 1},
                        new float[] {1, 0.5f, 1});
        double norm = optimizer.step(1, new float[] {3, -4, 0}, 0.01);
        assertEquals(5, norm, 1e-6);
        assertEquals(0.99, weights[0], 1e-6);
        assertEquals(1.005, weights[1], 1e-6, "at half the rate");
        assertEquals(1 - 0.01 * 0.1, weights[2], 1e-6, "decay only");
    }

    @Test
    void aBowlIsDescended() {
        float[] weights = {5, -3};
        AdamW optimizer =
                new AdamW(weights, new float[2], new float[2], new float[2], new float[] {1, 1});
        for (int step = 1; step <= 2000; step++) {
            optimizer.step(step, new float[] {2 * (weights[0] - 1), 2 * weights[1]}, 0.01);
        }
        assertEquals(1, weights[0], 0.05);
        assertEquals(0, weights[1], 0.05);
    }

    @Test
    void aGradientThatIsNotFiniteIsRefused() {
        AdamW optimizer =
                new AdamW(new float[1], new float[1], new float[1], new float[1], new float[1]);
        assertThrows(
                ArithmeticException.class, () -> optimizer.step(1, new float[] {Float.NaN}, 0.01));
    }
}
