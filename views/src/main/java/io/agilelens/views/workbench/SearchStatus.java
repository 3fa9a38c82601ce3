package io.agilelens.views.workbench;

import io.agilelens.engine.search.SearchPoint;
import java.util.Optional;

/**
 * How far a running search is.
 *
 * @param step what is being tried
 * @param done recipes tried
 * @param total recipes to try, about
 * @param best least divergence within the budget so far
 */
public record SearchStatus(String step, long done, long total, Optional<SearchPoint> best) {
    /** Before the first recipe. */
    public static final SearchStatus STARTING = new SearchStatus("", 0, 1, Optional.empty());

    public SearchStatus at(String step, long done, long total) {
        return new SearchStatus(step, done, total, best);
    }

    public SearchStatus withBest(SearchPoint better) {
        return new SearchStatus(step, done, total, Optional.of(better));
    }
}
