package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.FittingNotes;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.WeightPrecision;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A model as a command uses it: a checkpoint to be tuned, or a native bundle that already is. */
final class OpenModel implements AutoCloseable {
    private final String name;
    private final Model model;
    private final Optional<NativeBundleReader.Bundle> bundle;
    private final Consumer<String> notes;
    private PassSize pass;
    private FloatNumerics floats;

    private OpenModel(
            String name,
            Model model,
            Optional<NativeBundleReader.Bundle> bundle,
            Consumer<String> notes) {
        this.name = name;
        this.model = model;
        this.bundle = bundle;
        this.notes = notes;
        this.pass = PassSize.usual(model.config());
    }

    /**
     * @param notes hears what a person should know about how the model runs, a line each
     */
    static OpenModel open(ModelReference reference, Consumer<String> notes) {
        Path path = reference.path();
        String name = reference.toString();
        if (NativeBundle.isAt(path)) {
            NativeBundleReader.Bundle bundle = NativeBundleReader.open(path);
            return new OpenModel(name, bundle.model(), Optional.of(bundle), notes);
        }
        return new OpenModel(name, Model.open(reference.open()), Optional.empty(), notes);
    }

    /** Says what will be run at once; without it, what is usual is prepared for. */
    OpenModel expect(PassSize size) {
        pass = size;
        return this;
    }

    /** What will be run at once. */
    PassSize pass() {
        return pass;
    }

    String name() {
        return name;
    }

    Model model() {
        return model;
    }

    ModelConfig config() {
        return model.config();
    }

    Optional<NativeBundleReader.Bundle> bundle() {
        return bundle;
    }

    Kernels kernels() {
        return KernelProvider.current().kernels();
    }

    /** How float weights are kept in memory. */
    WeightPrecision precision() {
        return model.precision();
    }

    /**
     * The model's own float arithmetic, its weights in memory as far as they fit; made once.
     *
     * @throws UserException if the model cannot run in the heap there is
     */
    Numerics floats(Progress progress, Cancellation cancellation) {
        if (floats == null) {
            MemoryEstimate estimate = MemoryEstimate.fitting(model, pass);
            String note = estimate.note(model);
            if (!note.isEmpty()) {
                notes.accept("%s: %s".formatted(name, note));
            }
            floats =
                    new FloatNumerics(
                            model, kernels(), estimate.placement(), progress, cancellation);
        }
        return floats;
    }

    /**
     * Fits the recipe of the options; a bundle runs its own.
     *
     * @throws UserException if a bundle is given another recipe
     */
    TunedModel tune(RecipeOption option, Progress progress, Cancellation cancellation) {
        if (bundle.isPresent()) {
            requireOwnRecipe(option);
            return bundle.get().run(kernels(), precision(), progress, cancellation);
        }
        Numerics floats = floats(progress, cancellation);
        return fitter(option, floats).fit(option.recipe(config().layers()), progress, cancellation);
    }

    /**
     * Fits recipes on the calibration text of the options; says what the model's form does not
     * allow of the recipe given.
     */
    RecipeFitter fitter(RecipeOption option, Numerics floats) {
        FittingNotes.of(config(), option.recipe(config().layers()))
                .forEach(note -> notes.accept("%s: %s".formatted(name, note)));
        return new RecipeFitter(
                model, kernels(), floats, option.calibration(model), Optional.of(option.work()));
    }

    private void requireOwnRecipe(RecipeOption option) {
        if (option.isGiven()) {
            throw new UserException(
                    "%s is a native bundle and carries its own recipe: leave --recipe out, or give the float model"
                            .formatted(name));
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
