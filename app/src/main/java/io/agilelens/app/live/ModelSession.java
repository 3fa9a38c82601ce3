package io.agilelens.app.live;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.Protocol;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.OpenedModel;
import java.io.Reader;
import java.nio.file.Path;
import java.util.List;

/**
 * An open model with its texts cut and its float arithmetic packed: what the live loop works on.
 *
 * @param opened what the views see
 * @param fitter fits recipes on the calibration text
 * @param firstRecipe what the window starts with: a bundle's own recipe, otherwise one that shows
 *     something
 */
public record ModelSession(OpenedModel opened, RecipeFitter fitter, Recipe firstRecipe)
        implements AutoCloseable {
    private static final String FIRST_PRESET = "W4A8 TRIP";

    /** Tokens a window, unless the model's context is shorter. */
    private static final int WINDOW = 512;

    /** Windows of the text that are evaluated. */
    private static final int EVALUATION_WINDOWS = 8;

    /** Windows of the calibration text that are used. */
    private static final int CALIBRATION_WINDOWS = 8;

    /**
     * Opens a model with the bundled texts.
     *
     * @param reference a path or {@code sample:NAME}
     * @throws io.agilelens.engine.UserException if that fails; nothing stays open then
     */
    public static ModelSession open(
            String reference, Progress progress, Cancellation cancellation) {
        progress.report("opening " + reference, 0, 1);
        ModelReference named = ModelReference.parse(reference);
        Path path = named.path();
        if (!NativeBundle.isAt(path)) {
            return open(reference, Model.open(named.open()), null, progress, cancellation);
        }
        NativeBundleReader.Bundle bundle = NativeBundleReader.open(path);
        return open(reference, bundle.model(), bundle, progress, cancellation);
    }

    /**
     * @param bundle what the model was read from, or null if from a float checkpoint
     */
    private static ModelSession open(
            String reference,
            Model model,
            NativeBundleReader.Bundle bundle,
            Progress progress,
            Cancellation cancellation) {
        try {
            Kernels kernels = KernelProvider.current().kernels();
            PassSize pass = PassSize.window(Math.min(WINDOW, model.config().contextLength()));
            MemoryEstimate estimate = MemoryEstimate.fitting(model, pass);
            progress.report(
                    "%s takes about %,d MiB of %,d MiB of heap"
                            .formatted(
                                    reference,
                                    estimate.heap() >> 20,
                                    Runtime.getRuntime().maxMemory() >> 20),
                    0,
                    1);
            Numerics floats =
                    new FloatNumerics(model, kernels, estimate.placement(), progress, cancellation);
            progress.report("reading the texts", 0, 1);
            SampleTexts calibration = SampleTexts.ORCHARD;
            TokenWindows calibrationText = windows(model, calibration, CALIBRATION_WINDOWS);
            SampleTexts evaluation = SampleTexts.LIGHTHOUSE;
            OpenedModel opened =
                    new OpenedModel(
                            reference,
                            title(reference),
                            model,
                            new Decoder(model, kernels, floats),
                            windows(model, evaluation, EVALUATION_WINDOWS),
                            calibration.source(),
                            Preset.forLayers(model.config().layers()));
            RecipeFitter fitter =
                    new RecipeFitter(
                            model,
                            kernels,
                            floats,
                            new Calibration(calibration.source(), calibrationText.windows()));
            if (bundle == null) {
                return new ModelSession(opened, fitter, firstRecipe(opened.presets()));
            }
            fitter.adopt(bundle.run(kernels, model.precision(), progress, cancellation));
            return new ModelSession(opened, fitter, bundle.recipe());
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * The same model with another text to evaluate on, of which no more is read than is used.
     *
     * @param source where the text comes from, for a person to read
     */
    public ModelSession withText(String source, Reader text) {
        OpenedModel changed =
                new OpenedModel(
                        opened.reference(),
                        opened.title(),
                        opened.model(),
                        opened.baseline(),
                        windows(opened.model(), source, text, EVALUATION_WINDOWS),
                        opened.calibrationSource(),
                        opened.presets());
        return new ModelSession(changed, fitter, firstRecipe);
    }

    private static Recipe firstRecipe(List<Preset> presets) {
        return presets.stream()
                .filter(preset -> preset.name().equals(FIRST_PRESET))
                .map(Preset::recipe)
                .findFirst()
                .orElse(Recipe.FLOAT);
    }

    private static TokenWindows windows(Model model, SampleTexts text, int limit) {
        try (TextReader reader = text.open()) {
            return windows(model, reader.source(), reader, limit);
        }
    }

    private static TokenWindows windows(Model model, String source, Reader text, int limit) {
        int length = Math.min(WINDOW, model.config().contextLength());
        return TokenWindows.of(source, text, model.tokenizer(), Protocol.GPTQ, length, limit);
    }

    private static String title(String reference) {
        if (reference.startsWith("sample:")) {
            return reference.substring("sample:".length());
        }
        Path name = Path.of(reference).toAbsolutePath().normalize().getFileName();
        return name == null ? reference : name.toString();
    }

    @Override
    public void close() {
        opened.model().close();
    }
}
