package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.app.live.BoardSearch;
import io.agilelens.app.live.LargeModel;
import io.agilelens.app.live.LiveLoop;
import io.agilelens.app.live.Measurements;
import io.agilelens.app.live.ModelSession;
import io.agilelens.app.live.QualityStudies;
import io.agilelens.engine.UserException;
import io.agilelens.engine.calibrate.TunedModel;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.export.NativeBundle;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelChoice;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.recipe.Preset;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.search.Budget;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.ChangedLayers;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.SearchStatus;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Subject;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javafx.application.Platform;

/**
 * Does what views ask for and keeps the {@link Workbench} up to date. Lives on the JavaFX thread;
 * work is done by the live loop and by one thread for errands.
 */
public final class WorkbenchController implements WorkbenchActions, AutoCloseable {
    private static final int VERIFIED_TOKENS = 128;

    private final Workbench workbench;
    private final Consumer<Throwable> onFailure;
    private final ExecutorService errands =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("errands").daemon().factory());

    private WorkbenchStatusBar statusBar;
    private Consumer<String> openStation = _ -> {};
    private BiConsumer<LargeModel, Runnable> askBeforeLarge = (_, open) -> open.run();
    private ModelSession session;
    private LiveLoop loop;
    private int window;
    private TunedModel tuned;
    private double tokensPerSecond;

    /** Whether the live loop waits for a measurement. */
    private boolean resting;

    private boolean pinWanted;

    /** Whether the pictures of the float model are asked for, before those of the recipe. */
    private boolean floatFirst;

    private WorkbenchStatusBar.Task liveTask;

    /** The errand that the status bar shows; what the live loop does is not shown meanwhile. */
    private WorkbenchStatusBar.Task errandTask;

    /** Of errands that run or wait. */
    private final Set<Cancellation> errandsUnderWay = ConcurrentHashMap.newKeySet();

    private Cancellation opening = Cancellation.never();
    private Cancellation searching = Cancellation.never();
    private Runnable onClose = () -> {};

    /**
     * @param onFailure shows a person what did not work
     */
    public WorkbenchController(Workbench workbench, Consumer<Throwable> onFailure) {
        this.workbench = workbench;
        this.onFailure = onFailure;
        workbench.history().recipeProperty().addListener((_, _, _) -> recipeChanged());
        workbench.history().subjectProperty().addListener((_, _, _) -> follow());
        workbench
                .selection()
                .placeProperty()
                .addListener(
                        (_, old, now) -> {
                            if (old.layer() != now.layer()) {
                                ask();
                            }
                        });
    }

    /** Says where progress is shown; before anything is asked for. */
    void reportTo(WorkbenchStatusBar bar) {
        statusBar = bar;
    }

    /** Says how a station is opened. */
    void openStationsWith(Consumer<String> opener) {
        openStation = opener;
    }

    @Override
    public void goTo(String station) {
        openStation.accept(station);
    }

    /** A piece of work for the errand thread. */
    @FunctionalInterface
    private interface Errand<T> {
        T run(Progress progress, Cancellation cancellation) throws IOException;
    }

    /** Runs an errand with its progress shown; its result arrives on the JavaFX thread. */
    private <T> Cancellation run(String name, Errand<T> errand, Consumer<T> onDone) {
        return run(name, new Cancellation(), errand, onDone);
    }

    private <T> Cancellation run(
            String name, Cancellation cancellation, Errand<T> errand, Consumer<T> onDone) {
        return run(name, cancellation, errand, onDone, () -> {});
    }

    /**
     * @param onGivenUp called on the JavaFX thread when the errand failed or was cancelled
     */
    private <T> Cancellation run(
            String name,
            Cancellation cancellation,
            Errand<T> errand,
            Consumer<T> onDone,
            Runnable onGivenUp) {
        errandsUnderWay.add(cancellation);
        WorkbenchStatusBar.Task task = statusBar.track(name, cancellation);
        liveTask = null;
        errandTask = task;
        errands.execute(
                () -> {
                    try {
                        T result = cancellation.during(() -> errand.run(task, cancellation));
                        Platform.runLater(
                                () -> {
                                    finish(task, "");
                                    onDone.accept(result);
                                });
                    } catch (CancellationException cancelled) {
                        Platform.runLater(
                                () -> {
                                    finish(task, Messages.text("status.cancelled"));
                                    onGivenUp.run();
                                });
                    } catch (IOException | RuntimeException | Error failure) {
                        Platform.runLater(
                                () -> {
                                    finish(task, "");
                                    onFailure.accept(failure);
                                    onGivenUp.run();
                                });
                    } finally {
                        errandsUnderWay.remove(cancellation);
                    }
                });
        return cancellation;
    }

    private void finish(WorkbenchStatusBar.Task task, String message) {
        task.finish(message);
        if (errandTask == task) {
            errandTask = null;
        }
    }

    @Override
    public void open(String reference) {
        AtomicReference<LargeModel> large = new AtomicReference<>();
        Predicate<LargeModel> asksFirst =
                told -> {
                    large.set(told);
                    return false;
                };
        open(
                reference,
                asksFirst,
                () -> askBeforeLarge.accept(large.get(), () -> openLarge(reference)));
    }

    private void openLarge(String reference) {
        open(reference, _ -> true, () -> {});
    }

    /**
     * @param onRefused called on the JavaFX thread if consent was refused
     */
    private void open(String reference, Predicate<LargeModel> consent, Runnable onRefused) {
        open(
                Messages.text("status.opening", reference),
                new Cancellation(),
                (progress, cancellation) ->
                        ModelSession.openAgreed(
                                Subject.of(reference), consent, progress, cancellation),
                opened ->
                        opened.ifPresentOrElse(
                                session -> show(session, Optional.empty()), onRefused));
    }

    /**
     * Says who asks a person before a model is opened that does not fit in memory.
     *
     * @param question gets the model and what opens it after all
     */
    void askBeforeLarge(BiConsumer<LargeModel, Runnable> question) {
        askBeforeLarge = question;
    }

    /** Shows a model that is being opened already, as soon as it is open. */
    void open(EarlyOpening model) {
        open(
                Messages.text("status.opening", model.reference()),
                model.cancellation(),
                (progress, _) -> model.await(progress),
                opened -> show(opened.session(), opened.firstLook()));
    }

    private <T> void open(
            String name, Cancellation cancellation, Errand<T> errand, Consumer<T> onSuccess) {
        beginOpening(cancellation);
        run(name, cancellation, errand, onSuccess);
    }

    /** Who opens another model no longer wants the one before. */
    private void beginOpening(Cancellation cancellation) {
        opening.cancel();
        cancelSearch();
        opening = cancellation;
    }

    /**
     * Opens a model and a text with all that was made of them; the present ones stay if that fails.
     *
     * @param name where the history then begins, for a person to read
     * @param state with a subject
     * @param onDone called when it is open
     */
    void begin(String name, SessionHistory.State state, Runnable onDone) {
        Subject subject = state.subject().orElseThrow();
        Cancellation cancellation = new Cancellation();
        beginOpening(cancellation);
        run(
                Messages.text("status.opening", subject.model()),
                cancellation,
                (progress, stop) -> ModelSession.open(subject, progress, stop),
                opened -> begin(opened, name, state, onDone));
    }

    private void begin(
            ModelSession opened, String name, SessionHistory.State state, Runnable onDone) {
        show(opened, Optional.empty(), () -> workbench.history().begin(name, state));
        onDone.run();
    }

    /** Opens what undo or redo went to, unless it is open. */
    private void follow() {
        Optional<Subject> wanted = workbench.history().subjectProperty().get();
        if (session == null || wanted.isEmpty()) {
            return;
        }
        Cancellation cancellation = new Cancellation();
        beginOpening(cancellation);
        if (isSettled()) {
            return;
        }
        if (loop != null) {
            loop.pause();
        }
        Subject subject = wanted.get();
        boolean sameModel = subject.model().equals(session.opened().reference());
        int shown = window;
        run(
                Messages.text("status.opening", subject.model()),
                cancellation,
                (progress, stop) -> ModelSession.open(subject, progress, stop),
                opened -> {
                    if (opening != cancellation) {
                        errands.execute(opened::close);
                        return;
                    }
                    Selection.Place place = workbench.selection().place();
                    show(opened, Optional.empty(), () -> {});
                    if (sameModel) {
                        workbench.selection().select(place);
                        showWindow(shown);
                    }
                },
                () -> {
                    if (opening == cancellation && session != null) {
                        workbench.history().returnTo(session.opened().subject());
                        ask();
                    }
                });
    }

    /** Whether the model and text that are open are those that the history asks for. */
    private boolean isSettled() {
        return workbench
                .history()
                .subjectProperty()
                .get()
                .filter(subject -> subject.equals(session.opened().subject()))
                .isPresent();
    }

    @Override
    public void plant(Planting outliers) {
        replant(Messages.text("status.planting"), Optional.of(outliers));
    }

    @Override
    public void removePlanted() {
        replant(Messages.text("status.unplanting"), Optional.empty());
    }

    private void replant(String name, Optional<Planting> outliers) {
        ModelSession present = session;
        if (present == null) {
            return;
        }
        run(
                name,
                (progress, cancellation) -> present.planted(outliers, progress, cancellation),
                changed -> {
                    if (session != present) {
                        errands.execute(changed::close);
                        return;
                    }
                    int shown = window;
                    outliers.ifPresent(this::lookAt);
                    replaceLoop(
                            changed,
                            () ->
                                    noteChange(
                                            Messages.text(
                                                    outliers.isPresent()
                                                            ? "history.planted"
                                                            : "history.unplanted"),
                                            changed));
                    showWindow(shown);
                    errands.execute(present::close);
                });
    }

    /** Selects a planted channel, unless one is selected already. */
    private void lookAt(Planting outliers) {
        Selection.Place place = workbench.selection().place();
        if (!outliers.sites().contains(place.site())) {
            place = place.withSite(outliers.sites().getFirst());
        }
        if (!outliers.layers().contains(place.layer())) {
            place = place.withLayer(outliers.layers().first());
        }
        if (!outliers.channels().contains(place.channel())) {
            place = place.withChannel(outliers.channels().first());
        }
        workbench.selection().select(place);
    }

    /**
     * A text that was read.
     *
     * @param replaced pieces that were no UTF-8
     */
    private record ReadText(ModelSession session, long replaced) {}

    @Override
    public void useText(Path file, TextFormat format) {
        ModelSession present = session;
        if (present == null) {
            Notices.done(Messages.text("status.text.nomodel"));
            return;
        }
        EvaluationText wanted = present.opened().subject().text().of(file, format);
        read(present, wanted, Messages.text("history.text", file.getFileName()));
    }

    @Override
    public void evaluateOn(EvaluationWindows windows) {
        if (session != null) {
            EvaluationText wanted = session.opened().subject().text().cut(windows);
            read(
                    session,
                    wanted,
                    Messages.text(
                            "history.windows",
                            windows.count(),
                            windows.length(),
                            windows.protocol().title()));
        }
    }

    /**
     * Reads a text and cuts it; the present one stays if that fails.
     *
     * @param step what the history calls it
     */
    private void read(ModelSession present, EvaluationText wanted, String step) {
        String name = ModelSession.nameOf(wanted);
        run(
                Messages.text("status.opening", name),
                (_, _) -> {
                    try (TextReader reader = ModelSession.reader(wanted)) {
                        ModelSession changed =
                                present.withText(
                                        wanted, reader.source(), wanted.format().over(reader));
                        return new ReadText(changed, reader.replaced());
                    }
                },
                read -> {
                    if (session == present) {
                        replaceLoop(read.session(), () -> noteChange(step, read.session()));
                        if (read.replaced() > 0) {
                            Notices.done(
                                    Messages.text("status.text.replaced", name, read.replaced()));
                        }
                    }
                });
    }

    /** Notes another model or text that goes on with the recipe in force. */
    private void noteChange(String name, ModelSession changed) {
        workbench.history().open(name, changed.opened().subject(), workbench.history().recipe());
    }

    /**
     * @param firstLook what can be shown at once
     */
    private void show(ModelSession opened, Optional<WindowComparison> firstLook) {
        Subject subject = opened.opened().subject();
        String name = Messages.text("history.opened", opened.opened().title());
        SessionHistory history = workbench.history();
        boolean first = session == null;
        show(
                opened,
                firstLook,
                () -> {
                    if (first) {
                        history.begin(
                                name,
                                new SessionHistory.State(
                                        Optional.of(subject),
                                        opened.firstRecipe(),
                                        workbench.runs()));
                    } else {
                        history.open(name, subject, opened.firstRecipe());
                    }
                });
    }

    /**
     * @param note tells the history
     */
    private void show(ModelSession opened, Optional<WindowComparison> firstLook, Runnable note) {
        StartTimes.reached(StartTimes.Step.MODEL);
        describeMachine();
        ModelSession old = session;
        workbench.selection().select(Selection.Place.START.withLayer(opened.firstLayer()));
        // They take one pass, what a recipe needs to be fitted takes many.
        floatFirst = firstLook.isEmpty() && !opened.isBundle();
        replaceLoop(opened, note);
        // Dimmed, as what belongs to another recipe always is.
        firstLook.ifPresent(look -> workbench.comparisonProperty().set(Optional.of(look)));
        if (old != null) {
            // Views only hold results; the old model's last user was its loop, closed by now.
            errands.execute(old::close);
        }
    }

    /** Says what computes, which is known once a model is open. */
    private void describeMachine() {
        KernelChoice kernels = KernelProvider.current();
        statusBar.setMachine(
                Messages.text("status.machine", kernels.species(), Workers.shared().threads()),
                kernels.reason());
    }

    private void replaceLoop(ModelSession opened, Runnable note) {
        LiveLoop old = loop;
        if (!isShaped(opened)) {
            workbench.forgetMeasurements();
        }
        loop = null;
        if (old != null) {
            old.pause();
            errands.execute(old::close);
        }
        session = opened;
        window = 0;
        tuned = null;
        pinWanted = false;
        workbench.comparisonProperty().set(Optional.empty());
        workbench.qualityProperty().set(Quality.NONE);
        workbench.studiesProperty().set(Studies.NONE);
        workbench.modelProperty().set(Optional.of(opened.opened()));
        OpenedModel model = opened.opened();
        statusBar.setPlacement(
                model.memory().placement().isStreamed(model.config())
                        ? model.memory().note(model.model())
                        : "");
        note.run();
        LoopListener listener = new LoopListener();
        loop = new LiveLoop(opened.opened(), opened.fitter(), listener);
        listener.owner = loop;
        ask();
    }

    private void recipeChanged() {
        workbench.qualityStaleProperty().set(true);
        workbench.changedLayersProperty().set(Optional.empty());
        ask();
    }

    /** Asks the live loop for what the window shows now. */
    private void ask() {
        if (loop == null || !isSettled()) {
            return;
        }
        int layers = session.opened().config().layers();
        int layer = Math.clamp(workbench.selection().place().layer(), 0, layers - 1);
        Recipe recipe = floatFirst ? Recipe.FLOAT : workbench.history().recipe();
        if (loop.show(new LiveLoop.Wish(recipe, window, layer))) {
            workbench.comparisonStaleProperty().set(true);
        }
    }

    @Override
    public void showWindow(int wanted) {
        if (session != null && wanted >= 0 && wanted < session.opened().text().windows().size()) {
            window = wanted;
            ask();
        }
    }

    @Override
    public void export(
            ExportFormat format, Path target, boolean replace, Consumer<ExportReport> onDone) {
        ModelSession present = session;
        if (present == null) {
            return;
        }
        Recipe recipe = workbench.history().recipe();
        run(
                Messages.text("status.exporting", target),
                (progress, cancellation) -> {
                    int[] text = present.opened().text().windows().getFirst();
                    return Exporter.write(
                            new ExportSource(
                                    present.fitter().fit(recipe, progress, cancellation),
                                    present.fitter().calibration(),
                                    present.opened().model().precision(),
                                    Arrays.copyOf(text, Math.min(VERIFIED_TOKENS, text.length))),
                            format,
                            target,
                            replace,
                            progress,
                            cancellation);
                },
                onDone);
    }

    @Override
    public void measureKernels(int bits) {
        if (session == null) {
            return;
        }
        ModelSession present = session;
        Measurements measurements = new Measurements(present.opened());
        run(
                Messages.text("status.measuring"),
                (progress, cancellation) ->
                        alone(() -> measurements.kernels(bits, progress, cancellation)),
                report -> add(present, report));
    }

    private void add(ModelSession measured, KernelReport report) {
        if (isShaped(measured)) {
            workbench.addKernels(report);
        }
    }

    @Override
    public void measureWidths() {
        if (session == null) {
            return;
        }
        ModelSession present = session;
        Measurements measurements = new Measurements(present.opened());
        run(
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

    @Override
    public void measurePasses() {
        if (session == null) {
            return;
        }
        ModelSession present = session;
        Measurements measurements = new Measurements(present.opened());
        Recipe recipe = workbench.history().recipe();
        run(
                Messages.text("status.measuring.passes"),
                (progress, cancellation) ->
                        alone(() -> measurements.passes(recipe, progress, cancellation)),
                report -> {
                    if (isShaped(present)) {
                        workbench.passesProperty().set(Optional.of(report));
                    }
                });
    }

    @Override
    public void measureRuns() {
        if (session == null) {
            return;
        }
        ModelSession present = session;
        Measurements measurements = new Measurements(present.opened());
        List<Recipe> recipes = workbench.runs().stream().map(PinnedRun::recipe).toList();
        run(
                Messages.text("status.measuring.runs"),
                (progress, cancellation) ->
                        alone(() -> measurements.speeds(recipes, progress, cancellation)),
                speeds -> {
                    if (isShaped(present)) {
                        workbench.speeds().putAll(speeds);
                    }
                });
    }

    /** Whether the open model has the shapes that something was measured at. */
    private boolean isShaped(ModelSession measured) {
        return session != null && session.opened().config().equals(measured.opened().config());
    }

    /** Measures while the live loop rests, which goes on afterwards where it was not done. */
    private <T> T alone(Supplier<T> measurement) {
        Platform.runLater(this::rest);
        try {
            return measurement.get();
        } finally {
            Platform.runLater(this::goOn);
        }
    }

    private void rest() {
        if (loop != null && !workbench.qualityProperty().get().isExact()) {
            resting = true;
            loop.pause();
        }
    }

    private void goOn() {
        if (resting) {
            resting = false;
            ask();
        }
    }

    @Override
    public void search(Budget budget) {
        ModelSession present = session;
        if (present == null) {
            return;
        }
        if (workbench.searchProperty().get().isPresent()) {
            Notices.done(Messages.text("compare.search.running"));
            return;
        }
        if (NativeBundle.isAt(ModelReference.parse(present.opened().reference()).path())) {
            Notices.done(Messages.text("compare.search.bundle"));
            return;
        }
        workbench.searchProperty().set(Optional.of(SearchStatus.STARTING));
        BoardSearch search = new BoardSearch(present, workbench.history().recipe(), budget);
        searching =
                run(
                        Messages.text("status.searching"),
                        (progress, cancellation) -> searched(search, progress, cancellation),
                        found -> {
                            if (session != present) {
                                return;
                            }
                            workbench.runs().addAll(workbench.named(found.runs()));
                            Notices.done(
                                    Messages.text(
                                            "compare.search.done",
                                            found.tried(),
                                            found.runs().size()));
                        });
    }

    /** Runs a search on the errand thread and shows how far it is. */
    private BoardSearch.Found searched(
            BoardSearch search, Progress progress, Cancellation cancellation) {
        AtomicReference<SearchStatus> latest = new AtomicReference<>(SearchStatus.STARTING);
        Consumer<UnaryOperator<SearchStatus>> tell =
                change -> {
                    SearchStatus before = latest.get();
                    SearchStatus now = latest.updateAndGet(change);
                    if (!now.equals(before)) {
                        Platform.runLater(
                                () -> {
                                    if (workbench.searchProperty().get().isPresent()) {
                                        workbench.searchProperty().set(Optional.of(now));
                                    }
                                });
                    }
                };
        try {
            return search.run(
                    best -> tell.accept(status -> status.withBest(best)),
                    (step, done, total) -> {
                        progress.report(step, done, total);
                        tell.accept(status -> status.at(step, done, total));
                    },
                    cancellation);
        } finally {
            Platform.runLater(() -> workbench.searchProperty().set(Optional.empty()));
        }
    }

    @Override
    public void cancelSearch() {
        searching.cancel();
    }

    @Override
    public void study(QualityStudy study) {
        ModelSession present = session;
        if (present == null) {
            return;
        }
        QualityStudies studies =
                QualityStudies.of(
                        present, workbench.history().recipe(), Optional.ofNullable(tuned));
        run(
                Messages.text("status.study." + study),
                (progress, cancellation) -> studies.run(study, progress, cancellation),
                found -> {
                    if (session == present) {
                        workbench
                                .studiesProperty()
                                .set(found.apply(workbench.studiesProperty().get()));
                    }
                });
    }

    @Override
    public void cancel() {
        pinWanted = false;
        if (loop != null) {
            loop.pause();
        }
    }

    @Override
    public void pinRun() {
        if (session == null) {
            return;
        }
        Quality quality = workbench.qualityProperty().get();
        boolean current =
                quality.isExact() && quality.recipe().equals(workbench.history().recipe());
        if (current && tuned != null) {
            pin(quality);
        } else {
            pinWanted = true;
            Notices.done(Messages.text("status.pin.waiting"));
            ask();
        }
    }

    private void pin(Quality quality) {
        pinWanted = false;
        String wish =
                session.opened().presets().stream()
                        .filter(preset -> preset.recipe().equals(quality.recipe()))
                        .map(Preset::name)
                        .findFirst()
                        .orElse(quality.recipe().summary());
        WeightSize size = WeightSize.of(tuned);
        String name =
                workbench.freeRunName(
                        session.opened().planting().isPresent()
                                ? Messages.text("compare.planted.name", wish)
                                : wish);
        workbench
                .runs()
                .add(
                        new PinnedRun(
                                name,
                                quality.recipe(),
                                session.opened().subject(),
                                session.opened().planting(),
                                quality.baseline().orElseThrow(),
                                quality.tuned().orElseThrow(),
                                size.bitsPerWeight(),
                                size.bytes(),
                                tokensPerSecond));
        Notices.done(Messages.text("status.pinned", name));
    }

    /** Stops errands that run or wait. */
    void cancelErrands() {
        errandsUnderWay.forEach(Cancellation::cancel);
    }

    /** Has something else closed with this. */
    void onClose(Runnable action) {
        onClose = action;
    }

    /** Stops all work and closes the model. */
    @Override
    public void close() {
        onClose.run();
        LiveLoop last = loop;
        ModelSession open = session;
        loop = null;
        session = null;
        if (last != null) {
            last.close();
        }
        cancelErrands();
        errands.shutdownNow();
        if (open != null) {
            open.close();
        }
    }

    /**
     * Carries the loop's results to the JavaFX thread and drops those that are no longer asked for.
     */
    private final class LoopListener implements LiveLoop.Listener {
        /** The loop that this listens to; touched on the JavaFX thread. */
        private LiveLoop owner;

        private void onFx(Runnable update) {
            Platform.runLater(
                    () -> {
                        if (owner == loop) {
                            update.run();
                        }
                    });
        }

        private boolean isCurrent(Recipe recipe) {
            return recipe.equals(workbench.history().recipe());
        }

        @Override
        public void erred(ChangedLayers layers) {
            onFx(() -> workbench.changedLayersProperty().set(Optional.of(layers)));
        }

        @Override
        public void compared(WindowComparison comparison) {
            onFx(
                    () -> {
                        Recipe recipe = comparison.model().recipe();
                        if (floatFirst && recipe.isFloat()) {
                            floatFirst = false;
                            // Dimmed, as what belongs to another recipe always is.
                            workbench.comparisonProperty().set(Optional.of(comparison));
                            ask();
                        } else if (isCurrent(recipe)) {
                            workbench.comparisonProperty().set(Optional.of(comparison));
                            workbench.comparisonStaleProperty().set(false);
                        }
                    });
        }

        @Override
        public void evaluated(Quality quality, TunedModel model, double speed) {
            onFx(
                    () -> {
                        if (isCurrent(quality.recipe())) {
                            if (!quality.isSketch()) {
                                tuned = model;
                                tokensPerSecond = speed;
                            }
                            workbench.qualityProperty().set(quality);
                            workbench.qualityStaleProperty().set(false);
                            if (pinWanted && quality.isExact()) {
                                pin(quality);
                            }
                        }
                    });
        }

        @Override
        public void progressed(String step, long done, long total) {
            onFx(
                    () -> {
                        if (errandTask != null) {
                            return;
                        }
                        if (liveTask == null) {
                            liveTask =
                                    statusBar.track(
                                            "", new Cancellation(WorkbenchController.this::cancel));
                        }
                        liveTask.report(step, done, total);
                    });
        }

        @Override
        public void idle() {
            onFx(
                    () -> {
                        if (liveTask != null) {
                            liveTask.finish("");
                            liveTask = null;
                        }
                    });
        }

        @Override
        public void failed(UserException reason) {
            onFx(() -> onFailure.accept(reason));
        }

        @Override
        public void broke(Throwable failure) {
            onFx(() -> onFailure.accept(failure));
        }
    }
}
