package io.agilelens.views.workbench;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;

/**
 * What a person made of the session and how it came about: the model and text, the recipe and the
 * pinned runs. Every change has a name and can be taken back; changes of the same knob in a row are
 * one step, so that dragging a slider is undone at once. What is looked at is no change.
 */
public final class SessionHistory {
    private static final int LONGEST = 500;

    /**
     * Everything of a session that undo brings back.
     *
     * @param subject the model and text asked for; empty before the first is open
     */
    public record State(Optional<Subject> subject, Recipe recipe, List<PinnedRun> runs) {
        public State {
            runs = List.copyOf(runs);
        }
    }

    /**
     * A step.
     *
     * @param name what changed, for a person to read
     * @param knob steps in a row with the same one are joined; empty for steps that stand alone
     * @param after what it led to
     */
    private record Step(String name, String knob, State after) {}

    private final ReadOnlyObjectWrapper<Recipe> recipe = new ReadOnlyObjectWrapper<>(Recipe.FLOAT);
    private final ReadOnlyObjectWrapper<Optional<Subject>> subject =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final ObservableList<PinnedRun> runs;
    private final ReadOnlyStringWrapper undoName = new ReadOnlyStringWrapper("");
    private final ReadOnlyStringWrapper redoName = new ReadOnlyStringWrapper("");

    /** The first is where the session begins. */
    private final ObservableList<Step> steps = FXCollections.observableArrayList();

    private final ObservableList<String> names = FXCollections.observableArrayList();
    private final ReadOnlyIntegerWrapper position = new ReadOnlyIntegerWrapper();
    private boolean joinable;
    private boolean showing;

    /**
     * @param runs each change of this list becomes a step
     */
    SessionHistory(ObservableList<PinnedRun> runs) {
        this.runs = runs;
        runs.addListener((ListChangeListener<PinnedRun>) _ -> runsChanged());
        begin(Messages.text("history.start"), new State(Optional.empty(), Recipe.FLOAT, runs));
    }

    /** The recipe in force; never null. */
    public ReadOnlyObjectProperty<Recipe> recipeProperty() {
        return recipe.getReadOnlyProperty();
    }

    public Recipe recipe() {
        return recipe.get();
    }

    /** The model and text asked for; after undo they may have to be opened first. */
    public ReadOnlyObjectProperty<Optional<Subject>> subjectProperty() {
        return subject.getReadOnlyProperty();
    }

    /** What is in force now. */
    public State state() {
        return steps.get(position.get()).after();
    }

    /** What undo would take back; empty if nothing. */
    public ReadOnlyStringProperty undoNameProperty() {
        return undoName.getReadOnlyProperty();
    }

    /** What redo would bring back; empty if nothing. */
    public ReadOnlyStringProperty redoNameProperty() {
        return redoName.getReadOnlyProperty();
    }

    /** The names of all steps, undone ones too; the first says where the session begins. */
    public ObservableList<String> names() {
        return FXCollections.unmodifiableObservableList(names);
    }

    /** Index of the latest step in force among {@link #names()}. */
    public ReadOnlyIntegerProperty positionProperty() {
        return position.getReadOnlyProperty();
    }

    /**
     * Changes the recipe.
     *
     * @param name what changed, for a person to read; the same name twice in a row is one step
     */
    public void change(String name, Recipe changed) {
        change(name, name, changed);
    }

    /**
     * Changes the recipe.
     *
     * @param knob what was turned; the same knob twice in a row is one step
     * @param name what changed, for a person to read
     */
    public void change(String knob, String name, Recipe changed) {
        if (!changed.equals(recipe.get())) {
            State now = state();
            add(new Step(name, knob, new State(now.subject(), changed, now.runs())));
        }
    }

    /**
     * Another model or text.
     *
     * @param name what changed, for a person to read
     * @param start the recipe to go on with
     */
    public void open(String name, Subject opened, Recipe start) {
        add(new Step(name, "", new State(Optional.of(opened), start, state().runs())));
    }

