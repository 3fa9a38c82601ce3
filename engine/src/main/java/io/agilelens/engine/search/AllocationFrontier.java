package io.agilelens.engine.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The best ways to give each of some items one of its options, when losses add up and costs add up:
 * for every cost the least loss that it can buy. Found by dynamic programming over the items, so
 * exact, as long as there are no more than {@value #MOST_STATES} different sums worth keeping; with
 * more, sums that nearly cost the same count as one, and what is found may miss the best by a
 * little.
 */
final class AllocationFrontier {
    static final int MOST_STATES = 40_000;

    private AllocationFrontier() {}

    /**
     * @param cost at least 0
     * @param loss what the option does to the quality; any finite number
     */
    record Option(long cost, double loss) {}

    /**
     * One option for each item.
     *
     * @param choices index of the option, by item
     */
    record Allocation(long cost, double loss, int[] choices) {}

    /** A sum over the first items, with the way to it. */
    private record State(long cost, double loss, int choice, State before) {}

    /**
     * @param items the options of each, at least one
     * @return by rising cost and falling loss; no allocation costs no more than another and loses
     *     no more
     */
    static List<Allocation> of(List<List<Option>> items) {
        return of(items, MOST_STATES);
    }

    static List<Allocation> of(List<List<Option>> items, int mostStates) {
        List<State> states = List.of(new State(0, 0, -1, null));
        for (List<Option> options : items) {
            List<State> longer = new ArrayList<>(states.size() * options.size());
            for (State state : states) {
                for (int choice = 0; choice < options.size(); choice++) {
                    Option option = options.get(choice);
                    longer.add(
                            new State(
                                    state.cost() + option.cost(),
                                    state.loss() + option.loss(),
                                    choice,
                                    state));
                }
            }
            states = thinned(undominated(longer), mostStates);
        }
        return states.stream().map(state -> allocation(state, items.size())).toList();
    }

    /** By rising cost; each loses less than all that cost no more. */
    private static List<State> undominated(List<State> states) {
        // The sort is stable, so that of equals the first found wins, whatever the machine.
        states.sort(Comparator.comparingLong(State::cost).thenComparingDouble(State::loss));
        List<State> kept = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (State state : states) {
            if (state.loss() < least) {
                least = state.loss();
                kept.add(state);
            }
        }
        return kept;
    }

    /** Of the states in each of so many cost ranges, the dearest, which loses the least. */
    private static List<State> thinned(List<State> states, int most) {
        if (states.size() <= most) {
            return states;
        }
        long first = states.getFirst().cost();
        long span = states.getLast().cost() - first;
        List<State> kept = new ArrayList<>();
        kept.add(states.getFirst());
        for (int i = 1; i < states.size(); i++) {
            boolean lastOfRange =
                    i + 1 == states.size()
                            || range(states.get(i), first, span, most)
                                    != range(states.get(i + 1), first, span, most);
            if (lastOfRange) {
                kept.add(states.get(i));
            }
        }
        return kept;
    }

    private static long range(State state, long first, long span, int count) {
        return (long) ((double) (state.cost() - first) / span * (count - 2));
    }

    private static Allocation allocation(State last, int items) {
        int[] choices = new int[items];
        State state = last;
        for (int item = items - 1; item >= 0; item--) {
            choices[item] = state.choice();
            state = state.before();
        }
        return new Allocation(last.cost(), last.loss(), choices);
    }
}
