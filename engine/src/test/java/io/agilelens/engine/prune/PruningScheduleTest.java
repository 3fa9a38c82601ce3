package io.agilelens.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.model.TokenScore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many tokens leave, which ones, and in which order. */
class PruningScheduleTest {

    @Test
    void truncatesWhatDoublePrecisionGives() {
        PruningSchedule schedule = schedule(0.19, 3, 7);
        assertEquals(0.09999999999999998, schedule.gamma());
        assertEquals(9, schedule.removals(0, 100), "10 in exact arithmetic");
    }

    @Test
    void removesTheSameShareAtEveryLayer() {
        assertEquals(0.4, schedule(0.4, 4).gamma(), 1e-16);
        assertEquals(0.2062994740159002, schedule(0.5, 2, 3, 4).gamma(), 1e-16);
        assertEquals(38, schedule(0.4, 4).removals(4, 96));
        int alive = 128;
        for (int layer = 0; layer < 3; layer++) {
            alive -= schedule(0.5, 2, 3, 4).removals(2, alive);
        }
        assertEquals(65, alive);
    }

    @Test
    void layersMayHaveSharesOfTheirOwn() {
        PruningSchedule uneven =
                new PruningSchedule(
                        0.55,
                        new TreeSet<>(List.of(1, 3)),
                        TokenScore.START,
                        false,
                        false,
                        new TreeMap<>(Map.of(1, 0.1, 3, 0.5)));
        assertEquals(10, uneven.removals(1, 100));
        assertEquals(45, uneven.removals(3, 90));
        assertEquals((10 + 10 + 55) / 400.0, uneven.sparsity(100, 4), 1e-12);
        assertEquals(5, uneven.survivors(3, new float[10]).length);
    }

    @Test
    void prunesOnlyWhereItShould() {
        PruningSchedule schedule = schedule(0.3, 1, 3);
        assertFalse(schedule.prunes(0));
        assertTrue(schedule.prunes(1));
        assertTrue(schedule.prunes(3));
        assertFalse(schedule(0, 1).prunes(1));
        PruningSchedule nowhere = schedule(0.3);
        assertEquals(0, nowhere.gamma());
        assertFalse(nowhere.prunes(0));
    }

    @Test
    void leavesOneTokenAtLeast() {
        PruningSchedule schedule = schedule(0.999, 0);
        for (int alive = 1; alive < 50; alive++) {
            assertTrue(schedule.removals(0, alive) < alive);
            assertTrue(schedule.survivors(0, new float[alive]).length >= 1);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
    void refusesSharesThatAreNone(double beta) {
        UserException refused = assertThrows(UserException.class, () -> schedule(beta, 1));
        assertEquals(
                "pruning.beta is %s: it must be at least 0 and below 1".formatted(beta),
                refused.getMessage());
    }

    @Test
    void ofEqualScoresTheEarlierTokenLeavesFirst() {
        TokenRanking ranking = TokenRanking.of(new float[] {2, 1, 1, 3, 1});
        assertArrayEquals(new int[] {1, 2, 4, 0, 3}, ranking.order());
        assertArrayEquals(new int[] {0, 3, 4}, ranking.survivors(2));
        assertArrayEquals(new int[] {3, 0, 1, 4, 2}, ranking.ranks());
    }

    @Test
    void ranksNumbersAsFloatsCompare() {
        float[] scores = {0.5f, -0f, Float.NaN, -2, 0, -1e-40f, Float.NEGATIVE_INFINITY, 3e38f};
        assertArrayEquals(new int[] {6, 3, 5, 1, 4, 0, 7, 2}, TokenRanking.of(scores).order());
    }

    @Test
    void keepsTheHighestScoresInTheirOrder() {
        Random random = new Random(4);
        for (int trial = 0; trial < 200; trial++) {
            float[] scores = new float[1 + random.nextInt(60)];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = random.nextInt(8);
            }
            PruningSchedule schedule = schedule(random.nextDouble(), 0, 5);
            int[] kept = schedule.survivors(0, scores);
            assertEquals(scores.length - schedule.removals(0, scores.length), kept.length);
            List<Integer> stays = IntStream.of(kept).boxed().toList();
            assertArrayEquals(IntStream.of(kept).sorted().distinct().toArray(), kept);
            float lowestKept = Float.POSITIVE_INFINITY;
            for (int k : kept) {
                lowestKept = Math.min(lowestKept, scores[k]);
            }
            for (int i = 0; i < scores.length; i++) {
                assertTrue(stays.contains(i) || scores[i] <= lowestKept, "token " + i);
            }
        }
    }

    private static PruningSchedule schedule(double beta, Integer... layers) {
        return new PruningSchedule(
                beta, new TreeSet<>(Arrays.asList(layers)), TokenScore.START, false);
    }
}
