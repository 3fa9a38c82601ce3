package io.agilelens.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.search.AllocationFrontier.Allocation;
import io.agilelens.engine.search.AllocationFrontier.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frontier of allocations against every allocation there is. */
class AllocationFrontierTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isWhatTryingEverythingFinds(long seed) {
        List<List<Option>> items = items(new Random(seed), 6, 4, 40);
        List<Allocation> frontier = AllocationFrontier.of(items);
        List<Allocation> all = everything(items);
        for (Allocation each : all) {
            double best =
                    frontier.stream()
                            .filter(found -> found.cost() <= each.cost())
                            .mapToDouble(Allocation::loss)
                            .min()
                            .orElse(Double.POSITIVE_INFINITY);
            assertTrue(best <= each.loss() + 1e-12, each + " is better than the frontier");
        }
        for (Allocation found : frontier) {
            assertEquals(cost(items, found.choices()), found.cost());
            assertEquals(loss(items, found.choices()), found.loss(), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void risesInCostAndFallsInLoss(long seed) {
        List<Allocation> frontier =
                AllocationFrontier.of(items(new Random(seed), 30, 6, 1_000_000));
        for (int i = 1; i < frontier.size(); i++) {
            assertTrue(frontier.get(i).cost() > frontier.get(i - 1).cost());
            assertTrue(frontier.get(i).loss() < frontier.get(i - 1).loss());
        }
    }

    @Test
    void keepsEndsAndTruthfulSumsWhenItMustForgetStates() {
        List<List<Option>> items = items(new Random(5), 16, 6, 1_000_000);
        List<Allocation> exact = AllocationFrontier.of(items);
        List<Allocation> thinned = AllocationFrontier.of(items, 20);
        assertTrue(exact.size() > 20, "the exact frontier is larger: " + exact.size());
        assertTrue(thinned.size() <= 20, thinned.size() + " states");
        assertEquals(exact.getFirst().cost(), thinned.getFirst().cost());
        for (Allocation found : thinned) {
            assertEquals(cost(items, found.choices()), found.cost());
            double best =
                    exact.stream()
                            .filter(each -> each.cost() <= found.cost())
                            .mapToDouble(Allocation::loss)
                            .min()
                            .orElseThrow();
            assertTrue(found.loss() >= best - 1e-12);
        }
    }

    private static List<List<Option>> items(Random random, int count, int most, int dearest) {
        List<List<Option>> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Option> options = new ArrayList<>();
            int own = 1 + random.nextInt(most);
            for (int o = 0; o < own; o++) {
                // A negative loss is what noise in a measurement looks like.
                options.add(new Option(random.nextInt(dearest), random.nextDouble() - 0.1));
            }
            items.add(options);
        }
        return items;
    }

    private static List<Allocation> everything(List<List<Option>> items) {
        List<Allocation> all = new ArrayList<>();
        int[] choices = new int[items.size()];
        while (true) {
            all.add(new Allocation(cost(items, choices), loss(items, choices), choices.clone()));
            int item = 0;
            while (item < choices.length && ++choices[item] == items.get(item).size()) {
                choices[item++] = 0;
            }
            if (item == choices.length) {
                return all;
            }
        }
    }

    private static long cost(List<List<Option>> items, int[] choices) {
        long sum = 0;
        for (int i = 0; i < choices.length; i++) {
            sum += items.get(i).get(choices[i]).cost();
        }
        return sum;
    }

    private static double loss(List<List<Option>> items, int[] choices) {
        double sum = 0;
        for (int i = 0; i < choices.length; i++) {
            sum += items.get(i).get(choices[i]).loss();
        }
        return sum;
    }
}
