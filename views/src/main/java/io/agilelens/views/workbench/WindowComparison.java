package io.agilelens.views.workbench;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WindowAnalysis;
import java.util.List;

/**
 * One window of the text, seen through the float model and through the tuned one.
 *
 * @param window index of the window in the text
 * @param tokens each token as text, for labels
 * @param model what made {@code tuned}
 */
public record WindowComparison(
        int window,
        List<String> tokens,
        WindowAnalysis baseline,
        WindowAnalysis tuned,
        TunedModel model) {

    public WindowComparison {
        tokens = List.copyOf(tokens);
    }
}
