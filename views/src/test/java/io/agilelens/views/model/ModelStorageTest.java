package io.agilelens.views.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.agilelens.engine.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelStorageTest {
    private static final List<Tensor> TENSORS =
            List.of(
                    new Stored("F32", 10),
                    new Stored("Q4_K", 1000),
                    new Stored("Q6_K", 300),
                    new Stored("Q4_K", 1000),
                    new Stored("AWQ 4-bit, groups of 128", 20));

    /** A tensor of which only the way it is stored matters. */
    private record Stored(String storage, long bytes) implements Tensor {
        @Override
        public String name() {
            return "weight";
        }

        @Override
        public long[] shape() {
            return new long[] {bytes};
        }

        @Override
        public boolean isFloat() {
            return true;
        }

        @Override
        public void widen(long first, float[] target, int offset, int count) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void namesWhatMostWeightsAreFirstAndNoMoreThanAskedFor() {
        assertEquals("Q4_K + Q6_K + …", ModelViewModel.storage(TENSORS, 2));
        assertEquals(
                "Q4_K + Q6_K + AWQ 4-bit, groups of 128 + F32", ModelViewModel.storage(TENSORS, 9));
        assertEquals("F32", ModelViewModel.storage(TENSORS.subList(0, 1), 2));
    }
}
