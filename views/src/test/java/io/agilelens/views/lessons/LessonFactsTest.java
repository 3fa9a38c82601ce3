package io.agilelens.views.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.evaluate.SiteStatistics;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.quant.Log2Quantizer;
import io.agilelens.engine.quant.PackedMultiplication;
import io.agilelens.engine.quant.RoundToNearest;
import io.agilelens.engine.quant.TripQuantizer;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.tensor.Matrix;
import io.agilelens.views.ComparisonFixture;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.WindowComparison;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** Facts against numbers by hand, and against the results that they are read off. */
class LessonFactsTest {
    private static final ComparisonFixture TINY = ComparisonFixture.tiny();

    private static SiteStatistics statistics(int layer, Site site, float... maxima) {
        float[] minima = new float[maxima.length];
        for (int c = 0; c < maxima.length; c++) {
            minima[c] = -maxima[c] / 2;
        }
        float largest = 0;
        for (float maximum : maxima) {
            largest = Math.max(largest, maximum);
        }
        float[] none = new float[maxima.length];
        return new SiteStatistics(
                layer, site, 4, minima, maxima, none, none, 20, 3, 1, largest, largest);
    }

    private static WindowAnalysis window(SiteStatistics... all) {
        List<Map<Site, SiteStatistics>> layers = new ArrayList<>();
        for (SiteStatistics each : all) {
            while (layers.size() <= each.layer()) {
                layers.add(new EnumMap<>(Site.class));
            }
            layers.get(each.layer()).put(each.site(), each);
        }
        return new WindowAnalysis(
                new int[0],
                layers,
                List.of(),
                new PruningTrace(0, layers.size(), List.of()),
                null,
                Optional.empty());
    }

    @Test
    void theLoudestPlaceIsWhereOneChannelTowersMost() {
        WindowAnalysis analysis =
                window(
                        statistics(0, Site.ATTN_INPUT, 1, 2, 3, 4, 5),
                        statistics(1, Site.ATTN_INPUT, 1, 2, 90, 1, 30),
                        // Louder, but no input of a linear layer.
                        statistics(1, Site.QUERY, 1, 1, 900, 1, 1),
                        statistics(1, Site.MLP_INPUT, 5, 5, 40, 5, 5));
        LoudestPlace place = LoudestPlace.of(analysis, Optional.empty());
        assertEquals(1, place.layer());
        assertEquals(Site.ATTN_INPUT, place.site());
        assertEquals(2, place.outlier());
        assertEquals(1, place.typical());
        assertEquals(45, place.ratio());
        assertTrue(place.hasOutlier());
        assertEquals(List.of(2, 4), place.towering());
        assertEquals(2, place.others());
        Planting planted =
                new Planting(
                        8,
                        new TreeSet<>(Set.of(2)),
                        new TreeSet<>(Set.of(1)),
                        List.of(Site.MLP_INPUT));
        LoudestPlace there = LoudestPlace.of(analysis, Optional.of(planted));
        assertEquals(Site.MLP_INPUT, there.site());
        assertEquals(8, there.ratio());
        assertFalse(
                LoudestPlace.of(window(statistics(0, Site.ATTN_INPUT, 1, 2, 3)), Optional.empty())
                        .hasOutlier());
    }

    @Test
    void theMultiplierIsReadFieldByField() {
        Facts.Builder facts = new Facts.Builder();
        MultiplierFacts.tell(
                facts, new PackedMultiplication(PackedMultiplication.Carrier.INT16, -3, 5, 6, 4));
        Facts known = facts.build();
        assertEquals(5 * 256 - 3, figure(known, "packed"));
        assertEquals((5 * 256 - 3) * 6, figure(known, "product"));
        assertEquals(238, figure(known, "low.plain"));
        assertEquals(-18, figure(known, "low.product"));
        assertEquals(7680, figure(known, "rest"));
        assertEquals(30, figure(known, "high.product"));
        assertEquals("0001 1101", known.find("bits.high").orElseThrow().shown());
        assertEquals("1110 1110", known.find("bits.low").orElseThrow().shown());
        assertEquals("−3", known.find("low").orElseThrow().shown());
        assertEquals("− 3", known.find("low.added").orElseThrow().shown());
    }

    /** What the picture of the station can be given, and no product that needs no thought. */
    @Test
    void theMultiplierTakesSignedCodesOfTheModel() {
        Facts facts = LessonFacts.of("multiplier", state(Recipe.FLOAT, 0, List.of()), Facts.NONE);
        assertTrue(figure(facts, "low") <= -3 && figure(facts, "low") >= -8);
        assertTrue(figure(facts, "high") >= 3 && figure(facts, "high") <= 7);
        assertTrue(figure(facts, "activation") >= 3 && figure(facts, "activation") <= 7);
        assertEquals(
                figure(facts, "high") * figure(facts, "activation"), figure(facts, "high.product"));
        assertEquals(
                figure(facts, "low") * figure(facts, "activation"), figure(facts, "low.product"));
    }

