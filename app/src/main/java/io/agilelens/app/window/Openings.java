package io.agilelens.app.window;

import io.agilelens.app.StartTimes;
import io.agilelens.app.live.LargeModel;
import io.agilelens.app.live.ModelSession;
import io.agilelens.app.live.Opening;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.kernel.KernelChoice;
import io.agilelens.engine.kernel.KernelProvider;
import io.agilelens.engine.kernel.Workers;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.EvaluationText;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.ModelOpening;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Subject;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Opens models and texts, plants outliers and goes where undo and redo lead; what is open is the
 * live session's. Lives on the JavaFX thread.
 */
final class Openings {
    private final Workbench workbench;
    private final Errands errands;
    private final LiveSession live;
    private final Runnable stopWork;

    private WorkbenchStatusBar statusBar;
    private BiConsumer<LargeModel, Runnable> askBeforeLarge = (_, open) -> open.run();
    private Cancellation opening = Cancellation.never();

    /**
     * @param stopWork stops what was asked about the model before, or the opening would wait for it
     */
    Openings(Workbench workbench, Errands errands, LiveSession live, Runnable stopWork) {
        this.workbench = workbench;
        this.errands = errands;
        this.live = live;
        this.stopWork = stopWork;
    }

    /** Says where the machine is shown; before anything is asked for. */
    void reportTo(WorkbenchStatusBar bar) {
        statusBar = bar;
    }

    /**
     * Opens a model on the text that is evaluated now, unless a person has to be asked first; the
     * present one stays if that fails.
     */
    void open(String reference) {
        open(reference, ModelSession::openIfItFits);
    }

    private void openLarge(String reference) {
        open(
                reference,
                (subject, progress, cancellation) ->
                        new Opening.Opened(ModelSession.open(subject, progress, cancellation)));
    }

    /** Opens a model with its text. */
    @FunctionalInterface
    private interface Opener {
        Opening open(Subject subject, Progress progress, Cancellation cancellation);
    }

    /**
     * What came of opening a model on a text.
     *
     * @param refusal why it is not on the text that was wanted, if it is not
     */
    private record OnText(Opening opening, Optional<UserException> refusal)
            implements AutoCloseable {

        /** Opens a model on its text, or on the bundled one where that does not suit the model. */
        static OnText open(
                Subject subject, Opener opener, Progress progress, Cancellation cancellation) {
            try {
                return new OnText(opener.open(subject, progress, cancellation), Optional.empty());
            } catch (UserException refusal) {
                if (subject.text().equals(EvaluationText.BUNDLED)) {
                    throw refusal;
                }
                // If it is the model that cannot be opened, this says so.
                Subject bundled = subject.withText(EvaluationText.BUNDLED);
                return new OnText(
                        opener.open(bundled, progress, cancellation), Optional.of(refusal));
            }
        }

        @Override
        public void close() {
            opening.close();
        }
    }

    private void open(String reference, Opener opener) {
        Subject subject =
                live.session() == null
                        ? Subject.of(reference)
                        : Subject.of(reference).withText(live.session().opened().subject().text());
        open(
                reference,
                new Cancellation(),
                (progress, cancellation) -> OnText.open(subject, opener, progress, cancellation),
                result -> {
                    switch (result.opening()) {
                        case Opening.Opened opened -> {
                            show(opened.session(), Optional.empty());
                            result.refusal().ifPresent(Openings::tellRefusal);
                        }
                        case Opening.TooLarge large ->
                                askBeforeLarge.accept(large.model(), () -> openLarge(reference));
                    }
                });
    }

