package io.agilelens.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.kernel.KernelBenchmark;
import io.agilelens.engine.kernel.KernelTiming;
import io.agilelens.engine.model.LinearRole;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.ActivationRecipe;
import io.agilelens.engine.recipe.Granularity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.engine.recipe.WeightRecipe;
import io.agilelens.engine.search.SearchPoint.Origin;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a tiny random model. */
class ParetoSearchTest {
    private static final Recipe BASE =
            Recipe.FLOAT.withWeights(new WeightRecipe(WeightMethod.RTN, 4, 16, false));

    @TempDir private Path folder;
    private Model model;

    @BeforeEach
    void open() {
        model = SearchModels.open(folder);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void keepsTheBudgetAndBeatsTheUniformRecipes() {
        SearchResult result = search(settings("bits=5.2", 1));
        SearchPoint best = result.best().orElseThrow();
        assertTrue(best.size().bitsPerWeight() <= 5.2, best.size().toString());
        assertTrue(best.heldOut().isPresent());
        // Groups of 16 cost 1.25 bits at 4, so 5.25 is uniform W4 and does not fit.
        assertTrue(best.recipe().overrides().size() > 0);
        assertFalse(result.rivals().isEmpty());
        for (SearchResult.Rivals rivals : result.rivals()) {
            assertTrue(
                    rivals.searched().size().bits() <= rivals.uniform().size().bits(),
                    rivals.toString());
            assertTrue(
                    rivals.searched().divergence() < rivals.uniform().divergence(),
                    "%s, not better than %s".formatted(rivals.searched(), rivals.uniform()));
        }
    }

    @Test
    void itsFrontierIsBeatenByNothing() {
        SearchResult result = search(settings("bits=4.9", 2));
        List<SearchPoint> frontier = result.frontier();
        assertTrue(frontier.size() > 5, frontier.size() + " points");
        for (SearchPoint point : frontier) {
            for (SearchPoint other : result.points()) {
                boolean better =
                        other.size().bits() <= point.size().bits()
                                && other.divergence() <= point.divergence()
                                && (other.size().bits() < point.size().bits()
                                        || other.divergence() < point.divergence());
                assertFalse(better, "%s beats %s".formatted(other, point));
            }
            assertTrue(point.heldOut().isPresent(), point.name());
        }
        for (SearchPoint point : result.points()) {
            assertTrue(
                    frontier.contains(point)
                            || frontier.stream()
                                    .anyMatch(
                                            each ->
                                                    each.size().bits() <= point.size().bits()
                                                            && each.divergence()
                                                                    <= point.divergence()),
                    point.name());
        }
    }

    @Test
    void repeatsItselfWithTheSameSeed() {
        SearchResult one = search(settings("bits=4.9", 3));
        SearchResult two = search(settings("bits=4.9", 3));
        assertEquals(one.points(), two.points());
        assertEquals(one.sensitivities(), two.sensitivities());
        SearchResult other = search(settings("bits=4.9", 4));
        assertFalse(one.points().equals(other.points()), "another seed tries others");
    }

    @Test
    void findsTheSmallestRecipeForALoss() {
        SearchResult result = search(settings("nll=+0.02", 1));
        SearchPoint best = result.best().orElseThrow();
        assertTrue(best.nll() <= result.floats().nll() + 0.02, best.nll() + " nats");
        for (SearchPoint point : result.points()) {
            boolean within =
                    point.origin() != Origin.FLOAT && point.nll() <= result.floats().nll() + 0.02;
            assertFalse(within && point.size().bits() < best.size().bits(), point.name());
        }
    }

    @Test
    void tradesActivationBitsForLatency() {
        ActivationRecipe eight =
                new ActivationRecipe(ActivationMethod.UNIFORM, 8, 0, Granularity.TOKEN);
        // Made-up timings: four bits take half of eight.
        List<KernelTiming> timings = new ArrayList<>();
        for (LinearRole role : model.config().roles()) {
            for (String name : KernelBenchmark.NAMES) {
                double time = name.startsWith("INT4") ? 1 : name.startsWith("W4A8") ? 2 : 4;
                timings.add(
                        new KernelTiming(
                                name,
                                LatencyEstimate.TOKENS,
                                role.outputs(model.config()),
                                role.inputs(model.config()),
                                time,
                                0,
                                1,
                                4 / time,
                                1,
                                1,
                                1));
            }
        }
        LatencyEstimate latency = LatencyEstimate.of(model.config(), timings);
        double slow = latency.of(BASE.withActivations(eight));
        SearchSettings settings =
                new SearchSettings(
                        BASE.withActivations(eight),
                        new Budget(Budget.Kind.LATENCY, slow * 0.75),
                        List.of(4, 8),
                        List.of(16),
                        List.of(4, 8),
                        1,
                        5);
        SearchPoint best = search(settings, Optional.of(latency)).best().orElseThrow();
        assertTrue(best.latency().orElseThrow() <= slow * 0.75, best.toString());
        assertEquals(best.latency().orElseThrow(), latency.of(best.recipe()));
    }

    @Test
    void givesRecipesThatAreReadAgain() {
        for (SearchPoint point : search(settings("bits=4.9", 1)).points()) {
            assertEquals(
                    point.recipe(), RecipeJson.parse(RecipeJson.write(point.recipe()), "recipe"));
        }
    }

    @Test
    void refusesWhatCannotBeMet() {
        UserException refusal =
                assertThrows(UserException.class, () -> search(settings("bits=1.5", 1)));
        assertTrue(refusal.getMessage().contains("--budget bits=1.5 cannot be met"));
        assertThrows(UserException.class, () -> Budget.parse("bits=0"));
        assertThrows(UserException.class, () -> Budget.parse("bit=4"));
        assertThrows(UserException.class, () -> Budget.parse("bits"));
        assertEquals(new Budget(Budget.Kind.NLL, 0.02), Budget.parse("nll=+0.02"));
        assertThrows(
                UserException.class,
                () -> search(SearchSettings.usual(Recipe.FLOAT, Budget.parse("bits=4"), 1)));
    }

    @Test
    void stopsWhenCancelled() {
        Cancellation cancellation = new Cancellation();
        assertThrows(
                CancellationException.class,
                () ->
                        new ParetoSearch(
                                        SearchModels.evaluator(model),
                                        SearchModels.text(10),
                                        Optional.of(SearchModels.text(20)),
                                        settings("bits=4.9", 1),
                                        Optional.empty())
                                .run(point -> cancellation.cancel(), Progress.NONE, cancellation));
    }

    private static SearchSettings settings(String budget, long seed) {
        return new SearchSettings(
                BASE, Budget.parse(budget), List.of(2, 3, 4, 6), List.of(16), List.of(8), seed, 12);
    }

    private SearchResult search(SearchSettings settings) {
        return search(settings, Optional.empty());
    }

    private SearchResult search(SearchSettings settings, Optional<LatencyEstimate> latency) {
        return new ParetoSearch(
                        SearchModels.evaluator(model),
                        SearchModels.text(10),
                        Optional.of(SearchModels.text(20)),
                        settings,
                        latency)
                .run(point -> {}, Progress.NONE, Cancellation.never());
    }
}
