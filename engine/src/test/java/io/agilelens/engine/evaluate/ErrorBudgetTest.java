package io.agilelens.engine.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.TokenScore;
import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.CacheMethod;
import io.agilelens.engine.recipe.CacheRecipe;
import io.agilelens.engine.recipe.HeadMethod;
import io.agilelens.engine.recipe.HeadRecipe;
import io.agilelens.engine.recipe.PruningAction;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.SiteOverride;
import io.agilelens.engine.recipe.SmoothingMethod;
import io.agilelens.engine.recipe.SmoothingRecipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The error budget against ordinary runs of the recipes that it is made of. */
class ErrorBudgetTest {
    private static final Recipe PRUNED =
            TinyTuning.ALL.withPruning(
                    new PruningRecipe(0.3, new TreeSet<>(List.of(1)), TokenScore.START, false));

    @TempDir private Path folder;
    private TinyTuning tiny;

    @BeforeEach
    void open() {
        tiny = new TinyTuning(folder);
    }

    @AfterEach
    void close() {
        tiny.close();
    }

    private ErrorBudget measure(Recipe recipe) {
        return ErrorBudget.measure(
                tiny.fitter(), recipe, tiny.reference(), Progress.NONE, Cancellation.never());
    }

    @Test
    void everyPartIsAnOrdinaryRun() {
        ErrorBudget budget = measure(PRUNED);
        assertEquals(
                List.of(
                        ErrorComponent.WEIGHTS,
                        ErrorComponent.ACTIVATIONS,
                        ErrorComponent.SOFTMAX,
                        ErrorComponent.PRUNING),
                budget.shares().stream().map(ErrorBudget.Share::component).toList());
        double floats = tiny.runFloat().nll();
        assertSame(tiny.run(PRUNED), budget.whole(), floats);
        double alone = 0;
        for (ErrorBudget.Share share : budget.shares()) {
            Recipe only =
                    switch (share.component()) {
                        case WEIGHTS -> TinyTuning.WEIGHTS;
                        case ACTIVATIONS ->
                                Recipe.FLOAT.withActivations(TinyTuning.ALL.activations());
                        case SOFTMAX -> Recipe.FLOAT.withSoftmax(TinyTuning.ALL.softmax());
                        case PRUNING -> Recipe.FLOAT.withPruning(PRUNED.pruning());
                        case HEAD, SMOOTHING, CACHE -> throw new AssertionError(share.component());
                    };
            assertSame(tiny.run(only), share.alone(), floats);
            assertSame(tiny.run(share.component().without(PRUNED)), share.without(), floats);
            alone += tiny.run(only).allNll() - floats;
            assertEquals(
                    share.component() != ErrorComponent.PRUNING,
                    share.without().coverage() < 1,
                    "pruning is off in its own line only");
        }
        assertEquals(budget.whole().change() - alone, budget.interaction(), 1e-9);
    }

    private static void assertSame(Perplexity run, FloatComparison part, double floats) {
        assertEquals(run.allNll(), part.nll(), 1e-9);
        assertEquals(run.nll(), part.keptNll(), 1e-9);
        assertEquals(run.allNll() - floats, part.change(), 1e-9);
        assertEquals(floats, part.floatNll(), 1e-9);
        assertEquals(run.coverage(), part.coverage(), 1e-12);
        assertEquals(run.fromFloat().orElseThrow(), part.divergence());
        assertTrue(part.changeError() >= 0);
    }

    /** Fewer bits mean nothing without bits, so alone they cost nothing. */
    @Test
    void tokensOfFewerBitsGoWithTheActivations() {
        Recipe marked =
                PRUNED.withPruning(PRUNED.pruning().withAction(PruningAction.LOWER_BITS))
                        .withHead(new HeadRecipe(HeadMethod.RTN, 3, 16))
                        .withCache(new CacheRecipe(CacheMethod.UNIFORM, 4));
        ErrorBudget budget = measure(marked);
        assertEquals(ErrorComponent.values().length - 1, budget.shares().size());
        assertEquals(1, budget.whole().coverage());
        for (ErrorBudget.Share share : budget.shares()) {
            if (share.component() == ErrorComponent.PRUNING) {
                assertEquals(0, share.alone().change());
                assertTrue(share.without().change() != budget.whole().change());
            }
        }
    }