    /** Only the loud channel's activations are not 0 at 4 bits, and there two weights are large. */
    @Test
    void theMultiplierFindsAnExerciseBesideALoudChannel() {
        int outputs = 5;
        int inputs = 32;
        int loud = 9;
        float[] weight = new float[outputs * inputs];
        Matrix x = Matrix.zeros(4, inputs);
        for (int input = 0; input < inputs; input++) {
            for (int output = 0; output < outputs; output++) {
                weight[output * inputs + input] = input == 0 ? 1 : 0.1f;
            }
            x.data()[input] = input == loud ? -80 : 0.5f;
            x.data()[3 * inputs + input] = input == loud ? 60 : -0.5f;
        }
        weight[2 * inputs + loud] = -0.9f;
        weight[4 * inputs + loud] = 0.8f;
        MultiplierFacts.Exercise exercise =
                MultiplierFacts.exercise(
                        RoundToNearest.quantize(weight, outputs, inputs, 4, inputs, true), x);
        assertEquals(loud, exercise.channel());
        PackedMultiplication chosen = exercise.multiplication();
        assertEquals(-7, chosen.lower());
        assertEquals(6, chosen.upper());
        assertTrue(chosen.activation() >= 3, chosen.toString());
    }

    /** A question that is a click is not answered by the words before it. */
    @Test
    void noTextNamesThePlaceThatIsToBeClicked() {
        LessonState state = state(TINY.prunedRecipe(), 1, List.of());
        for (Lesson lesson : LessonLibrary.bundled().lessons()) {
            Facts facts = LessonFacts.of(lesson.id(), state, Facts.NONE);
            for (LessonStep step : lesson.steps()) {
                if (!(step.question().orElse(null) instanceof Question.Pick pick)) {
                    continue;
                }
                Set<Integer> right =
                        facts.find(pick.fact(), Fact.Places.class).orElseThrow().right();
                for (LessonStep before :
                        lesson.steps().subList(0, lesson.steps().indexOf(step) + 1)) {
                    for (String part : List.of("text", "question", "hint", "wrong")) {
                        String key = lesson.id() + "." + before.id() + "." + part;
                        if (!LessonWords.bundle().containsKey(key)) {
                            continue;
                        }
                        Matcher places =
                                LessonWords.PLACE.matcher(LessonWords.bundle().getString(key));
                        while (places.find()) {
                            String name = places.group(1);
                            assertFalse(name.equals(pick.fact()), key);
                            boolean names = selects(lesson, pick.part(), name);
                            assertFalse(names && right.contains((int) figure(facts, name)), key);
                        }
                    }
                }
            }
        }
    }

    private static boolean selects(Lesson lesson, SelectionPart part, String fact) {
        return lesson.steps().stream().anyMatch(step -> fact.equals(step.select().get(part)));
    }

    /** Before something is known, what would name it is not said yet. */
    @Test
    void aStepThatWaitsHasNoHolesInItsText() {
        LessonState state = state(Recipe.FLOAT, 0, List.of());
        for (Lesson lesson : LessonLibrary.bundled().lessons()) {
            for (int i = 0; i < lesson.steps().size(); i++) {
                StepView view =
                        new StepPresenter(lesson, i, state, Facts.NONE, false)
                                .view(Optional.empty());
                assertFalse(view.text().contains("…"), view.text());
            }
        }
    }

    private static LessonState state(Recipe recipe, int layer, List<PinnedRun> runs) {
        WindowComparison comparison = TINY.compare(recipe, 0, layer);
        return new LessonState(
                Optional.of(TINY.opened()),
                Optional.of(comparison),
                true,
                TINY.quality(recipe, TINY.opened().text().windows().size()),
                true,
                runs.isEmpty() ? Studies.NONE : TINY.studies(recipe),
                Optional.empty(),
                runs,
                recipe,
                Selection.Place.START.withLayer(layer));
    }

    /** Otherwise a question would go away, and an answer be lost, while the text is evaluated. */
    @Test
    void whatAStepDoesNotNeedDoesNotInterruptIt() {
        Recipe recipe = TINY.recipe("W4A4 TRIP");
        LessonState exact = state(recipe, 0, List.of());
        LessonState running =
                new LessonState(
                        exact.model(),
                        exact.comparison(),
                        true,
                        TINY.quality(recipe, 1),
                        true,
                        exact.studies(),
                        exact.kernels(),
                        exact.runs(),
                        recipe,
                        exact.place());
        assertFalse(exact.hasFactsOf(running));
        assertTrue(exact.hasFactsOf(running, List.of(Need.MODEL, Need.PICTURES)));
        assertFalse(exact.hasFactsOf(running, List.of(Need.MODEL, Need.QUALITY)));
        assertFalse(exact.hasFactsOf(state(recipe, 1, List.of()), List.of(Need.MODEL)));
    }

