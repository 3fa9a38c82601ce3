package io.agilelens.app.live;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.evaluate.TokenWindows;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.export.NativeBundleReader;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Kernels;
import io.agilelens.engine.model.Decoder;
import io.agilelens.engine.model.FloatNumerics;
import io.agilelens.engine.model.HeapRoom;
import io.agilelens.engine.model.MemoryEstimate;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.model.ModelConfig;
import io.agilelens.engine.model.Numerics;
import io.agilelens.engine.model.PassSize;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.model.Site;
import io.agilelens.engine.model.WeightPlacement;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Figures;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Subject;
import java.io.Reader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

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

    /** How the calibration text is cut. */
    private static final EvaluationText CALIBRATION = EvaluationText.BUNDLED;

    /**
     * Opens a model with the bundled texts.
     *
     * @param reference a path or {@code sample:NAME}
     * @throws UserException if that fails; nothing stays open then
     */
    public static ModelSession open(
            String reference, Progress progress, Cancellation cancellation) {
        return open(Subject.of(reference), progress, cancellation);
    }

    /**
     * Opens a model with its text.
     *
     * @throws UserException if that fails; nothing stays open then
     */
    public static ModelSession open(Subject subject, Progress progress, Cancellation cancellation) {
        return open(subject, _ -> true, progress, cancellation);
    }

    /**
     * Opens a model unless it is so large that somebody should be asked first.
     *
     * @param consent asked, on this thread, before weights are left in the file
     * @return empty if consent was refused; nothing stays open then
     * @throws UserException if that fails; nothing stays open then
     */
    public static Optional<ModelSession> openAgreed(
            Subject subject,
            Predicate<LargeModel> consent,
            Progress progress,
            Cancellation cancellation) {
        try {
            return Optional.of(open(subject, consent, progress, cancellation));
        } catch (Refused refused) {
            return Optional.empty();
        }
    }

    /** Leaves what was begun; never seen outside. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused() {
            super("consent was refused", null, false, false);
        }
    }

    private static ModelSession open(
            Subject subject,
            Predicate<LargeModel> consent,
            Progress progress,
            Cancellation cancellation) {
        progress.report("opening " + subject.model(), 0, 1);
        ModelReference named = ModelReference.parse(subject.model());
        Path path = named.path();
        if (!NativeBundle.isAt(path)) {
            return closingOnFailure(
                    Model.open(named.open()),
                    model ->
                            withTexts(
                                    subject,
                                    subject.planted().map(model::plant).orElse(model),
                                    consent,
                                    progress,
                                    cancellation));
        }
        requireUnplanted(subject);
        NativeBundleReader.Bundle bundle = NativeBundleReader.open(path);
        return closingOnFailure(
                bundle.model(),
                model -> {
                    ModelSession session =
                            withTexts(subject, model, consent, progress, cancellation);
                    session.fitter.adopt(
                            bundle.run(
                                    KernelProvider.current().kernels(),
                                    model.precision(),
                                    progress,
                                    cancellation));
                    return new ModelSession(session.opened, session.fitter, bundle.recipe());
                });
    }

    private static void requireUnplanted(Subject subject) {
        if (subject.planted().isPresent()) {
            throw new UserException(
                    "%s is a native bundle, its weights are quantized already: plant in the float model it was made from"
                            .formatted(subject.model()));
        }
    }

    /**
     * The same model, opened anew, with other outliers planted in it; text and calibration stay.
     * This session stays as it is.
     *
     * @param planting empty for the model as it was opened
     * @throws UserException if they cannot be planted there; nothing new stays open then
     */
    public ModelSession planted(
            Optional<Planting> planting, Progress progress, Cancellation cancellation) {
        Subject subject = opened.subject().withPlanted(planting);
        ModelReference named = ModelReference.parse(subject.model());
        if (NativeBundle.isAt(named.path())) {
            requireUnplanted(subject);
        }
        return closingOnFailure(
                Model.open(named.open()),
                model ->
                        new Start(subject, planting.map(model::plant).orElse(model), _ -> true)
                                .session(
                                        _ -> opened.text(),
                                        _ -> fitter.calibration(),
                                        progress,
                                        cancellation));
    }

    /** What is made of a model, or nothing, and then the model is closed. */
    private static ModelSession closingOnFailure(Model model, Function<Model, ModelSession> make) {
        try {
            return make.apply(model);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static ModelSession withTexts(
            Subject subject,
            Model model,
            Predicate<LargeModel> consent,
            Progress progress,
            Cancellation cancellation) {
        return new Start(subject, model, consent)
                .session(
                        opened -> windows(opened, subject.text()),
                        opened ->
                                new Calibration(
                                        SampleTexts.ORCHARD.source(),
                                        windows(opened, SampleTexts.ORCHARD, CALIBRATION)
                                                .windows()),
                        progress,
                        cancellation);
    }

    /**
     * A model about to be run.
     *
     * @param consent asked before weights are left in the file
     */
    private record Start(Subject subject, Model model, Predicate<LargeModel> consent) {

        ModelSession session(
                Function<Model, TokenWindows> text,
                Function<Model, Calibration> calibration,
                Progress progress,
                Cancellation cancellation) {
            Kernels kernels = KernelProvider.current().kernels();
            PassSize pass = PassSize.window(length(model, subject.text()));
            MemoryEstimate memory =
                    MemoryEstimate.fitting(
                            model, pass, roomBesideWindow(model, pass, subject.text().windows()));
            if (memory.placement().isStreamed(model.config())
                    && !consent.test(LargeModel.of(title(subject.model()), model, memory))) {
                throw new Refused();
            }
            Numerics floats =
                    new FloatNumerics(
                            model,
                            kernels,
                            memory.placement(),
                            saying(memory, progress),
                            cancellation);
            progress.report("reading the texts", 0, 1);
            Calibration calibrated = calibration.apply(model);
            OpenedModel opened =
                    new OpenedModel(
                            subject,
                            title(subject.model()),
                            model,
                            new Decoder(model, kernels, floats),
                            memory,
                            text.apply(model),
                            calibrated.source(),
                            Preset.forLayers(model.config().layers()));
            return new ModelSession(
                    opened,
                    RecipeFitter.remembering(
                            model,
                            kernels,
                            floats,
                            calibrated,
                            LiveMemory.windows(memory.placement(), model.config())),
                    memory.placement().isStreamed(model.config())
                            ? Recipe.FLOAT
                            : firstRecipe(opened.presets()));
        }
    }

    /** The heap that is left when the window has its pictures. */
    private static HeapRoom roomBesideWindow(Model model, PassSize pass, int windows) {
        ModelConfig config = model.config();
        long tokens = pass.tokens();
        // And the float model's last states of every window.
        long states = windows * tokens * config.hiddenSize();
        long kept = pictures(config, tokens) + Float.BYTES * states;
        WeightPlacement inMemory = WeightPlacement.inMemory(model.precision());
        long wanted = MemoryEstimate.of(model, inMemory, pass, HeapRoom.now(0)).heap() + kept;
        HeapRoom room = HeapRoom.now(wanted);
        return new HeapRoom(room.maximum(), room.used() + kept, room.region());
    }

    /** Says with each step what running the model takes. */
    private static Progress saying(MemoryEstimate memory, Progress progress) {
        long free = LargeModel.free(HeapRoom.now(0), memory);
        String needs =
                Messages.text("status.memory", Figures.bytes(memory.heap()), Figures.bytes(free));
        return (step, done, total) -> progress.report(step + ", " + needs, done, total);
    }

    /**
     * The same model with another text to evaluate on, of which no more is read than is used.
     *
     * @param named where the text comes from
     * @param source the same for a person to read
     * @throws UserException if windows are longer than the model or the memory allows, or the text
     *     is too short for them
     */
    public ModelSession withText(EvaluationText named, String source, Reader text) {
        if (named.window() > EvaluationText.BUNDLED.window()) {
            requireRoom(named.window());
        }
        TokenWindows windows = windows(opened.model(), source, text, named);
        return new ModelSession(opened.withText(named, windows), fitter, firstRecipe);
    }

    /** The layer to look at first: the first ones say the least about outliers and sinks. */
    public int firstLayer() {
        return opened.config().layers() / 2;
    }

    /** Whether the model is a native bundle, which has a recipe of its own. */
    public boolean isBundle() {
        return NativeBundle.isAt(ModelReference.parse(opened.reference()).path());
    }

    /** Longer windows than those that the model was opened for need room for their pictures. */
    private void requireRoom(int length) {
        ModelConfig config = opened.config();
        if (length > config.contextLength()) {
            throw new UserException(
                    "windows of %d tokens: the model's context is %d tokens: choose at most as many"
                            .formatted(length, config.contextLength()));
        }
        long wanted = pictures(config, length);
        long free = HeapRoom.now(wanted).free();
        if (wanted > free) {
            throw new UserException(
                    "windows of %d tokens: their pictures take %s and %s of memory are free: choose shorter windows, or give Java more memory with AGILELENS_OPTS=-Xmx…"
                            .formatted(length, Figures.bytes(wanted), Figures.bytes(free)));
        }
    }

    /** A layer in full of both models, in bytes. */
    private static long pictures(ModelConfig config, long tokens) {
        long channels = 0;
        for (Site site : Site.values()) {
            channels += config.channels(site);
        }
        return Float.BYTES * 2 * tokens * (channels + config.heads() * tokens);
    }

    private static Recipe firstRecipe(List<Preset> presets) {
        return presets.stream()
                .filter(preset -> preset.name().equals(FIRST_PRESET))
                .map(Preset::recipe)
                .findFirst()
                .orElse(Recipe.FLOAT);
    }

    private static TokenWindows windows(Model model, EvaluationText text) {
        try (TextReader reader = reader(text)) {
            return windows(model, reader.source(), text.format().over(reader), text);
        }
    }

    /**
     * The file or bundled text from its beginning, to be closed.
     *
     * @throws UserException if it cannot be read
     */
    public static TextReader reader(EvaluationText text) {
        return text.file().map(TextReader::open).orElseGet(SampleTexts.LIGHTHOUSE::open);
    }

    /** What a text is called, for a person to read. */
    public static String nameOf(EvaluationText text) {
        return text.file().map(Path::toString).orElse(SampleTexts.LIGHTHOUSE.source());
    }

    private static TokenWindows windows(Model model, SampleTexts bundled, EvaluationText cut) {
        try (TextReader reader = bundled.open()) {
            return windows(model, reader.source(), reader, cut);
        }
    }

    private static TokenWindows windows(
            Model model, String source, Reader text, EvaluationText cut) {
        return TokenWindows.of(
                source, text, model.tokenizer(), cut.protocol(), length(model, cut), cut.windows());
    }

    private static int length(Model model, EvaluationText text) {
        return Math.min(text.window(), model.config().contextLength());
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
