package io.agilelens.views.compare;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.RecipeSpeed;
import io.agilelens.views.workbench.SearchStatus;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyProperty;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;

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

    /** In which unit the sizes of all runs are told, so that they can be compared. */
    Figures.ByteUnit sizeUnit() {
        return Figures.ByteUnit.of(runs().stream().mapToLong(PinnedRun::weightBytes));
    }

    /** Whether there is a model whose recipe could be pinned. */
    public boolean canPin() {
        return workbench.modelProperty().get().isPresent();
    }

    public void pin() {
        actions.pinRun();
    }

    /** Measures the executed recipes of all runs. */
    public void measure() {
        actions.measureRuns();
    }

    /** Speeds of executed recipes, as far as they were measured. */
    ObservableMap<Recipe, RecipeSpeed.Measured> speeds() {
        return workbench.speeds();
    }

    /** What was measured of a run's recipe when executed; empty before. */
    Optional<RecipeSpeed.Measured> speed(PinnedRun run) {
        return Optional.ofNullable(
                workbench.speeds().get(run.recipe().withExecution(Execution.EXECUTED)));
    }

    /** Milliseconds that a prompt takes when the recipe is executed; NaN while unknown. */
    double latency(PinnedRun run) {
        return speed(run)
                .flatMap(RecipeSpeed.Measured::speed)
                .map(speed -> speed.prefill().median())
                .orElse(Double.NaN);
    }

    /** Milliseconds that each token behind the prompt takes; NaN while unknown. */
    double decodeLatency(PinnedRun run) {
        return speed(run)
                .flatMap(RecipeSpeed.Measured::speed)
                .map(speed -> speed.decode().median())
                .orElse(Double.NaN);
    }

    /** How many times as fast as the float model a prompt is; NaN while unknown. */
    double speedup(PinnedRun run) {
        return speed(run)
                .flatMap(RecipeSpeed.Measured::speed)
                .map(RecipeSpeed::prefillSpeedup)
                .orElse(Double.NaN);
    }

    /** Where a run's latency comes from, or why there is none. */
    String speedHelp(PinnedRun run) {
        if (speed(run).isEmpty()) {
            return Messages.text("compare.speed.unknown");
        }
        RecipeSpeed.Measured measured = speed(run).get();
        return measured.speed()
                .map(
                        speed ->
                                Messages.text(
                                        "compare.speed.executed",
                                        Integer.toString(speed.prompt()),
                                        Figures.number(speed.prefill().median(), "ms"),
                                        Figures.number(speed.prefill().spread() / 2, "ms"),
                                        Figures.number(speed.decode().median(), "ms"),
                                        Figures.number(speed.decode().spread() / 2, "ms"),
                                        Figures.times(speed.prefillSpeedup()),
                                        Figures.times(speed.decodeSpeedup())))
                .orElse(Messages.text("compare.speed.obstacle", measured.obstacle()));
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