    private static double figure(Facts facts, String name) {
        return facts.find(name, Fact.Figure.class).orElseThrow().value();
    }

    @Test
    void tripsFactorIsThatOfTheFittedModel() {
        Recipe recipe = TINY.recipe("W4A4 TRIP");
        LessonState first = state(recipe, 0, List.of());
        Facts facts = LessonFacts.of("trip", first, Facts.NONE);
        int layer = (int) figure(facts, "layer");
        Site site = Site.valueOf(facts.find("site", Fact.Word.class).orElseThrow().id());
        TripQuantizer trip =
                (TripQuantizer)
                        first.comparison()
                                .orElseThrow()
                                .model()
                                .plan()
                                .layers()
                                .get(layer)
                                .activations()
                                .get(site);
        int typical = (int) figure(facts, "typical");
        assertEquals(1 << trip.exponent(typical), figure(facts, "typical.factor"));
        assertEquals(trip.base(), figure(facts, "base"));
        assertEquals(8 * (double) trip.base(), figure(facts, "top.step"), 1e-9);
        int shifted = (int) figure(facts, "shift.channel");
        assertTrue(trip.exponent(shifted) > 0, "a shift by nothing teaches nothing");
        assertEquals(5 << trip.exponent(shifted), figure(facts, "example.shifted"));
        assertTrue(figure(facts, "levels.trip") >= figure(facts, "levels.one"));
    }

    @Test
    void theTokensThatLeaveAreThoseOfTheTrace() {
        LessonState state = state(TINY.prunedRecipe(), 1, List.of());
        PruningTrace.Step step =
                state.comparison().orElseThrow().tuned().pruning().steps().getFirst();
        Facts facts = LessonFacts.of("tokens", state, Facts.NONE);
        var leavers = facts.find("leavers", Fact.Places.class).orElseThrow().right();
        assertEquals(step.removed(), leavers.size());
        assertEquals(step.removed(), figure(facts, "removed"));
        int least = (int) figure(facts, "least");
        assertTrue(leavers.contains(least));
        assertEquals("start", facts.find("why", Fact.Word.class).orElseThrow().id());
        assertEquals(step.positions().length - 1, figure(facts, "start.above"));
        Facts unpruned = LessonFacts.of("tokens", state(Recipe.FLOAT, 1, List.of()), Facts.NONE);
        assertFalse(unpruned.isTrue("prunes"));
        assertTrue(unpruned.find("leavers").isEmpty());
    }

    @Test
    void whatFallsToZeroIsWhatTheHeadSays() {
        LessonState state = state(Recipe.FLOAT, 0, List.of());
        Facts facts = LessonFacts.of("log2", state, Facts.NONE);
        var head =
                state.comparison()
                        .orElseThrow()
                        .baseline()
                        .heads()
                        .get((int) figure(facts, "layer"))
                        .get((int) figure(facts, "head"));
        assertEquals(100 * head.lostMass(3), figure(facts, "few.lost"));
        assertEquals(1 / 15.0, figure(facts, "uniform.step"), 1e-7);
        Facts there =
                LessonFacts.of("log2", state(Recipe.FLOAT, head.layer(), List.of()), Facts.NONE);
        assertEquals(
                Log2Quantizer.exponent((float) figure(there, "probability")),
                figure(there, "exponent"));
    }

