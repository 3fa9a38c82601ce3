package io.agilelens.views.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.views.chart.Ink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelInksTest {

    @Test
    void noTwoArithmeticsLookAlike() {
        Set<List<Object>> looks = new HashSet<>();
        for (String name : KernelBenchmark.NAMES) {
            Ink ink = KernelsViewModel.ink(name);
            assertTrue(looks.add(List.of(ink, name.endsWith("-TRIP"))), name);
        }
    }

    @Test
    void tripHasTheInkOfWhatItIsAVariantOf() {
        assertEquals(KernelsViewModel.ink("INT4"), KernelsViewModel.ink("INT4-TRIP"));
    }
}
