package io.agilelens.views.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.Quartiles;
import org.junit.jupiter.api.Test;

class SpeedRatioTest {
    @Test
    void halfTheTimeIsTwiceAsFast() {
        SpeedRatio ratio = SpeedRatio.ofTimes(new Quartiles(50, 3), new Quartiles(100, 8));
        assertEquals(2, ratio.ratio());
        assertEquals(2 * Math.hypot(0.06, 0.08) / 2, ratio.half(), 1e-12);
        assertTrue(ratio.clear());
        assertEquals("▲ 2.00× ± 0.10", ratio.text());
    }

    @Test
    void aLowerSpeedIsSlower() {
        SpeedRatio ratio = SpeedRatio.ofSpeeds(new Quartiles(80, 2), new Quartiles(100, 2));
        assertEquals(0.8, ratio.ratio());
        assertEquals("▼ 0.80× ± 0.01", ratio.text());
    }

    @Test
    void whatOverlapsCannotBeToldApart() {
        Quartiles before = new Quartiles(100, 10);
        assertFalse(SpeedRatio.ofSpeeds(new Quartiles(110, 10), before).clear());
        assertTrue(SpeedRatio.ofSpeeds(new Quartiles(110, 9), before).clear());
        assertTrue(SpeedRatio.ofSpeeds(new Quartiles(105, 10), before).text().startsWith("≈"));
    }

    @Test
    void nothingToCompareIsNotSlowest() {
        assertFalse(SpeedRatio.NONE.isKnown());
        assertEquals("", SpeedRatio.NONE.toString());
        assertTrue(SpeedRatio.NONE.compareTo(new SpeedRatio(9, 0, true)) > 0);
    }
}
