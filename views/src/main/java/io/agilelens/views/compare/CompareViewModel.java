package io.agilelens.views.compare;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.SearchStatus;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyProperty;
import javafx.collections.ObservableList;

/** What the Compare station shows: the pinned runs against the first of them. */
public final class CompareViewModel {
    private static final double SAME_LOSS = 1e-5;

    private final Workbench workbench;
    private final WorkbenchActions actions;

    public CompareViewModel(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        this.actions = actions;
    }

    /** The pinned runs, in the order of pinning. */
    public ObservableList<PinnedRun> runs() {
        return workbench.runs();
    }

    /** Whether there is a model whose recipe could be pinned. */
    public boolean canPin() {
        return workbench.modelProperty().get().isPresent();
    }

    public void pin() {
        actions.pinRun();
    }

    /** The search that is running; empty while none is. */
    public ReadOnlyProperty<Optional<SearchStatus>> searchProperty() {
        return workbench.searchProperty();
    }

    public void search(Budget budget) {
        actions.search(budget);
    }

    public void cancelSearch() {
        actions.cancelSearch();
    }

    /** Takes a run's recipe up again; undo takes it back. */
    public void use(PinnedRun run) {
        workbench.history().change(Messages.text("compare.step", run.name()), run.recipe());
    }

    public void remove(PinnedRun run) {
        workbench.runs().remove(run);
    }

    /** Gives a run another name, made unique; a blank one changes nothing. */
    public void rename(PinnedRun run, String wish) {
        String name = wish.strip();
        int index = workbench.runs().indexOf(run);
        if (name.isEmpty() || name.equals(run.name()) || index < 0) {
            return;
        }
        workbench.runs().set(index, run.withName(workbench.freeRunName(name)));
    }

    /** A run's recipe in parts, with what differs from the first run's. */
    public List<RecipePart> parts(PinnedRun run) {
        return RecipePart.of(run, runs().isEmpty() ? run : runs().getFirst());
    }

    /** Whether a run is of the same model, text and protocol as the first one. */
    public boolean isComparable(PinnedRun run) {
        Perplexity first = runs().getFirst().baseline();
        Perplexity own = run.baseline();
        return own.protocol() == first.protocol()
                && own.window() == first.window()
                && own.totalWindows() == first.totalWindows()
                && haveSameLosses(first, own);
    }

    /**
     * The float model's losses identify model and text. They repeat only almost: compiled code may
     * round exponentials differently from code not compiled yet.
     */
    private static boolean haveSameLosses(Perplexity one, Perplexity other) {
        if (one.windowNll().size() != other.windowNll().size()) {
            return false;
        }
        for (int w = 0; w < one.windowNll().size(); w++) {
            double loss = one.windowNll().get(w);
            if (Math.abs(loss - other.windowNll().get(w)) > SAME_LOSS * Math.abs(loss)) {
                return false;
            }
        }
        return true;
    }

    /** Runs that one picture may show together. */
    public List<PinnedRun> comparable() {
        return runs().stream().filter(this::isComparable).toList();
    }

    /** Change of the perplexity over all positions, 0.05 for 5 % worse. */
    static double change(PinnedRun run) {
        return run.tuned().allPositions() / run.baseline().allPositions() - 1;
    }
}
