package io.agilelens.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TimeLeftTest {

    @Test
    void judgesTheRestByWhatIsDone() {
        TimeLeft left = new TimeLeft(100);
        assertEquals(OptionalDouble.empty(), left.at(0.5, 100.5), "too early");
        assertEquals(OptionalDouble.empty(), left.at(0.01, 200), "too little");
        left = new TimeLeft(100);
        assertEquals(30, left.at(0.25, 110).orElseThrow());
        assertEquals(10, left.at(0.75, 130).orElseThrow());
        assertEquals(OptionalDouble.empty(), left.at(1, 140), "done");
    }

    @Test
    void judgesAFurtherStageByItself() {
        TimeLeft left = new TimeLeft(0);
        left.at(1, 300);
        assertEquals(OptionalDouble.empty(), left.at(0, 300));
        assertEquals(15, left.at(0.25, 305).orElseThrow());
    }
}