    private void runsChanged() {
        if (!showing) {
            State now = state();
            List<PinnedRun> changed = List.copyOf(runs);
            add(
                    new Step(
                            nameOf(now.runs(), changed),
                            "",
                            new State(now.subject(), now.recipe(), changed)));
        }
    }

    private static String nameOf(List<PinnedRun> before, List<PinnedRun> after) {
        List<PinnedRun> gone = before.stream().filter(run -> !after.contains(run)).toList();
        List<PinnedRun> come = after.stream().filter(run -> !before.contains(run)).toList();
        if (gone.size() == 1 && come.size() == 1 && before.size() == after.size()) {
            return Messages.text(
                    "history.run.renamed", gone.getFirst().name(), come.getFirst().name());
        }
        if (gone.isEmpty() && !come.isEmpty()) {
            return come.size() == 1
                    ? Messages.text("history.run.pinned", come.getFirst().name())
                    : Messages.text("history.runs.pinned", come.size());
        }
        if (come.isEmpty() && !gone.isEmpty()) {
            return gone.size() == 1
                    ? Messages.text("history.run.removed", gone.getFirst().name())
                    : Messages.text("history.runs.removed", gone.size());
        }
        return Messages.text("history.runs.changed");
    }

    /** Ends the current step: the next change is undone on its own, whatever its name. */
    public void endStep() {
        joinable = false;
    }

    public void undo() {
        if (position.get() > 0) {
            jumpTo(position.get() - 1);
        }
    }

    public void redo() {
        if (position.get() < steps.size() - 1) {
            jumpTo(position.get() + 1);
        }
    }

    /** Goes to where a step led, undoing or redoing all between. */
    public void jumpTo(int step) {
        joinable = false;
        show(step);
    }

    /** Goes to the nearest step with a model and text, if there is one. */
    public void returnTo(Subject open) {
        int now = position.get();
        int nearest = -1;
        for (int i = 0; i < steps.size(); i++) {
            boolean nearer = nearest < 0 || Math.abs(i - now) < Math.abs(nearest - now);
            if (nearer && steps.get(i).after().subject().filter(open::equals).isPresent()) {
                nearest = i;
            }
        }
        if (nearest >= 0) {
            jumpTo(nearest);
        }
    }

    /** Starts anew with a recipe and nothing else changed; nothing can be undone. */
    public void reset(Recipe start) {
        begin(Messages.text("history.start"), new State(state().subject(), start, state().runs()));
    }

    /**
     * Starts anew; nothing can be undone.
     *
     * @param name where the session begins, for a person to read
     */
    public void begin(String name, State start) {
        joinable = false;
        steps.setAll(List.of(new Step(name, "", start)));
        names.setAll(List.of(name));
        show(0);
    }

    private void add(Step step) {
        int last = position.get();
        boolean joins =
                joinable
                        && last > 0
                        && !step.knob().isEmpty()
                        && steps.get(last).knob().equals(step.knob());
        int place = joins ? last : last + 1;
        steps.remove(place, steps.size());
        names.remove(place, names.size());
        steps.add(step);
        names.add(step.name());
        if (steps.size() > LONGEST) {
            // Where the session begins moves on; its name stays.
            steps.set(0, new Step(names.getFirst(), "", steps.remove(1).after()));
            names.remove(1);
        }
        joinable = true;
        show(steps.size() - 1);
    }

    private void show(int step) {
        position.set(step);
        undoName.set(step == 0 ? "" : names.get(step));
        redoName.set(step == names.size() - 1 ? "" : names.get(step + 1));
        State state = state();
        showing = true;
        try {
            if (!runs.equals(state.runs())) {
                runs.setAll(state.runs());
            }
        } finally {
            showing = false;
        }
        // The recipe may be of a model that is not open yet, which its listeners see by this.
        subject.set(state.subject());
        recipe.set(state.recipe());
    }
}
