package io.agilelens.views.lessons;

import io.agilelens.engine.evaluate.PruningTrace;
import io.agilelens.engine.recipe.PruningRecipe;
import io.agilelens.views.TokenNames;
import io.agilelens.views.workbench.WindowComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which tokens leave where and why. */
final class TokenFacts {
    private TokenFacts() {}

    static Facts of(LessonState state) {
        Facts.Builder facts = new Facts.Builder();
        WindowComparison windows = state.comparison().orElseThrow();
        facts.whole("tokens", windows.tokens().size());
        PruningTrace trace = windows.tuned().pruning();
        facts.is("prunes", trace.steps().stream().anyMatch(step -> step.removed() > 0));
        if (trace.steps().isEmpty() || trace.steps().getFirst().removed() == 0) {
            return facts.build();
        }
        tell(facts, windows, trace, windows.model().recipe().pruning());
        return facts.build();
    }

    private static void tell(
            Facts.Builder facts,
            WindowComparison windows,
            PruningTrace trace,
            PruningRecipe pruning) {
        PruningTrace.Step first = trace.steps().getFirst();
        List<Integer> leavers = new ArrayList<>();
        int least = 0;
        int start = 0;
        for (int i = 0; i < first.positions().length; i++) {
            if (first.ranks()[i] < first.removed()) {
                leavers.add(first.positions()[i]);
            }
            if (first.ranks()[i] == 0) {
                least = i;
            }
            if (first.positions()[i] == 0) {
                start = i;
            }
        }
        facts.number("beta", pruning.beta())
                .whole("pruned.layers", pruning.layers().size())
                .whole("first.layer", first.layer())
                .whole("entered", first.positions().length)
                .number("gamma", pruning.schedule().gamma())
                .whole("removed", first.removed())
                .places("leavers", leavers)
                .whole("least", first.positions()[least])
                .word("least.name", "token", name(windows, first.positions()[least]))
                .number("least.score", first.scores()[least])
                .number("threshold", first.threshold())
                .word("why", pruning.score().name().toLowerCase(Locale.ROOT))
                .whole("start.position", 0)
                .word("start.name", "token", name(windows, 0))
                .number("start.score", first.scores()[start])
                .whole("start.above", first.ranks()[start])
                .whole("heads", windows.baseline().heads().getFirst().size())
                .whole("alive", trace.alive(trace.layers() - 1))
                .percent("alive.share", (double) trace.alive(trace.layers() - 1) / trace.tokens())
                .percent("saved", trace.sparsity());
    }

    private static String name(WindowComparison windows, int position) {
        return "“" + TokenNames.visible(windows.tokens().get(position)) + "”";
    }
}
