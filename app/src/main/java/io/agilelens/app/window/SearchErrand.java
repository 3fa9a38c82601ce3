package io.agilelens.app.window;

import io.agilelens.app.live.BoardSearch;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.search.Budget;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.workbench.SearchStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javafx.application.Platform;

/** Searches for recipes as an errand, shows how far that is, and pins what was found. */
final class SearchErrand {
    private final Workbench workbench;
    private final LiveSession live;
    private final Errands errands;
    private Cancellation searching = Cancellation.never();

    SearchErrand(Workbench workbench, LiveSession live, Errands errands) {
        this.workbench = workbench;
        this.live = live;
        this.errands = errands;
    }

    /** Looks for better recipes under a budget, unless a search runs already. */
    void begin(Budget budget) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        if (workbench.searchProperty().get().isPresent()) {
            Notices.done(Messages.text("compare.search.running"));
            return;
        }
        if (NativeBundle.isAt(ModelReference.parse(present.opened().reference()).path())) {
            Notices.done(Messages.text("compare.search.bundle"));
            return;
        }
        workbench.searchProperty().set(Optional.of(SearchStatus.STARTING));
        BoardSearch search = new BoardSearch(present, workbench.history().recipe(), budget);
        searching =
                errands.run(
                        Messages.text("status.searching"),
                        (progress, cancellation) -> searched(search, progress, cancellation),
                        found -> {
                            if (live.session() != present) {
                                return;
                            }
                            workbench.runs().addAll(workbench.named(found.runs()));
                            Notices.done(
                                    Messages.text(
                                            "compare.search.done",
                                            found.tried(),
                                            found.runs().size()));
                        });
    }

    /** Runs a search on the errand thread and shows how far it is. */
    private BoardSearch.Found searched(
            BoardSearch search, Progress progress, Cancellation cancellation) {
        AtomicReference<SearchStatus> latest = new AtomicReference<>(SearchStatus.STARTING);
        Consumer<UnaryOperator<SearchStatus>> tell =
                change -> {
                    SearchStatus before = latest.get();
                    SearchStatus now = latest.updateAndGet(change);
                    if (!now.equals(before)) {
                        Platform.runLater(
                                () -> {
                                    if (workbench.searchProperty().get().isPresent()) {
                                        workbench.searchProperty().set(Optional.of(now));
                                    }
                                });
                    }
                };
        try {
            return search.run(
                    best -> tell.accept(status -> status.withBest(best)),
                    (step, done, total) -> {
                        progress.report(step, done, total);
                        tell.accept(status -> status.at(step, done, total));
                    },
                    cancellation);
        } finally {
            Platform.runLater(() -> workbench.searchProperty().set(Optional.empty()));
        }
    }

    /** Stops the search, if one runs. */
    void cancel() {
        searching.cancel();
    }
}
