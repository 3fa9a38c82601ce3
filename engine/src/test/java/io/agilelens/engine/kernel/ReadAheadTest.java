package io.agilelens.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
}
