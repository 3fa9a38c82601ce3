package io.agilelens.engine.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.tensor.Matrix;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SalientChannelsTest {
    private static final Kernels KERNELS = KernelProvider.current().kernels();

    @Test
    void errorsAreThoseOfTheChannelsThatAreRounded() {
        // One output; a group of all four weights: step 1, so 0.25 becomes 0 and 7.4 becomes 7.
        float[] weights = {0, 15, 0.25f, 7.4f};
        Matrix x = new Matrix(1, 4, new float[] {1, 1, 100, 2});
        AwqQuantizer quantizer = new AwqQuantizer(4, -1, false);
        SalientChannels found = SalientChannels.of(KERNELS, quantizer, weights, 1, x, 0.01);
        assertEquals(1, found.kept());
        assertEquals(4, found.channels());
        assertEquals(Set.of(2), found.byActivation());
        assertEquals(Math.pow(25 + 0.8, 2), found.all(), 1e-2);
        assertEquals(Math.pow(0.8, 2), found.withoutActivation(), 1e-4);
        // The largest weight lies on a level already.
        assertEquals(found.all(), found.withoutWeight(), 1e-9);
    }

    @Test
    void theChannelsThatCarryMuchAreWorthMost() {
        Random random = new Random(5);
        int outputs = 16;
        int inputs = 200;
        float[] weights = new float[outputs * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        Matrix x = Matrix.zeros(32, inputs);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = (float) random.nextGaussian() * (i % inputs == 77 ? 50 : 1);
        }
        SalientChannels found =
                SalientChannels.of(
                        KERNELS, new AwqQuantizer(3, -1, false), weights, outputs, x, 0.01);
        assertEquals(2, found.kept());
        assertTrue(found.byActivation().contains(77));
        assertTrue(found.withoutActivation() < 0.5 * found.all());
        assertTrue(found.withoutActivation() < found.withoutWeight());
        assertTrue(found.withoutActivation() < found.withoutChance());
        AwqScales scales = found.scales().orElseThrow();
        assertEquals(found.all(), scales.losses()[0], 1e-6 * found.all());
        assertTrue(scales.losses()[scales.best()] < scales.losses()[0]);
    }

    @Test
    void countsTheLevelsThatARangeReaches() {
        ActivationQuantizer quantizer =
                ChannelwiseQuantizer.fit(
                        new float[] {-7.5f, 0},
                        new float[] {7.5f, 0},
                        2,
                        new IntegerRange(4, true));
        assertEquals(1, quantizer.step(1));
        assertEquals(16, quantizer.levels(0, -7.5f, 7.5f));
        assertEquals(1, quantizer.levels(1, -0.4f, 0.4f));
        assertEquals(3, quantizer.levels(1, -0.6f, 1.2f));
        assertEquals(1, quantizer.levels(1, 50, 60));
        assertEquals(0, new TokenwiseQuantizer(new IntegerRange(4, true)).levels(0, -1, 1));
    }
}
