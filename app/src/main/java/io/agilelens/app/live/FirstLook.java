package io.agilelens.app.live;

import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WindowAnalysis;
import io.agilelens.engine.evaluate.WindowAnalyzer;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.TokenPruner;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.WindowComparison;
import java.util.Optional;

/**
 * The pictures of a small float model at the start of the program, by the scalar kernels: until the
 * compiler has come to the vector kernels, which takes it seconds, these are faster by far. They
 * are the reference for the others, so all that follows differs from them in a float's last digits
 * at most, and takes their place.
 */
public final class FirstLook {
    /** Multiplications, as many as scalar code does in a moment. */
    private static final long MOST = 1L << 30;

    private FirstLook() {}

    /** The first window of a float model; empty if that would take long. */
    public static Optional<WindowComparison> at(ModelSession session, Cancellation cancellation) {
        OpenedModel opened = session.opened();
        Model model = opened.model();
        int[] ids = opened.text().windows().getFirst();
        if (session.isBundle() || model.parameters() * ids.length > MOST) {
            return Optional.empty();
        }
        Kernels kernels = KernelProvider.of(0);
        Decoder decoder =
                new Decoder(
                        model,
                        kernels,
                        new FloatNumerics(
                                model,
                                kernels,
                                opened.memory().placement(),
                                Progress.NONE,
                                cancellation));
        WindowAnalysis analysis =
                WindowAnalyzer.analyze(
                        decoder, TokenPruner.NONE, ids, session.firstLayer(), cancellation);
        TunedModel floats = session.fitter().fit(Recipe.FLOAT, Progress.NONE, cancellation);
        return Optional.of(
                new WindowComparison(0, TokenLabels.of(opened, ids), analysis, analysis, floats));
    }
}
