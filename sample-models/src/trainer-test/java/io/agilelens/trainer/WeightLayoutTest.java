package io.agilelens.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class WeightLayoutTest {
    @ParameterizedTest
    @FieldSource("io.agilelens.trainer.Architecture#ALL")
    void normsStartAtOneAndBiasesAtZeroWithoutDecay(Architecture architecture) {
        WeightLayout layout = new WeightLayout(architecture.sampleShape());
        float[] weights = layout.initial(new Random(3));
        float[] decay = layout.decayMask();
        for (WeightLayout.NamedTensor tensor : layout.tensors()) {
            boolean vector = tensor.shape().size() == 1;
            assertEquals(vector ? 0 : 1, decay[tensor.offset()], tensor.name());
            if (vector) {
                int start = tensor.name().endsWith(".bias") ? 0 : 1;
                assertEquals(start, weights[tensor.offset()], tensor.name());
            }
        }
        assertEquals(weights.length, layout.size());
    }

    @ParameterizedTest
    @FieldSource("io.agilelens.trainer.Architecture#ALL")
    void onlyPositionsStartAsWavesAndLearnSlowly(Architecture architecture) {
        WeightLayout layout = new WeightLayout(architecture.sampleShape());
        float[] weights = layout.initial(new Random(3));
        float[] rates = layout.rates();
        for (WeightLayout.NamedTensor tensor : layout.tensors()) {
            int last = tensor.offset() + tensor.size() - 1;
            if (tensor.name().endsWith("embed_positions.weight")) {
                int row = tensor.offset() + 7 * tensor.shape().getLast();
                assertEquals(0.2 * Math.sin(7), weights[row], 1e-7);
                assertEquals(0.2 * Math.cos(7), weights[row + 1], 1e-7);
                assertEquals(0.1f, rates[last]);
            } else {
                assertEquals(1, rates[last], tensor.name());
            }
        }
    }
}
