package io.agilelens.views.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
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

    private static List<String> labels(ValueScale scale, int most) {
        return scale.ticks(most).stream().map(ValueScale.Tick::label).toList();
    }

    @Test
    void aLogarithmHasRoundTicksInAnyRange() {
        assertEquals(List.of("50", "100", "200", "500"), labels(ValueScale.log(46, 530, ""), 11));
        assertEquals(List.of("0.87", "0.88"), labels(ValueScale.log(0.8629, 0.8815, ""), 2));
        assertEquals(List.of("3", "10", "30"), labels(ValueScale.log(1.5, 80, ""), 4));
        assertEquals(List.of("0.01", "1"), labels(ValueScale.log(1e-3, 40, ""), 2));
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            double low = Math.pow(10, 6 * random.nextDouble() - 3);
            ValueScale scale =
                    ValueScale.log(low, low * Math.pow(10, 3 * random.nextDouble() + 0.05), "");
            int most = 2 + random.nextInt(9);
            List<ValueScale.Tick> ticks = scale.ticks(most);
            assertTrue(
                    ticks.size() >= 2 && ticks.size() <= Math.max(most + 1, 4),
                    scale + " " + ticks);
            for (ValueScale.Tick tick : ticks) {
                double mantissa =
                        tick.value() / Math.pow(10, Math.floor(Math.log10(tick.value())) - 2);
                assertEquals(Math.rint(mantissa), mantissa, 1e-6, scale + " " + ticks);
            }
        }
    }

    @Test
    void stepsOfALinearAxisAreEqual() {
        Random random = new Random(6);
        for (int i = 0; i < 2000; i++) {
            double low = 200 * random.nextDouble() - 150;
            ValueScale scale = ValueScale.linear(low, low + 300 * random.nextDouble() + 1, "");
            List<ValueScale.Tick> ticks = scale.ticks(2 + random.nextInt(9));
            double step = ticks.get(1).value() - ticks.get(0).value();
            double steps = step / Math.pow(10, Math.floor(Math.log10(step) + 1e-9));
            assertTrue(List.of(1L, 2L, 4L, 5L).contains(Math.round(steps)), scale + " " + ticks);
            assertEquals(Math.rint(steps), steps, 1e-6, scale + " " + ticks);
            for (int k = 2; k < ticks.size(); k++) {
                assertEquals(step, ticks.get(k).value() - ticks.get(k - 1).value(), 1e-9 * step);
            }
            int first = (int) Math.ceil(scale.minimum() / step - 1e-9);
            int last = (int) Math.floor(scale.maximum() / step + 1e-9);
            assertEquals(last - first + 1, ticks.size(), scale + " lacks some of " + ticks);
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
