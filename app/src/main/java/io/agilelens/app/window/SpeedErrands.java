package io.agilelens.app.window;

import io.agilelens.app.live.Measurements;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javafx.application.Platform;

/** Measures how fast things are, each as an errand that has the machine to itself. */
final class SpeedErrands {
    private final Workbench workbench;
    private final LiveSession live;
    private final Errands errands;

    SpeedErrands(Workbench workbench, LiveSession live, Errands errands) {
        this.workbench = workbench;
        this.live = live;
        this.errands = errands;
    }

    /** Products of the open model with vectors of one width, in bits. */
    void kernels(int bits) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Measurements measurements = new Measurements(present.opened());
        errands.run(
                Messages.text("status.measuring"),
                (progress, cancellation) ->
                        alone(() -> measurements.kernels(bits, progress, cancellation)),
                report -> add(present, report));
    }

    private void add(ModelSession measured, KernelReport report) {
        if (live.isShaped(measured)) {
            workbench.addKernels(report);
        }
    }

    /** The same with vectors of every width. */
    void widths() {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Measurements measurements = new Measurements(present.opened());
        errands.run(
                Messages.text("status.measuring"),
                (progress, cancellation) ->
                        alone(
                                () ->
                                        measurements.widths(
                                                report ->
                                                        Platform.runLater(
                                                                () -> add(present, report)),
                                                progress,
                                                cancellation)),
                _ -> {});
    }

    /** Whole passes with the recipe in force. */
    void passes() {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Measurements measurements = new Measurements(present.opened());
        Recipe recipe = workbench.history().recipe();
        errands.run(
                Messages.text("status.measuring.passes"),
                (progress, cancellation) ->
                        alone(() -> measurements.passes(recipe, progress, cancellation)),
                report -> {
                    if (live.isShaped(present)) {
                        workbench.passesProperty().set(Optional.of(report));
                    }
                });
    }

    /** Whole passes with the recipes of pinned runs. */
    void runs() {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Measurements measurements = new Measurements(present.opened());
        List<Recipe> recipes = workbench.runs().stream().map(PinnedRun::recipe).toList();
        errands.run(
                Messages.text("status.measuring.runs"),
                (progress, cancellation) ->
                        alone(() -> measurements.speeds(recipes, progress, cancellation)),
                speeds -> {
                    if (live.isShaped(present)) {
                        workbench.speeds().putAll(speeds);
                    }
                });
    }

    /** Measures while the live loop rests, which goes on afterwards where it was not done. */
    private <T> T alone(Supplier<T> measurement) {
        Platform.runLater(live::rest);
        try {
            return measurement.get();
        } finally {
            Platform.runLater(live::goOn);
        }
    }
}
