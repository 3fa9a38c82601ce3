package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.ErrorBudget;
import io.agilelens.engine.recipe.ActivationMethod;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.recipe.WeightMethod;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Study;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which of the pinned runs suits a budget, what costs most, and whether the levers suit one. */
final class RecipeFacts {
    /** Budgets that people name, in per cent. */
    private static final double[] ROUND = {0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500};

    /** The goal's limits; a recipe below them suits four-bit kernels. */
    private static final int WEIGHT_BITS = 4;

    private static final int ACTIVATION_BITS = 8;

    private RecipeFacts() {}

    static Facts of(LessonState state, Facts kept) {
        Facts.Builder facts = new Facts.Builder();
        List<PinnedRun> runs = state.runs().stream().filter(run -> !run.searched()).toList();
        facts.whole("runs.count", runs.size());
        tellRuns(facts, runs);
        costliest(state.studies())
                .ifPresent(
                        share -> {
                            String id = share.component().name();
                            facts.word("costliest", id, Messages.text("study.component." + id));
                        });
        facts.options("components", components(state.studies()));
        kept.find("w4a8", Fact.Figure.class)
                .ifPresent(
                        change -> {
                            double budget = roundAbove(change.value());
                            facts.number("goal.budget", budget, "%");
                            goal(facts, state, budget);
                        });
        return facts.build();
    }

    /**
     * A budget that some of the runs keep and, if possible, some exceed, and the smallest in it.
     */
    private static void tellRuns(Facts.Builder facts, List<PinnedRun> runs) {
        List<PinnedRun> tuned = runs.stream().filter(run -> !run.recipe().isFloat()).toList();
        facts.is("comparable", tuned.size() >= 2);
        if (tuned.size() < 2) {
            return;
        }
        List<PinnedRun> byChange =
                tuned.stream().sorted(Comparator.comparing(RecipeFacts::change)).toList();
        double budget = roundAbove(100 * change(byChange.get(byChange.size() - 2)));
        List<PinnedRun> fitting =
                tuned.stream().filter(run -> 100 * change(run) <= budget).toList();
        PinnedRun smallest =
                fitting.stream()
                        .min(
                                Comparator.comparing(PinnedRun::weightBits)
                                        .thenComparing(RecipeFacts::change))
                        .orElseThrow();
        facts.number("budget", budget, "%")
                .whole("fitting", fitting.size())
                .options(
                        "runs",
                        tuned.stream()
                                .map(run -> new Fact.Word(run.name(), describe(run)))
                                .toList())
                .word("smallest", smallest.name(), describe(smallest));
    }

    /** How much worse a run predicts all positions than the float model, 0.05 for 5 %. */
    private static double change(PinnedRun run) {
        return run.tuned().allPositions() / run.baseline().allPositions() - 1;
    }

    private static String describe(PinnedRun run) {
        return Messages.text("lessons.run", run.name(), Figures.number(run.weightBits()));
    }

    private static double roundAbove(double percent) {
        for (double round : ROUND) {
            if (percent <= round) {
                return round;
            }
        }
        return Math.ceil(percent / 1000) * 1000;
    }

    private static Optional<ErrorBudget.Share> costliest(Studies studies) {
        return studies.budget()
                .map(Study::result)
                .flatMap(
                        budget ->
                                budget.shares().stream()
                                        .max(
                                                Comparator.comparing(
                                                        share -> share.saving(budget.whole()))));
    }

    private static List<Fact.Word> components(Studies studies) {
        return studies.budget().stream()
                .flatMap(study -> study.result().shares().stream())
                .map(share -> share.component().name())
                .map(id -> new Fact.Word(id, Messages.text("study.component." + id)))
                .toList();
    }

    /** Whether the recipe in force is small enough and good enough; if not, what is wrong. */
    private static void goal(Facts.Builder facts, LessonState state, double budget) {
        Recipe recipe = state.recipe();
        boolean weights =
                recipe.weights().method() != WeightMethod.NONE
                        && recipe.weights().bits() <= WEIGHT_BITS;
        boolean activations =
                recipe.activations().method() != ActivationMethod.NONE
                        && recipe.activations().bits() <= ACTIVATION_BITS;
        if (!weights || !activations) {
            facts.word("goal", weights ? "activations" : "weights");
        } else if (state.has(Need.QUALITY)) {
            boolean good = 100 * state.quality().relativeChange() <= budget;
            facts.word("goal", good ? Fact.Word.YES : "quality");
        }
    }
}
