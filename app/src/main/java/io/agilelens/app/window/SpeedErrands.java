package io.agilelens.app.window;

import io.agilelens.app.bench.BenchFile;
import io.agilelens.app.bench.BenchMeasurement;
import io.agilelens.app.live.Measurements;
import io.agilelens.app.live.ModelSession;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.workbench.Measuring;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;

/** Measures how fast things are, each as an errand that has the machine to itself. */
final class SpeedErrands {
    private final Workbench workbench;
    private final LiveSession live;
    private final Errands errands;
    private final WorkErrands work;

    SpeedErrands(Workbench workbench, LiveSession live, Errands errands, WorkErrands work) {
        this.workbench = workbench;
        this.live = live;
        this.errands = errands;
        this.work = work;
    }

    /** Products of the open model with vectors of one width, in bits. */
    void kernels(int bits) {
        measure(
                Measuring.KERNELS,
                "status.measuring",
                (measurements, _, progress, cancellation) ->
                        measurements.kernels(bits, progress, cancellation),
                workbench::addKernels);
    }

    /** The same with vectors of every width, each shown as soon as it is there. */
    void widths() {
        measure(
                Measuring.WIDTHS,
                "status.measuring",
                (measurements, show, progress, cancellation) -> {
                    measurements.widths(
                            report -> show.accept(() -> workbench.addKernels(report)),
                            progress,
                            cancellation);
                    return null;
                },
                _ -> {});
    }

    /** Whole passes with the recipe in force. */
    void passes() {
        Recipe recipe = workbench.history().recipe();
        measure(
                Measuring.PASSES,
                "status.measuring.passes",
                (measurements, _, progress, cancellation) ->
                        measurements.passes(recipe, progress, cancellation),
                report -> workbench.passesProperty().set(Optional.of(report)));
    }

    /** Whole passes with the recipes of pinned runs. */
    void runs() {
        List<Recipe> recipes = workbench.runs().stream().map(PinnedRun::recipe).toList();
        measure(
                Measuring.RUNS,
                "status.measuring.runs",
                (measurements, _, progress, cancellation) ->
                        measurements.speeds(recipes, progress, cancellation),
                workbench.speeds()::putAll);
    }

    /** Reads a saved run of {@code bench}, to set what is measured against it. */
    void against(Path file) {
        ModelSession present = live.session();
        if (present == null) {
            Notices.done(Messages.text("kernels.read.nomodel"));
            return;
        }
        errands.run(
                Messages.text("status.opening", file),
                (_, _) ->
                        BenchMeasurement.of(
                                BenchFile.read(file),
                                file.getFileName().toString(),
                                present.opened()),
                read ->
                        showIf(
                                present,
                                () -> workbench.savedMeasurementProperty().set(Optional.of(read))));
    }

    /** What is measured of a model. */
    @FunctionalInterface
    private interface Measurement<T> {
        /**
         * @param show has something shown before all is measured
         */
        T run(
                Measurements measurements,
                Consumer<Runnable> show,
                Progress progress,
                Cancellation cancellation);
    }

    /**
     * Measures the open model, if there is one; what is found is shown as long as a model of its
     * shapes is open.
     */
    private <T> void measure(
            Measuring what, String words, Measurement<T> measurement, Consumer<T> onDone) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Measurements measurements = new Measurements(present.opened());
        Consumer<Runnable> show = update -> Platform.runLater(() -> showIf(present, update));
        work.run(
                what,
                Messages.text(words),
                (progress, cancellation) ->
                        alone(() -> measurement.run(measurements, show, progress, cancellation)),
                found -> showIf(present, () -> onDone.accept(found)));
    }

    private void showIf(ModelSession measured, Runnable update) {
        if (live.isShaped(measured)) {
            update.run();
        }
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
