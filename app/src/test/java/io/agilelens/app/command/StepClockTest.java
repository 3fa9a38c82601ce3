package io.agilelens.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepClockTest {

    @Test
    void stepsThatDifferInNumbersAloneAreOne() {
        List<String> heard = new ArrayList<>();
        StepClock clock = new StepClock((step, _, _) -> heard.add(step));
        clock.begin("opening");
        clock.report("layer 3, MLP_INPUT", 3, 9);
        clock.report("packing", 1, 1);
        clock.report("layer 12, MLP_INPUT", 4, 9);
        Map<String, Double> seconds = clock.seconds();
        assertEquals(List.of("layer 3, MLP_INPUT", "packing", "layer 12, MLP_INPUT"), heard);
        assertEquals(
                List.of("opening", "layer, MLP_INPUT", "packing"), List.copyOf(seconds.keySet()));
        assertTrue(seconds.values().stream().allMatch(value -> value >= 0));
    }
}
