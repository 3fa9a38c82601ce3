package io.agilelens.views.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.RecordingActions;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompareViewModelTest {
    private final ComparisonFixture fixture = ComparisonFixture.tiny();
    private final Workbench workbench = new Workbench();
    private final CompareViewModel model = new CompareViewModel(workbench, new RecordingActions());
    private final PinnedRun floats = fixture.pin("FP", Recipe.FLOAT);
    private final PinnedRun weights = fixture.pin("RTN-W4", fixture.recipe("RTN-W4"));
    private final PinnedRun pruned = fixture.pin("pruned", fixture.prunedRecipe());

    @BeforeEach
    void pin() {
        workbench.runs().setAll(floats, weights, pruned);
    }

    @Test
    void namesWhatDiffersFromTheFirstRun() {
        assertEquals(List.of(new RecipePart("FP", false)), model.parts(floats));
        assertEquals(List.of(new RecipePart("W4 g32 RTN", true)), model.parts(weights));
        workbench.runs().setAll(weights, floats, pruned);
        assertEquals(List.of(new RecipePart("W4 g32 RTN", false)), model.parts(weights));
        assertEquals(List.of(new RecipePart("float weights", true)), model.parts(floats));
        assertEquals(
                List.of(
                        new RecipePart("W4 g32 RTN", false),
                        new RecipePart("A4 TRIP K3", true),
                        new RecipePart("Log2 4", true),
                        new RecipePart("β 0.5 at 2–3", true)),
                model.parts(pruned));
        Recipe executed = weights.recipe().withExecution(Execution.EXECUTED);
        assertEquals(
                List.of(new RecipePart("W4 g32 RTN", false), new RecipePart("executed", true)),
                RecipePart.of(executed, weights.recipe()));
    }

    @Test
    void theFrontierHoldsWhatNothingBeatsInBoth() {
        List<PinnedRun> frontier = Frontier.of(model.runs(), PinnedRun::weightBytes);
        assertTrue(frontier.contains(weights) || frontier.contains(pruned));
        for (PinnedRun run : model.runs()) {
            boolean beaten =
                    model.runs().stream()
                            .anyMatch(
                                    other ->
                                            other.weightBytes() < run.weightBytes()
                                                    && Frontier.quality(other)
                                                            < Frontier.quality(run));
            assertTrue(!beaten || !frontier.contains(run), run.name());
        }
        PinnedRun twin = fixture.pin("twin", Recipe.FLOAT);
        assertEquals(
                List.of(floats, twin), Frontier.of(List.of(floats, twin), PinnedRun::weightBytes));
    }

    @Test
    void aRunsRecipeComesBackAsOneStepThatCanBeUndone() {
        model.use(pruned);
        assertEquals(pruned.recipe(), workbench.history().recipe());
        workbench.history().undo();
        assertEquals(Recipe.FLOAT, workbench.history().recipe());
    }

    @Test
    void namesStayUniqueAndPlacesStay() {
        model.rename(weights, " FP ");
        assertEquals("FP (2)", workbench.runs().get(1).name());
        model.rename(floats, "  ");
        assertEquals("FP", workbench.runs().get(0).name());
        model.remove(floats);
        assertEquals(2, workbench.runs().size());
    }

    @Test
    void runsOnAnotherTextAreNotComparedWithTheFirst() {
        var other = fixture.quality(Recipe.FLOAT, 2);
        PinnedRun strange =
                new PinnedRun(
                        "other",
                        Recipe.FLOAT,
                        fixture.opened().subject(),
                        Optional.empty(),
                        other.baseline().orElseThrow(),
                        other.tuned().orElseThrow(),
                        32,
                        1000,
                        1);
        workbench.runs().add(strange);
        assertFalse(model.isComparable(strange));
        assertEquals(List.of(floats, weights, pruned), model.comparable());
    }
}
