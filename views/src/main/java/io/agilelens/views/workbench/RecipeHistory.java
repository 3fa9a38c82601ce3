package io.agilelens.views.workbench;

import io.agilelens.engine.recipe.Recipe;
import java.util.ArrayDeque;
import java.util.Deque;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;

/**
 * The recipe and how it came about. Every change has a name and can be taken back; changes of the
 * same knob in a row are one step, so that dragging a slider is undone at once.
 */
public final class RecipeHistory {
    private static final int LONGEST = 500;

    private record Step(String name, Recipe before, Recipe after) {}

    private final ReadOnlyObjectWrapper<Recipe> recipe = new ReadOnlyObjectWrapper<>(Recipe.FLOAT);
    private final ReadOnlyStringWrapper undoName = new ReadOnlyStringWrapper("");
    private final ReadOnlyStringWrapper redoName = new ReadOnlyStringWrapper("");
    private final Deque<Step> done = new ArrayDeque<>();
    private final Deque<Step> undone = new ArrayDeque<>();
    private boolean joinable;

    /** The recipe in force; never null. */
    public ReadOnlyObjectProperty<Recipe> recipeProperty() {
        return recipe.getReadOnlyProperty();
    }

    public Recipe recipe() {
        return recipe.get();
    }

    /** What undo would take back; empty if nothing. */
    public ReadOnlyStringProperty undoNameProperty() {
        return undoName.getReadOnlyProperty();
    }

    /** What redo would bring back; empty if nothing. */
    public ReadOnlyStringProperty redoNameProperty() {
        return redoName.getReadOnlyProperty();
    }

    /**
     * Changes the recipe.
     *
     * @param name what changed, for a person to read; the same name twice in a row is one step
     */
    public void change(String name, Recipe changed) {
        if (changed.equals(recipe.get())) {
            return;
        }
        Recipe before = recipe.get();
        if (joinable && !done.isEmpty() && done.peek().name().equals(name)) {
            before = done.pop().before();
        }
        done.push(new Step(name, before, changed));
        if (done.size() > LONGEST) {
            done.removeLast();
        }
        undone.clear();
        joinable = true;
        show(changed);
    }

    /** Ends the current step: the next change is undone on its own, whatever its name. */
    public void endStep() {
        joinable = false;
    }

    public void undo() {
        if (!done.isEmpty()) {
            Step step = done.pop();
            undone.push(step);
            joinable = false;
            show(step.before());
        }
    }

    public void redo() {
        if (!undone.isEmpty()) {
            Step step = undone.pop();
            done.push(step);
            joinable = false;
            show(step.after());
        }
    }

    /** Starts anew with a recipe; nothing can be undone. */
    public void reset(Recipe start) {
        done.clear();
        undone.clear();
        joinable = false;
        show(start);
    }

    private void show(Recipe shown) {
        undoName.set(done.isEmpty() ? "" : done.peek().name());
        redoName.set(undone.isEmpty() ? "" : undone.peek().name());
        recipe.set(shown);
    }
}
