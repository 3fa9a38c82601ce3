package io.agilelens.views.palette;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds entries for what somebody types. */
public final class PaletteViewModel {
    private static final int MOST = 60;
    private static final double RECENT = 12;

    /** Enough to put answers to the query itself above everything found by its letters. */
    private static final double ANSWER = 10_000;

    /**
     * An entry that was found.
     *
     * @param letters which letters of its title were meant
     */
    public record Found(PaletteEntry entry, BitSet letters) {}

    private record Scored(Found found, double score) {}

    private final List<Supplier<List<PaletteEntry>>> lists = new ArrayList<>();
    private final List<Function<String, List<PaletteEntry>>> readers = new ArrayList<>();
    private final RecentEntries recent;

    public PaletteViewModel(RecentEntries recent) {
        this.recent = recent;
    }

    /** Adds entries that are searched by their titles; asked anew whenever something is typed. */
    public void addList(Supplier<List<PaletteEntry>> list) {
        lists.add(list);
    }

    /** Adds something that understands whole queries, such as {@code beta 0.3}. */
    public void addReader(Function<String, List<PaletteEntry>> reader) {
        readers.add(reader);
    }

    /** What suits a query, best first; without one, what was used last and then everything. */
    public List<Found> find(String query) {
        List<Scored> scored = new ArrayList<>();
        if (!query.isBlank()) {
            for (Function<String, List<PaletteEntry>> reader : readers) {
                for (PaletteEntry entry : reader.apply(query.strip())) {
                    Found found = new Found(entry, new BitSet());
                    scored.add(new Scored(found, ANSWER - scored.size()));
                }
            }
        }
        for (Supplier<List<PaletteEntry>> list : lists) {
            list.get().forEach(entry -> score(query, entry).ifPresent(scored::add));
        }
        return scored.stream()
                .sorted(Comparator.comparingDouble(Scored::score).reversed())
                .map(Scored::found)
                .limit(MOST)
                .toList();
    }

    private Optional<Scored> score(String query, PaletteEntry entry) {
        int used = recent.ids().indexOf(entry.id());
        double bonus = used < 0 ? 0 : RECENT - 0.5 * used;
        if (query.isBlank()) {
            return Optional.of(new Scored(new Found(entry, new BitSet()), bonus));
        }
        // What cannot be done is found all the same, below what can.
        double penalty = entry.enabled() ? 0 : 40;
        return Fuzzy.match(query, entry.title())
                .map(
                        match ->
                                new Scored(
                                        new Found(entry, match.letters()),
                                        match.score() + bonus - penalty))
                .or(
                        () ->
                                Fuzzy.match(query, entry.kind() + " " + entry.title())
                                        .map(
                                                match ->
                                                        new Scored(
                                                                new Found(entry, new BitSet()),
                                                                match.score() / 2
                                                                        + bonus
                                                                        - penalty)));
    }

    /** Does what an entry does, and remembers that. */
    public boolean choose(PaletteEntry entry) {
        if (!entry.enabled()) {
            return false;
        }
        recent.used(entry);
        entry.effect().run();
        return true;
    }
}
