package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValueScaleTest {

    static List<ValueScale> scales() {
        return List.of(
                ValueScale.linear(0, 23.4, "σ"),
                ValueScale.linear(-3, 1e6, ""),
                ValueScale.linear(2.1, 8.3, "nats"),
                ValueScale.linear(98.4, 103.1, ""),
                ValueScale.log(1e-3, 40, ""),
                ValueScale.log(2, 7, ""),
                ValueScale.symmetric(0.07, ""),
                ValueScale.symmetricLog(120, ""));
    }

    @ParameterizedTest
    @MethodSource("scales")
    void valueAndPositionAreInverses(ValueScale scale) {
        for (double position = 0; position <= 1; position += 0.01) {
            assertEquals(position, scale.position(scale.value(position)), 1e-9);
        }
        assertEquals(0, scale.position(scale.minimum()), 1e-12);
        assertEquals(1, scale.position(scale.maximum()), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("scales")
    void ticksRiseWithinTheScaleAndHaveAtMostFourDigits(ValueScale scale) {
        for (int most = 2; most <= 12; most++) {
            List<ValueScale.Tick> ticks = scale.ticks(most);
            assertTrue(ticks.size() >= 2, scale + " is told by " + ticks + " for " + most);
            assertTrue(ticks.size() <= Math.max(most + 1, 3), scale + " has too many: " + ticks);
            for (int i = 0; i < ticks.size(); i++) {
                double value = ticks.get(i).value();
                double slack = 1e-9 * Math.abs(value);
                assertTrue(value >= scale.minimum() - slack && value <= scale.maximum() + slack);
                assertTrue(i == 0 || value > ticks.get(i - 1).value());
                String digits = ticks.get(i).label().replaceAll("e.*|[^0-9]", "");
                assertTrue(digits.replaceAll("^0+|0+$", "").length() <= 4, ticks.toString());
            }
        }
    }

    @Test
    void labelsOfOneAxisShareTheirDecimals() {
        List<String> labels =
                ValueScale.linear(0, 1, "").ticks(6).stream().map(ValueScale.Tick::label).toList();
        assertEquals(List.of("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"), labels);
    }

    @Test
    void aLogarithmCopesWithZeroAndASingleValueStillHasAScale() {
        assertEquals(1e-4, ValueScale.log(0, 1, "").minimum(), 1e-15);
        assertEquals(0, ValueScale.log(0, 1, "").position(0));
        assertEquals(0.5, ValueScale.linear(8, 8, "").position(8));
        assertTrue(Double.isNaN(ValueScale.linear(0, 1, "").position(Double.NaN)));
    }

    @Test
    void impossibleEndsAreRefused() {
        var log = ValueScale.Kind.LOG;
        assertThrows(IllegalArgumentException.class, () -> new ValueScale(log, 0, 1, ""));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ValueScale(ValueScale.Kind.LINEAR, 2, 1, ""));
    }
}