    @Test
    void executedRecipesAreTakenApartInSimulation() {
        ErrorBudget budget = measure(TinyTuning.ALL.withExecution(Execution.EXECUTED));
        assertEquals(Execution.SIMULATED, budget.recipe().execution());
        assertEquals(measure(TinyTuning.ALL).whole(), budget.whole());
    }

    @Test
    void headSmoothingCacheAndMarkedTokensAreComponentsToo() {
        Recipe recipe =
                PRUNED.withHead(new HeadRecipe(HeadMethod.RTN, 3, 16))
                        .withSmoothing(new SmoothingRecipe(SmoothingMethod.SMOOTHQUANT, 0.5))
                        .withCache(new CacheRecipe(CacheMethod.UNIFORM, 4))
                        .withPruning(PRUNED.pruning().withAction(PruningAction.LOWER_BITS));
        ErrorBudget budget = measure(recipe);
        assertEquals(
                List.of(ErrorComponent.values()),
                budget.shares().stream().map(ErrorBudget.Share::component).toList());
        double floats = tiny.runFloat().nll();
        for (ErrorBudget.Share share : budget.shares()) {
            assertSame(tiny.run(share.component().alone(recipe)), share.alone(), floats);
            assertSame(tiny.run(share.component().without(recipe)), share.without(), floats);
            assertEquals(1, share.without().coverage(), "nothing is removed");
            // Scales that are moved, and bits of tokens that nothing quantizes, change nothing.
            boolean harmless =
                    share.component() == ErrorComponent.SMOOTHING
                            || share.component() == ErrorComponent.PRUNING;
            assertEquals(
                    harmless,
                    share.alone().divergence().mean() < 1e-6,
                    share.component() + " " + share.alone().divergence().mean());
        }
    }

    @Test
    void overridesGoWithTheirComponent() {
        Recipe recipe =
                Recipe.FLOAT.withOverrides(
                        List.of(
                                new SiteOverride(
                                        new TreeSet<>(List.of(1)),
                                        Set.of(Site.MLP_INPUT),
                                        Optional.of(ActivationMethod.UNIFORM),
                                        Optional.of(8),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(WeightMethod.RTN),
                                        Optional.of(3),
                                        Optional.empty(),
                                        Optional.empty())));
        assertEquals(
                List.of(ErrorComponent.WEIGHTS, ErrorComponent.ACTIVATIONS),
                ErrorComponent.of(recipe, TinyTuning.LAYERS));
        Recipe weights = ErrorComponent.WEIGHTS.alone(recipe);
        assertEquals(3, weights.weightsAt(1, Site.MLP_INPUT).bits());
        assertEquals(ActivationMethod.NONE, weights.activationsAt(1, Site.MLP_INPUT).method());
        Recipe activations = ErrorComponent.WEIGHTS.without(recipe);
        assertEquals(WeightMethod.NONE, activations.weightsAt(1, Site.MLP_INPUT).method());
        assertEquals(
                ActivationMethod.UNIFORM, activations.activationsAt(1, Site.MLP_INPUT).method());
        assertTrue(ErrorComponent.SOFTMAX.alone(recipe).isFloat());
        assertFalse(weights.isFloat());
    }

    @Test
    void aFloatRecipeHasNothingToTakeApart() {
        ErrorBudget budget = measure(Recipe.FLOAT);
        assertTrue(budget.shares().isEmpty());
        assertEquals(0, budget.whole().change());
        assertEquals(0, budget.interaction());
        assertEquals(1, budget.whole().divergence().agreement());
    }

    @Test
    void stopsWhenCancelled() {
        Cancellation cancellation = new Cancellation();
        assertThrows(
                CancellationException.class,
                () ->
                        ErrorBudget.measure(
                                tiny.fitter(),
                                PRUNED,
                                tiny.reference(),
                                (step, done, total) -> {
                                    if (step.startsWith("error budget 3 of")) {
                                        cancellation.cancel();
                                    }
                                },
                                cancellation));
    }
}
