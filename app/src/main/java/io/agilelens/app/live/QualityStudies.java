package io.agilelens.app.live;

import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.DivergenceFinder;
import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.FloatReference;
import io.agilelens.engine.evaluate.LayerSensitivity;
import io.agilelens.engine.evaluate.LengthAblation;
import io.agilelens.engine.evaluate.PruningCurve;
import io.agilelens.engine.evaluate.SiteNoise;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.Departures;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Study;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Finds out where a recipe loses its quality, on the windows that the session evaluates. Recipes
 * are simulated and fitted apart from the live loop, which neither waits nor loses what it keeps.
 */
public final class QualityStudies {
    /** How often the windows are halved for shorter ones. */
    private static final int HALVINGS = 3;

    private static final int SHORTEST = 8;

    private final OpenedModel opened;
    private final Recipe asked;
    private final Recipe recipe;
    private final RecipeFitter fitter;

    private QualityStudies(OpenedModel opened, Recipe asked, RecipeFitter fitter) {
        this.opened = opened;
        this.asked = asked;
        this.recipe = asked.withExecution(Execution.SIMULATED);
        this.fitter = fitter;
    }

    /**
     * @param latest what the live loop tuned last; used instead of fitting its recipe anew
     */
    public static QualityStudies of(
            ModelSession session, Recipe recipe, Optional<TunedModel> latest) {
        Decoder baseline = session.opened().baseline();
        RecipeFitter fitter =
                new RecipeFitter(
                        session.opened().model(),
                        baseline.kernels(),
                        baseline.numerics(),
                        session.fitter().calibration());
        latest.ifPresent(fitter::adopt);
        return new QualityStudies(session.opened(), recipe, fitter);
    }

    /**
     * @return puts what was found among the other studies
     */
    public UnaryOperator<Studies> run(
            QualityStudy study, Progress progress, Cancellation cancellation) {
        return switch (study) {
            case BUDGET -> {
                var found =
                        study(
                                ErrorBudget.measure(
                                        fitter, recipe, reference(), progress, cancellation));
                yield studies -> studies.withBudget(found);
            }
            case LAYERS -> {
                var found =
                        study(
                                LayerSensitivity.ofLayers(
                                        fitter.fit(recipe, progress, cancellation),
                                        reference(),
                                        progress,
                                        cancellation));
                yield studies -> studies.withLayers(found);
            }
            case DIVERGENCE -> {
                var found = study(departures(progress, cancellation));
                yield studies -> studies.withDivergence(found);
            }
            case CURVE -> {
                var found =
                        study(
                                PruningCurve.measure(
                                        fitter,
                                        recipe.withPruning(pruning()),
                                        new TreeSet<>(PruningCurve.USUAL_BETAS),
                                        reference(),
                                        progress,
                                        cancellation));
                yield studies -> studies.withCurve(found);
            }
            case LENGTHS -> {
                var found =
                        study(
                                LengthAblation.measure(
                                        fitter,
                                        recipe,
                                        opened.baseline(),
                                        opened.text(),
                                        lengths(),
                                        progress,
                                        cancellation));
                yield studies -> studies.withLengths(found);
            }
        };
    }

    private <T> Study<T> study(T result) {
        return new Study<>(asked, opened.text().windows().size(), opened.text().length(), result);
    }

    private FloatReference reference() {
        return new FloatReference(opened.baseline(), opened.text());
    }

    private Departures departures(Progress progress, Cancellation cancellation) {
        TunedModel tuned = fitter.fit(recipe, progress, cancellation);
        return new Departures(
                new DivergenceFinder(tuned, opened.baseline(), DivergenceFinder.USUAL_THRESHOLD)
                        .find(opened.text(), progress, cancellation),
                SiteNoise.survey(tuned, opened.baseline(), opened.text(), progress, cancellation));
    }

    /** The recipe's layers, or the last third of the model where it names none. */
    private PruningRecipe pruning() {
        PruningRecipe own = recipe.pruning();
        SortedSet<Integer> layers =
                own.layers().isEmpty()
                        ? PruningRecipe.lastThird(0, opened.config().layers()).layers()
                        : own.layers();
        return own.withLayers(layers).withAction(PruningAction.REMOVE);
    }

    private SortedSet<Integer> lengths() {
        SortedSet<Integer> lengths = new TreeSet<>();
        int length = opened.text().length();
        for (int halving = 0; halving <= HALVINGS && length >= SHORTEST; halving++) {
            lengths.add(length);
            length /= 2;
        }
        lengths.add(opened.text().length());
        return lengths;
    }
}
