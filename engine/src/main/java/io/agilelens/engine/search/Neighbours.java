package io.agilelens.engine.search;

import io.agilelens.engine.search.AllocationFrontier.Option;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Proposes allocations near a good one: one unit gets a dearer option and others pay for it, or one
 * gets a cheaper one. Proposals are drawn at random and the most promising of a few, by the
 * additive estimate, is made; none is made twice.
 */
final class Neighbours {
    /** Draws of which the most promising is proposed. */
    private static final int DRAWS = 12;

    private static final int TRIES = 400;

    private final List<List<Option>> options;
    private final long limit;
    private final SplittableRandom random;
    private final Set<List<Integer>> proposed = new HashSet<>();
    private int[] current;

    /**
     * @param start an allocation that costs no more than the limit
     * @param limit what proposals may cost
     */
    Neighbours(List<List<Option>> options, int[] start, long limit, long seed) {
        this.options = options;
        this.limit = limit;
        this.random = new SplittableRandom(seed);
        this.current = start.clone();
        proposed.add(key(start));
    }

    /** Goes on from a proposal. */
    void accept(int[] better) {
        current = better.clone();
    }

    /**
     * @param cheaper whether a proposal must cost less than the current allocation
     * @return empty if nothing new was found
     */
    Optional<int[]> propose(boolean cheaper) {
        int[] most = null;
        double least = Double.POSITIVE_INFINITY;
        int found = 0;
        for (int i = 0; i < TRIES && found < DRAWS; i++) {
            int[] drawn = draw();
            boolean allowed = cheaper ? cost(drawn) < cost(current) : cost(drawn) <= limit;
            if (allowed && !proposed.contains(key(drawn))) {
                found++;
                double loss = loss(drawn);
                if (loss < least) {
                    least = loss;
                    most = drawn;
                }
            }
        }
        if (most != null) {
            proposed.add(key(most));
        }
        return Optional.ofNullable(most);
    }

    /** One unit moved, and others after it for as long as the limit is not kept. */
    private int[] draw() {
        int[] drawn = current.clone();
        move(drawn);
        if (random.nextBoolean()) {
            move(drawn);
        }
        for (int i = 0; i < options.size() && cost(drawn) > limit; i++) {
            cheapen(drawn);
        }
        return drawn;
    }

    private void move(int[] allocation) {
        int unit = random.nextInt(options.size());
        allocation[unit] = random.nextInt(options.get(unit).size());
    }

    /** Gives a unit the next cheaper option, if it has one. */
    private void cheapen(int[] allocation) {
        int unit = random.nextInt(options.size());
        List<Option> own = options.get(unit);
        long cost = own.get(allocation[unit]).cost();
        int next = -1;
        for (int i = 0; i < own.size(); i++) {
            boolean cheaper = own.get(i).cost() < cost;
            if (cheaper && (next < 0 || own.get(i).cost() > own.get(next).cost())) {
                next = i;
            }
        }
        if (next >= 0) {
            allocation[unit] = next;
        }
    }

    private long cost(int[] allocation) {
        long sum = 0;
        for (int unit = 0; unit < allocation.length; unit++) {
            sum += options.get(unit).get(allocation[unit]).cost();
        }
        return sum;
    }

    private double loss(int[] allocation) {
        double sum = 0;
        for (int unit = 0; unit < allocation.length; unit++) {
            sum += options.get(unit).get(allocation[unit]).loss();
        }
        return sum;
    }

    private static List<Integer> key(int[] allocation) {
        return Arrays.stream(allocation).boxed().toList();
    }
}
