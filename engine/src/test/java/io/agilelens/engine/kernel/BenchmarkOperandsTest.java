package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.kernel.BenchmarkOperands.Runs;
import io.agilelens.engine.task.Cancellation;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkOperandsTest {

    @Test
    void everyGroupHasTheShiftsOfTrip() {
        Runs runs = Runs.ofTrip(75);
        assertArrayEquals(new int[] {0, 10, 18, 31, 32, 42, 50, 63, 64, 74, 75}, runs.starts());
        assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1, 2, 2}, runs.groups());
        assertArrayEquals(new int[] {0, 1, 2, 3, 0, 1, 2, 3, 0, 1}, runs.shifts());
        assertEquals(3, runs.groupCount());
        runs = Runs.plain(75);
        assertArrayEquals(new int[] {0, 32, 64, 75}, runs.starts());
        assertArrayEquals(new int[3], runs.shifts());
    }

    /** Of a normal distribution two thirds lie within one deviation, a third of the range. */
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void codesAreNormallyDistributedOverTheirRange(int bits) {
        byte[] codes = new BenchmarkOperands().codes(100_000, bits);
        int largest = (1 << bits - 1) - 1;
        double squares = 0;
        for (byte code : codes) {
            assertTrue(code >= -largest - 1 && code <= largest);
            squares += code * code;
        }
        assertEquals(largest / 3.0, Math.sqrt(squares / codes.length), largest * 0.02);
    }

    @Test
    void whoCancelsDoesNotWaitForLargeOnes() {
        Cancellation cancellation = new Cancellation();
        BenchmarkOperands operands = new BenchmarkOperands(cancellation);
        assertEquals(1, operands.floats(1).length);
        cancellation.cancel();
        assertThrows(CancellationException.class, () -> operands.floats(1));
        assertThrows(CancellationException.class, () -> operands.bytes(1, 0, 15));
        assertThrows(CancellationException.class, () -> operands.codes(1, 8));
        assertThrows(CancellationException.class, () -> operands.weights(1));
    }
}
