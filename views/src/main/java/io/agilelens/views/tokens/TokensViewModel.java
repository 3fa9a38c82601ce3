package io.agilelens.views.tokens;

import io.agilelens.engine.recipe.Knobs;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;

/** What the Tokens station shows: the window's tokens, one of them, and what colours tell. */
public final class TokensViewModel {
    private static final double THOUSAND = 1000;

    private final Workbench workbench;
    private final WorkbenchActions actions;
    private final ReadOnlyObjectWrapper<Optional<TokenTable>> table =
            new ReadOnlyObjectWrapper<>(this, "table", Optional.empty());
    private final ObjectProperty<TokenColoring> wishedColoring =
            new SimpleObjectProperty<>(this, "wishedColoring", TokenColoring.REMOVAL);
    private final ReadOnlyObjectWrapper<TokenColoring> coloring =
            new ReadOnlyObjectWrapper<>(this, "coloring", TokenColoring.REMOVAL);
    private final ReadOnlyIntegerWrapper token =
            new ReadOnlyIntegerWrapper(this, "token", Selection.NONE);

    public TokensViewModel(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        this.actions = actions;
        workbench
                .comparisonProperty()
                .subscribe(
                        comparison -> {
                            table.set(comparison.map(TokenTable::of));
                            follow();
                        });
        workbench.selection().placeProperty().subscribe(this::follow);
        wishedColoring.subscribe(this::follow);
    }

    private void follow() {
        int selected = workbench.selection().place().token();
        int count = table.get().map(TokenTable::count).orElse(0);
        token.set(selected < count ? selected : Selection.NONE);
        boolean prunes = table.get().map(TokenTable::prunes).orElse(false);
        TokenColoring wished = wishedColoring.get();
        coloring.set(wished == TokenColoring.REMOVAL && !prunes ? TokenColoring.TUNED : wished);
    }

    /** The shown window; empty before the first one is there. */
    public ReadOnlyObjectProperty<Optional<TokenTable>> tableProperty() {
        return table.getReadOnlyProperty();
    }

    /** What the person wants colours to tell. */
    public ObjectProperty<TokenColoring> wishedColoringProperty() {
        return wishedColoring;
    }

    /** What colours tell: the wish, or the tuned loss where nothing is pruned. */
    public ReadOnlyObjectProperty<TokenColoring> coloringProperty() {
        return coloring.getReadOnlyProperty();
    }

    /** The selected token of the shown window, or {@link Selection#NONE}. */
    public ReadOnlyIntegerProperty tokenProperty() {
        return token.getReadOnlyProperty();
    }

    /** The recipe that the shown numbers are of. */
    Recipe comparedRecipe() {
        return workbench
                .comparisonProperty()
                .get()
                .map(comparison -> comparison.model().recipe())
                .orElse(Recipe.FLOAT);
    }

    /** The recipe in force. */
    public ReadOnlyObjectProperty<Recipe> recipeProperty() {
        return workbench.history().recipeProperty();
    }

    /** The share of the tokens still alive that leaves at each layer; empty without a model. */
    public double[] shares() {
        int layers = workbench.modelProperty().get().map(m -> m.config().layers()).orElse(0);
        double[] shares = new double[layers];
        for (int layer = 0; layer < layers; layer++) {
            shares[layer] = recipeProperty().get().pruning().share(layer);
        }
        return shares;
    }

    /** Prunes a share at a layer, as much as may leave in all; others keep theirs. */
    public void setShare(int layer, double share) {
        Recipe recipe = recipeProperty().get();
        double alive = 1;
        double[] shares = shares();
        for (int other = 0; other < shares.length; other++) {
            alive *= other == layer ? 1 : 1 - shares[other];
        }
        double room = 1 - (1 - Knobs.BETA.maximum()) / alive;
        // Where others take all that may go there is none, and rounding may leave less.
        double most = Math.max(0, Math.floor(room * THOUSAND) / THOUSAND);
        workbench
                .history()
                .change(
                        Messages.text("tokens.step.share", Integer.toString(layer)),
                        recipe.withPruning(
                                recipe.pruning().withShare(layer, Math.clamp(share, 0, most))));
    }

    /** Prunes the same share at each pruned layer; as many tokens are gone at the end. */
    public void evenShares() {
        Recipe recipe = recipeProperty().get();
        workbench
                .history()
                .change(
                        Messages.text("tokens.step.even"),
                        recipe.withPruning(recipe.pruning().withBeta(recipe.pruning().beta())));
        endStep();
    }

    /** The next change is undone by itself. */
    public void endStep() {
        workbench.history().endStep();
    }

    /** How many tokens of the shown window enter a layer and how many its MLP sees, in words. */
    String course(int layer) {
        return table.get()
                .filter(shown -> !shown.marks() && layer < shown.trace().layers())
                .map(
                        shown ->
                                Messages.text(
                                        "tokens.editor.course",
                                        Integer.toString(
                                                layer == 0
                                                        ? shown.count()
                                                        : shown.trace().alive(layer - 1)),
                                        Integer.toString(shown.trace().alive(layer))))
                .orElse("");
    }

    /** Selects a token for the whole window. */
    public void selectToken(int index) {
        workbench.selection().select(workbench.selection().place().withToken(index));
    }

    /** Selects a layer and a token for the whole window. */
    public void selectLane(int layer, int index) {
        workbench
                .selection()
                .select(workbench.selection().place().withLayer(layer).withToken(index));
    }

    /** The selected layer. */
    public int layer() {
        return workbench.selection().place().layer();
    }

    /** Windows of the text; 0 before a model is open. */
    public int windows() {
        return workbench
                .modelProperty()
                .get()
                .map(opened -> opened.text().windows().size())
                .orElse(0);
    }

    /** Index of the shown window, or −1. */
    public int window() {
        return table.get().map(TokenTable::window).orElse(-1);
    }

    /** Shows the window that lies so many after the present one, if there is one. */
    public void move(int by) {
        int wanted = window() + by;
        if (window() >= 0 && wanted >= 0 && wanted < windows()) {
            actions.showWindow(wanted);
        }
    }
}
