package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a thread finds out which way of reading ahead is faster, from times that are told it. */
class ReadAheadTest {

    private final ReadAhead ahead = new ReadAhead();

    /**
     * @return how many of the pieces were done the far way
     */
    private int pieces(int count, long nearNanoseconds, long farNanoseconds) {
        int far = 0;
        for (int i = 0; i < count; i++) {
            boolean isFar = ahead.isFar();
            far += isFar ? 1 : 0;
            ahead.took(isFar ? farNanoseconds : nearNanoseconds, 1000);
        }
        return far;
    }

    @Test
    void beginsNearAndTriesTheFarWayNowAndThen() {
        assertFalse(ahead.isFar());
        assertEquals(2 * 10, pieces(10 * ReadAhead.PERIOD, 100, 110));
        assertFalse(ahead.isFar());
    }

    @Test
    void theFasterWayBecomesTheUsualOne() {
        pieces(ReadAhead.PERIOD, 110, 100);
        assertTrue(ahead.isFar());
        assertEquals(80 * (ReadAhead.PERIOD - 2), pieces(80 * ReadAhead.PERIOD, 110, 100));
    }

    @Test
    void changesItsMindWithTheMachine() {
        pieces(10 * ReadAhead.PERIOD, 110, 100);
        assertTrue(ahead.isFar());
        pieces(10 * ReadAhead.PERIOD, 100, 110);
        assertFalse(ahead.isFar());
        pieces(100 * ReadAhead.PERIOD, 110, 100);
        assertTrue(ahead.isFar());
    }

    /** The first piece after a change begins with a panel that was touched in the other way. */
    @Test
    void doesNotMeasureThePieceBehindAChange() {
        for (int i = 0; i < 20 * ReadAhead.PERIOD; i++) {
            int piece = i % ReadAhead.PERIOD;
            boolean behindChange = piece == 0 || piece == ReadAhead.PERIOD - 2;
            boolean isFar = ahead.isFar();
            ahead.took(behindChange ? isFar ? 1 : 10_000 : isFar ? 110 : 100, 1000);
        }
        assertFalse(ahead.isFar());
    }

    /**
     * A thread that something else holds up now and then does not take that for the way's fault.
     */
    @Test
    void onePieceThatWasHeldUpChangesNothing() {
        pieces(10 * ReadAhead.PERIOD, 100, 130);
        ahead.took(100_000_000, 1000);
        assertFalse(ahead.isFar());
    }

    /** What took no time by the clock would otherwise count as the fastest for ever. */
    @Test
    void aClockThatStoodStillTellsNothing() {
        pieces(10 * ReadAhead.PERIOD, 100, 0);
        assertFalse(ahead.isFar());
        pieces(10 * ReadAhead.PERIOD, 100, 110);
        assertFalse(ahead.isFar());
    }

    @Test
    void countsBytesAndNotPieces() {
        for (int i = 0; i < 20 * ReadAhead.PERIOD; i++) {
            boolean isFar = ahead.isFar();
            ahead.took(isFar ? 300 : 200, isFar ? 3500 : 2000);
        }
        assertTrue(ahead.isFar());
    }

    @Test
    void eachThreadHasOneForEachLoop() {
        Scratch scratch = Scratch.ofThread();
        ReadAhead lanes = scratch.readAhead(ReadAhead.Reader.FOUR_BIT_LANES);
        assertSame(lanes, scratch.readAhead(ReadAhead.Reader.FOUR_BIT_LANES));
        assertTrue(lanes != scratch.readAhead(ReadAhead.Reader.EIGHT_BIT_INTEGERS));
    }

    /** Either way is the same arithmetic: the results are equal to the last bit. */
    @ParameterizedTest
    @MethodSource("io.agilelens.engine.kernel.VectorKernelsTest#widths")
    void changesNoResult(int bits) {
        int outputs = 300;
        int k = 208;
        KernelInputs inputs = new KernelInputs(29);
        int[] starts = KernelInputs.blocks(k, 32);
        int groups = starts.length - 1;
        int[] runs = IntStream.range(0, groups).toArray();
        float[] x = inputs.floats(k);
        byte[] codes = inputs.bytes(k, -128, 127);
        byte[] fours = inputs.bytes(outputs * k, -8, 7);
        byte[] unsigned = inputs.bytes(outputs * k, 0, 15);
        byte[] zeros = inputs.bytes(outputs * groups, 0, 7);
        float[] scales = inputs.scales(outputs * groups);
        float[] y = new float[outputs];
        try (Workers one = Workers.of(1)) {
            Kernels kernels = KernelProvider.of(bits, one);
            var halves = kernels.packFp16(inputs.floats(outputs * k), outputs, k);
            unchanged(ReadAhead.Reader.HALVES, y, () -> kernels.multiply(x, 1, halves, y));
            var lanes =
                    kernels.packInt4(
                            fours, outputs, k, scales, zeros, starts, runs, new int[groups], 8);
            unchanged(
                    ReadAhead.Reader.FOUR_BIT_LANES, y, () -> kernels.multiply(codes, 1, lanes, y));
            var bytes =
                    kernels.packInt8(
                            fours, outputs, k, scales, zeros, starts, runs, new int[groups]);
            unchanged(
                    ReadAhead.Reader.EIGHT_BIT_INTEGERS,
                    y,
                    () -> kernels.multiply(codes, 1, bytes, y));
            for (int stored : new int[] {4, 8}) {
                var grouped =
                        kernels.packGrouped(unsigned, outputs, k, stored, scales, zeros, starts);
                unchanged(
                        stored == 4
                                ? ReadAhead.Reader.FOUR_BIT_GROUPS
                                : ReadAhead.Reader.EIGHT_BIT_GROUPS,
                        y,
                        () -> kernels.multiply(x, 1, grouped, y));
            }
        }
    }

    private static void unchanged(ReadAhead.Reader reader, float[] y, Runnable product) {
        ReadAhead ahead = Scratch.ofThread().readAhead(reader);
        float[] first = null;
        Set<Boolean> ways = new HashSet<>();
        for (int i = 0; i < 2 * ReadAhead.PERIOD; i++) {
            ways.add(ahead.isFar());
            Arrays.fill(y, Float.NaN);
            product.run();
            ways.add(ahead.isFar());
            first = first == null ? y.clone() : first;
            assertArrayEquals(first, y, reader + ", product " + i);
        }
        assertEquals(Set.of(true, false), ways, "both ways were taken");
    }
}