    private static void tellRefusal(UserException refusal) {
        Notices.done(Messages.text("status.text.bundled", refusal.getMessage()));
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
                model.reference(),
                model.cancellation(),
                (progress, _) -> model.await(progress),
                opened -> show(opened.session(), opened.firstLook()));
        Pulses.afterDrawing(model::windowIsThere);
    }

    private <T> void open(
            String reference,
            Cancellation cancellation,
            Errands.Errand<T> errand,
            Consumer<T> onSuccess) {
        beginOpening(cancellation);
        run(reference, cancellation, errand, onSuccess, () -> {});
    }

    /** Opens a model, and shows views meanwhile how far that is. */
    private <T> void run(
            String reference,
            Cancellation cancellation,
            Errands.Errand<T> errand,
            Consumer<T> onSuccess,
            Runnable onGivenUp) {
        Consumer<Optional<ModelOpening>> show =
                now -> {
                    if (opening == cancellation) {
                        workbench.openingProperty().set(now);
                    }
                };
        show.accept(Optional.of(new ModelOpening(reference, WorkStatus.BEGINNING)));
        errands.run(
                Messages.text("status.opening", reference),
                cancellation,
                (progress, stop) ->
                        errand.run(
                                new StatusReports(
                                        progress,
                                        status ->
                                                show.accept(
                                                        Optional.of(
                                                                new ModelOpening(
                                                                        reference, status)))),
                                stop),
                opened -> {
                    show.accept(Optional.empty());
                    onSuccess.accept(opened);
                },
                () -> {
                    show.accept(Optional.empty());
                    onGivenUp.run();
                });
    }

    /** Who opens another model no longer wants the one before. */
    private void beginOpening(Cancellation cancellation) {
        opening.cancel();
        stopWork.run();
        opening = cancellation;
        workbench.openingProperty().set(Optional.empty());
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
                subject.model(),
                cancellation,
                (progress, stop) -> ModelSession.open(subject, progress, stop),
                opened -> begin(opened, name, state, onDone),
                () -> {});
    }

    private void begin(
            ModelSession opened, String name, SessionHistory.State state, Runnable onDone) {
        show(opened, Optional.empty(), () -> workbench.history().begin(name, state));
        onDone.run();
    }

    /** Opens what undo or redo went to, unless it is open. */
    void follow() {
        Optional<Subject> wanted = workbench.history().subjectProperty().get();
        if (live.session() == null || wanted.isEmpty()) {
            return;
        }
        Cancellation cancellation = new Cancellation();
        beginOpening(cancellation);
        if (live.isSettled()) {
            return;
        }
        live.pause();
        Subject subject = wanted.get();
        boolean sameModel = subject.model().equals(live.session().opened().reference());
        int shown = live.window();
        run(
                subject.model(),
                cancellation,
                (progress, stop) -> ModelSession.open(subject, progress, stop),
                opened -> {
                    if (opening != cancellation) {
                        errands.afterwards(opened::close);
                        return;
                    }
                    Selection.Place place = workbench.selection().place();
                    show(opened, Optional.empty(), () -> {});
                    if (sameModel) {
                        workbench.selection().select(place);
                        live.showWindow(shown);
                    }
                },
                () -> {
                    if (opening == cancellation && live.session() != null) {
                        workbench.history().returnTo(live.session().opened().subject());
                        live.ask();
                    }
                });
    }

    /**
     * Opens the model anew with outliers planted in it, in place of any that were planted before.
     *
     * @param outliers empty for none
     */
    void plant(Optional<Planting> outliers) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        errands.run(
                Messages.text(outliers.isPresent() ? "status.planting" : "status.unplanting"),
                (progress, cancellation) -> present.planted(outliers, progress, cancellation),
                changed -> {
                    if (live.session() != present) {
                        errands.afterwards(changed::close);
                        return;
                    }
                    int shown = live.window();
                    outliers.ifPresent(this::lookAt);
                    live.replace(
                            changed,
                            () ->
                                    noteChange(
                                            Messages.text(
                                                    outliers.isPresent()
                                                            ? "history.planted"
                                                            : "history.unplanted"),
                                            changed));
                    live.showWindow(shown);
                    errands.afterwards(present::close);
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

    /** Evaluates the open model on a text file. */
    void useText(Path file, TextFormat format) {
        ModelSession present = live.session();
        if (present == null) {
            Notices.done(Messages.text("status.text.nomodel"));
            return;
        }
        EvaluationText wanted = present.opened().subject().text().of(file, format);
        read(present, wanted, Messages.text("history.text", file.getFileName()));
    }

    /** Cuts the text otherwise and evaluates anew. */
    void evaluateOn(EvaluationWindows windows) {
        if (live.session() != null) {
            EvaluationText wanted = live.session().opened().subject().text().cut(windows);
            read(
                    live.session(),
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
        errands.run(
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
                    if (live.session() == present) {
                        live.replace(read.session(), () -> noteChange(step, read.session()));
                        live.ask();
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
        boolean first = live.session() == null;
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
        ModelSession old = live.session();
        workbench.selection().select(Selection.Place.START.withLayer(opened.firstLayer()));
        // They take one pass, what a recipe needs to be fitted takes many.
        live.beginWithFloat(firstLook.isEmpty() && !opened.isBundle());
        live.replace(opened, note);
        if (firstLook.isPresent()) {
            // Dimmed, as what belongs to another recipe always is.
            workbench.comparisonStaleProperty().set(true);
            workbench.comparisonProperty().set(firstLook);
            // The loop would take the processors from drawing them.
            Pulses.afterDrawing(live::ask);
        } else {
            live.ask();
        }
        if (old != null) {
            // Views only hold results; the old model's last user was its loop, closed by now.
            errands.afterwards(old::close);
        }
    }

    /** Says what computes, which is known once a model is open. */
    private void describeMachine() {
        KernelChoice kernels = KernelProvider.current();
        statusBar.setMachine(
                Messages.text("status.machine", kernels.species(), Workers.shared().threads()),
                kernels.reason());
    }
}