    @Test
    void theSmallestRunWithinTheBudgetIsRight() {
        PinnedRun float32 = TINY.pin("float", Recipe.FLOAT);
        PinnedRun four = TINY.pin("four", TINY.recipe("RTN-W4"));
        Recipe three = four.recipe().withWeights(four.recipe().weights().withBits(3));
        PinnedRun fewer = TINY.pin("three", three);
        Recipe inForce = TINY.prunedRecipe();
        LessonState state = state(inForce, 0, List.of(float32, four, fewer));
        Facts facts = LessonFacts.of("recipe", state, Facts.NONE);
        double budget = figure(facts, "budget");
        String smallest = facts.find("smallest", Fact.Word.class).orElseThrow().id();
        PinnedRun right = smallest.equals("four") ? four : fewer;
        double change = right.tuned().allPositions() / right.baseline().allPositions() - 1;
        assertTrue(100 * change <= budget, smallest);
        assertEquals(2, facts.find("runs", Fact.Options.class).orElseThrow().words().size());
        assertTrue(facts.isTrue("comparable"));
        ErrorBudget shares = state.studies().budget().orElseThrow().result();
        String costliest = facts.find("costliest", Fact.Word.class).orElseThrow().id();
        for (ErrorBudget.Share share : shares.shares()) {
            if (share.component().name().equals(costliest)) {
                for (ErrorBudget.Share other : shares.shares()) {
                    assertTrue(share.saving(shares.whole()) >= other.saving(shares.whole()));
                }
            }
        }
        Facts kept = new Facts.Builder().number("w4a8", 1.7).build();
        Facts goal = LessonFacts.of("recipe", state, kept);
        assertEquals(2, figure(goal, "goal.budget"));
        boolean good = 100 * state.quality().relativeChange() <= 2;
        assertEquals(
                good ? "yes" : "quality", goal.find("goal", Fact.Word.class).orElseThrow().id());
        Facts wide = LessonFacts.of("recipe", state(four.recipe(), 0, List.of()), kept);
        assertEquals("activations", wide.find("goal", Fact.Word.class).orElseThrow().id());
    }

    /** With everything known, no text names a fact that there is not. */
    @Test
    void aBudgetAsksForRunsWhereTooFewArePinned() {
        LessonState state =
                state(
                        TINY.prunedRecipe(),
                        0,
                        List.of(
                                TINY.pin("float", Recipe.FLOAT),
                                TINY.pin("four", TINY.recipe("RTN-W4"))));
        Facts facts = LessonFacts.of("recipe", state, Facts.NONE);
        Lesson lesson =
                LessonLibrary.bundled().lessons().stream()
                        .filter(each -> each.id().equals("recipe"))
                        .findFirst()
                        .orElseThrow();
        int step = lesson.steps().stream().map(LessonStep::id).toList().indexOf("budget");
        StepView view = new StepPresenter(lesson, step, state, facts, true).view(Optional.empty());
        assertEquals(LessonWords.text("recipe.budget.without", facts), view.text());
    }

    @Test
    void everyFactThatATextNamesIsComputed() {
        Recipe pruned = TINY.prunedRecipe();
        List<PinnedRun> runs = List.of(TINY.pin("a", TINY.recipe("RTN-W4")), TINY.pin("b", pruned));
        Facts kept =
                new Facts.Builder().number("rtn", 12).number("awq", 11).number("w4a8", 3).build();
        Set<String> unknown = new TreeSet<>();
        for (Lesson lesson : LessonLibrary.bundled().lessons()) {
            Facts all = Facts.NONE;
            for (int layer = 0; layer < TINY.opened().config().layers(); layer++) {
                all = all.with(LessonFacts.of(lesson.id(), state(pruned, layer, runs), kept));
            }
            for (String key : LessonWords.bundle().keySet()) {
                if (!key.startsWith(lesson.id() + ".")) {
                    continue;
                }
                Matcher places = LessonWords.PLACE.matcher(LessonWords.bundle().getString(key));
                while (places.find()) {
                    if (all.find(places.group(1)).isEmpty()) {
                        unknown.add(lesson.id() + ": " + places.group(1));
                    }
                }
            }
            for (LessonStep step : lesson.steps()) {
                Facts known = all;
                step.question()
                        .map(Question::fact)
                        .filter(fact -> known.find(fact).isEmpty())
                        .ifPresent(fact -> unknown.add(lesson.id() + " asks " + fact));
                for (String fact : step.fill().values()) {
                    if (known.find(fact).isEmpty()) {
                        unknown.add(lesson.id() + " fills in " + fact);
                    }
                }
                for (String fact : step.select().values()) {
                    if (!fact.equals(StepSetup.NONE) && known.find(fact).isEmpty()) {
                        unknown.add(lesson.id() + " selects " + fact);
                    }
                }
            }
        }
        // Known once kernels were measured; the window's tests measure some.
        unknown.removeAll(Set.of("multiplier: int4.ratio", "multiplier asks faster"));
        assertEquals(Set.of(), unknown);
    }

    @Test
    void aRunningPerplexityIsNoFact() {
        LessonState state = state(TINY.recipe("RTN-W4"), 0, List.of());
        assertTrue(LessonFacts.of("awq", state, Facts.NONE).find("perplexity").isPresent());
        LessonState running =
                new LessonState(
                        state.model(),
                        state.comparison(),
                        true,
                        Quality.NONE,
                        true,
                        Studies.NONE,
                        Optional.empty(),
                        List.of(),
                        state.recipe(),
                        state.place());
        assertTrue(LessonFacts.of("awq", running, Facts.NONE).find("perplexity").isEmpty());
        assertFalse(running.has(Need.QUALITY));
        assertTrue(running.has(Need.PICTURES));
    }
}
