package io.agilelens.views.quality;

import io.agilelens.engine.evaluate.FirstDivergence;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the Quality station's studies show, and what picking in them does. */
public final class StudiesViewModel {
    private final Workbench workbench;
    private final WorkbenchActions actions;

    public StudiesViewModel(Workbench workbench, WorkbenchActions actions) {
        this.workbench = workbench;
        this.actions = actions;
    }

    /** What the studies are of. */
    Workbench workbench() {
        return workbench;
    }

    Studies studies() {
        return workbench.studiesProperty().get();
    }

    /** The outliers that were planted in the open model. */
    Optional<Planting> planting() {
        return workbench.modelProperty().get().flatMap(OpenedModel::planting);
    }

    /** Whether a study is about another recipe than the one in force. */
    boolean isStale(Optional<? extends Study<?>> study) {
        return isStale(study, recipe -> recipe);
    }

    /** Likewise, for a study that tries all prune ratios itself. */
    boolean isCurveStale() {
        return isStale(
                studies().curve(), recipe -> recipe.withPruning(recipe.pruning().withBeta(0)));
    }

    private boolean isStale(Optional<? extends Study<?>> study, UnaryOperator<Recipe> relevant) {
        Recipe now = relevant.apply(workbench.history().recipe());
        return study.filter(found -> !relevant.apply(found.recipe()).equals(now)).isPresent();
    }

    /** What a study is over, and of which recipe if that is no longer the one in force. */
    String conditions(Study<?> study, boolean stale) {
        String over =
                Messages.text(
                        "study.conditions",
                        Integer.toString(study.windows()),
                        Integer.toString(study.length()),
                        workbench
                                .modelProperty()
                                .get()
                                .map(opened -> opened.text().protocol().title())
                                .orElse(""));
        return stale ? Messages.text("study.stale", study.recipe().summary()) + " " + over : over;
    }

    void selectLayer(int layer) {
        workbench.selection().select(workbench.selection().place().withLayer(layer));
    }

    void selectPlace(int layer, Site site) {
        workbench.selection().select(workbench.selection().place().withLayer(layer).withSite(site));
    }

    /** Shows a token of a window at a place in every view, and opens the station that shows it. */
    void openToken(int window, int token, int layer, Site site) {
        selectToken(window, token, layer, site);
        actions.goTo("outliers");
    }

    /** Shows a token of a window at a place in every view. */
    private void selectToken(int window, int token, int layer, Site site) {
        actions.showWindow(window);
        Selection.Place place = workbench.selection().place();
        workbench.selection().select(place.withLayer(layer).withSite(site).withToken(token));
    }

    /** A token as text, between quotation marks. */
    String token(int id) {
        return workbench
                .modelProperty()
                .get()
                .map(
                        model -> {
                            var tokenizer = model.model().tokenizer();
                            String text = tokenizer.decode(new int[] {id}, false);
                            return "“" + (text.isBlank() ? tokenizer.piece(id) : text) + "”";
                        })
                .orElse("");
    }

    private String token(int window, int position) {
        return workbench
                .modelProperty()
                .get()
                .map(model -> token(model.text().windows().get(window)[position]))
                .orElse("");
    }

    /** The first departure in one sentence. */
    String sentence(FirstDivergence first) {
        String threshold = Figures.number(first.threshold(), Messages.text("study.db"));
        return first.departure()
                .map(
                        found ->
                                Messages.text(
                                        "study.departure",
                                        Integer.toString(found.window() + 1),
                                        Integer.toString(found.token()),
                                        token(found.window(), found.token()),
                                        Integer.toString(found.layer()),
                                        found.site(),
                                        Figures.number(found.decibels(), Messages.text("study.db")),
                                        threshold))
                .orElse(
                        Messages.text(
                                "study.departure.none",
                                Integer.toString(first.windows()),
                                threshold));
    }

    /** The first changed prediction in one sentence. */
    String turnSentence(FirstDivergence first) {
        return first.turn()
                .map(
                        turn ->
                                Messages.text(
                                        "study.turn",
                                        Integer.toString(turn.window() + 1),
                                        Integer.toString(turn.token()),
                                        token(turn.window(), turn.token()),
                                        token(turn.expected()),
                                        Figures.percent(turn.floatOfExpected()),
                                        Figures.percent(turn.tunedOfExpected()),
                                        token(turn.actual()),
                                        Figures.percent(turn.tunedOfActual()),
                                        Figures.percent(turn.floatOfActual())))
                .orElse(Messages.text("study.turn.none", Integer.toString(first.windows())));
    }

    /** Prunes as a point of the curve does. */
    void use(PruningCurve curve, PruningCurve.Point point) {
        PruningRecipe pruning = curve.recipe().pruning().withBeta(point.beta());
        workbench
                .history()
                .change(
                        Messages.text("study.curve.use", Figures.number(point.beta())),
                        workbench.history().recipe().withPruning(pruning));
        workbench.history().endStep();
    }
}
