package io.agilelens.app.live;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.Calibration;
import io.agilelens.engine.calibrate.RecipeFitter;
import io.agilelens.engine.calibrate.WeightRoom;
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

/**
 * An open model with its texts cut and its float arithmetic packed: what the live loop works on.
 *
 * @param opened what the views see
 * @param fitter fits recipes on the calibration text
 * @param firstRecipe what the window starts with: a bundle's own recipe, otherwise one that shows
 *     something; the float model's where memory is too short for that
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
        return switch (open(subject, true, progress, cancellation)) {
            case Opening.Opened opened -> opened.session();
            case Opening.TooLarge large ->
                    throw new IllegalStateException(
                            large.model().name() + " was to be opened whatever its size");
        };
    }

    /**
     * Opens a model unless weights would be left in the file, which a person should know first.
     *
     * @throws UserException if that fails; nothing stays open then
     */
    public static Opening openIfItFits(
            Subject subject, Progress progress, Cancellation cancellation) {
        return open(subject, false, progress, cancellation);
    }

    /**
     * @param anySize whether it is opened although it does not fit
     */
    private static Opening open(
            Subject subject, boolean anySize, Progress progress, Cancellation cancellation) {
        progress.report("opening " + subject.model(), 0, 1);
        ModelReference named = ModelReference.parse(subject.model());
        Path path = named.path();
        if (!NativeBundle.isAt(path)) {
            return closingUnlessOpened(
                    Model.open(named.open()),
                    model ->
                            withTexts(
                                    subject,
                                    subject.planted().map(model::plant).orElse(model),
                                    anySize,
                                    progress,
                                    cancellation));
        }
        requireUnplanted(subject);
        NativeBundleReader.Bundle bundle = NativeBundleReader.open(path);
        return closingUnlessOpened(
                bundle.model(),
                model ->
                        switch (withTexts(subject, model, anySize, progress, cancellation)) {
                            case Opening.TooLarge large -> large;
                            case Opening.Opened(ModelSession session) -> {
                                session.fitter.adopt(
                                        bundle.run(
                                                KernelProvider.current().kernels(),
                                                model.precision(),
                                                progress,
                                                cancellation));
                                yield new Opening.Opened(
                                        new ModelSession(
                                                session.opened, session.fitter, bundle.recipe()));
                            }
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
                        Start.of(subject, planting.map(model::plant).orElse(model))
                                .session(
                                        _ -> opened.text(),
                                        _ -> fitter.calibration(),
                                        progress,
                                        cancellation));
    }

    /** A model that turns out too large is closed. */
    private static Opening closingUnlessOpened(Model model, Function<Model, Opening> make) {
        Opening opening = closingOnFailure(model, make);
        if (opening instanceof Opening.TooLarge) {
            model.close();
        }
        return opening;
    }

    /** What is made of a model, or nothing, and then the model is closed. */
    private static <T> T closingOnFailure(Model model, Function<Model, T> make) {
        try {
            return make.apply(model);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static Opening withTexts(
            Subject subject,
            Model model,
            boolean anySize,
            Progress progress,
            Cancellation cancellation) {
        Start start = Start.of(subject, model);
        if (!anySize && start.isStreamed()) {
            return new Opening.TooLarge(
                    LargeModel.of(title(subject.model()), model, start.memory()));
        }
        return new Opening.Opened(
                start.session(
                        opened -> windows(opened, subject.text()),
                        opened ->
                                new Calibration(
                                        SampleTexts.ORCHARD.source(),
                                        windows(opened, SampleTexts.ORCHARD, CALIBRATION)
                                                .windows()),
                        progress,
                        cancellation));
    }

    /**
     * A model about to be run.
     *
     * @param memory what it takes
     * @param left bytes of heap that are free beside that
     */
    private record Start(Subject subject, Model model, MemoryEstimate memory, long left) {

        static Start of(Subject subject, Model model) {
            PassSize pass = PassSize.window(length(model, subject.text()));
            HeapRoom room = roomBesideWindow(model, pass, subject.text().windows());
            MemoryEstimate memory = MemoryEstimate.fitting(model, pass, room);
            return new Start(subject, model, memory, LargeModel.free(room, memory) - memory.heap());
        }

        /** Whether weights are left in the file. */
        boolean isStreamed() {
            return memory.placement().isStreamed(model.config());
        }

        ModelSession session(
                Function<Model, TokenWindows> text,
                Function<Model, Calibration> calibration,
                Progress progress,
                Cancellation cancellation) {
            progress.report("reading the texts", 0, 1);
            // First: a text that does not suit the model is told before weights are packed.
            TokenWindows evaluated = text.apply(model);
            Calibration calibrated = calibration.apply(model);
            Kernels kernels = KernelProvider.current().kernels();
            Numerics floats =
                    new FloatNumerics(
                            model,
                            kernels,
                            memory.placement(),
                            saying(memory, progress),
                            cancellation);
            OpenedModel opened =
                    new OpenedModel(
                            subject,
                            title(subject.model()),
                            model,
                            new Decoder(model, kernels, floats),
                            memory,
                            evaluated,
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
                    firstRecipe(opened.presets()));
        }

        /** The one that shows something, where its codes fit beside the float model. */
        private Recipe firstRecipe(List<Preset> presets) {
            Recipe wanted =
                    presets.stream()
                            .filter(preset -> preset.name().equals(FIRST_PRESET))
                            .map(Preset::recipe)
                            .findFirst()
                            .orElse(Recipe.FLOAT);
            return isStreamed() || WeightRoom.codes(model, wanted) > left ? Recipe.FLOAT : wanted;
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
