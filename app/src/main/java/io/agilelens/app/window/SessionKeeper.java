package io.agilelens.app.window;

import io.agilelens.app.session.Autosave;
import io.agilelens.app.session.Fingerprints;
import io.agilelens.app.session.RecentFiles;
import io.agilelens.app.session.SessionDocument;
import io.agilelens.app.session.SessionJson;
import io.agilelens.app.session.SessionReport;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.ModelReference;
import io.agilelens.engine.format.Printable;
import io.agilelens.engine.recipe.RecipeJson;
import io.agilelens.views.Messages;
import io.agilelens.views.Notices;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Subject;
import io.agilelens.views.workbench.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.util.Duration;

/**
 * Keeps a window's session: saves it, opens others, and keeps what is not saved where it outlives a
 * crash. Lives on the JavaFX thread; files are touched on a thread of its own, in order.
 */
final class SessionKeeper implements AutoCloseable {
    /** How long nothing must change before what is not saved is kept. */
    private static final Duration QUIET = Duration.seconds(1);

    private static final long PATIENCE_SECONDS = 5;

    private final Workbench workbench;
    private final WorkbenchController controller;
    private final WorkbenchFrame frame;
    private final Optional<Path> state;
    private final FileQuestions questions;
    private final Consumer<Throwable> onFailure;
    private final ExecutorService documents =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("documents").daemon().factory());
    private final ReadOnlyBooleanWrapper unsaved = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<Optional<Path>> file =
            new ReadOnlyObjectWrapper<>(Optional.empty());
    private final ReadOnlyObjectWrapper<RecentFiles> recent =
            new ReadOnlyObjectWrapper<>(RecentFiles.NONE);
    private final PauseTransition quiet = new PauseTransition(QUIET);

    /** What is saved or need not be; empty for a session that nobody saved yet. */
    private Optional<SessionHistory.State> saved = Optional.empty();

    private SessionHistory.State last;
    private boolean autosaveFails;

    // What follows is touched by the documents thread only.
    private final Optional<Autosave> autosave;
    private Fingerprints fingerprints = new Fingerprints();

    /** What the session's file held when it was last read or written. */
    private byte[] onDisk;

    /**
     * @param state the user's folder for what outlives a run; empty to keep nothing there
     * @param questions asks a person for files
     * @param onFailure shows a person what did not work
     */
    SessionKeeper(
            Workbench workbench,
            WorkbenchController controller,
            WorkbenchFrame frame,
            Optional<Path> state,
            FileQuestions questions,
            Consumer<Throwable> onFailure) {
        this.workbench = workbench;
        this.controller = controller;
        this.frame = frame;
        this.state = state;
        this.questions = questions;
        this.onFailure = onFailure;
        autosave = state.map(Autosave::new);
        quiet.setOnFinished(_ -> keepUnsaved());
        SessionHistory history = workbench.history();
        last = history.state();
        history.subjectProperty().addListener((_, _, _) -> noteModel());
        history.subjectProperty().addListener((_, _, _) -> changed());
        history.recipeProperty().addListener((_, _, _) -> changed());
        history.positionProperty().addListener((_, _, _) -> changed());
        state.ifPresent(
                folder ->
                        perform(
                                () -> RecentFiles.read(folder),
                                read -> {
                                    recent.set(read);
                                    noteModel();
                                }));
    }

    /** Whether something would be lost if the window closed now. */
    ReadOnlyBooleanProperty unsavedProperty() {
        return unsaved.getReadOnlyProperty();
    }

    /** Where the session is saved; empty if nowhere yet. */
    ReadOnlyObjectProperty<Optional<Path>> fileProperty() {
        return file.getReadOnlyProperty();
    }

    /** What was opened lately. */
    ReadOnlyObjectProperty<RecentFiles> recentProperty() {
        return recent.getReadOnlyProperty();
    }

    private void noteModel() {
        workbench
                .history()
                .subjectProperty()
                .get()
                .map(Subject::model)
                .filter(model -> !model.startsWith(ModelReference.SAMPLE_PREFIX))
                .ifPresent(
                        model ->
                                remember(
                                        recent.get()
                                                .withModel(
                                                        Path.of(model)
                                                                .toAbsolutePath()
                                                                .toString())));
    }

    private void changed() {
        SessionHistory.State now = workbench.history().state();
        boolean otherModel =
                !now.subject().map(Subject::model).equals(last.subject().map(Subject::model));
        if (otherModel && !unsaved.get() && file.get().isEmpty()) {
            // Nothing was done with the model before: this is where the session begins.
            saved = Optional.of(now);
        }
        last = now;
        unsaved.set(now.subject().isPresent() && !saved.equals(Optional.of(now)));
        quiet.playFromStart();
    }

    /** Keeps what is not saved; forgets what is. */
    private void keepUnsaved() {
        if (autosave.isEmpty()) {
            return;
        }
        if (!unsaved.get()) {
            perform(
                    () -> {
                        autosave.get().forget();
                        return null;
                    },
                    _ -> {});
            return;
        }
        SessionDocument document = document();
        perform(
                () -> {
                    autosave.get().keep(fingerprints.of(document));
                    return null;
                },
                _ -> autosaveFails = false,
                failure -> {
                    if (!autosaveFails) {
                        autosaveFails = true;
                        Notices.done(Messages.text("session.autosave.fails", failure.getMessage()));
                    }
                });
    }

    /** The session as it is now. */
    SessionDocument document() {
        return SessionCapture.of(workbench, frame.stationProperty().get().id());
    }

    /**
     * Saves the session.
     *
     * @param replace whether whatever is there may be replaced; a file that this session was opened
     *     from or saved to is replaced anyway, unless somebody else changed it
     * @param onDone called when it is saved
     */
    void save(Path target, boolean replace, Runnable onDone) {
        Path wanted = target.toAbsolutePath().normalize();
        boolean own = file.get().filter(wanted::equals).isPresent();
        SessionHistory.State now = workbench.history().state();
        SessionDocument document = document();
        perform(
                () -> {
                    if (own && !replace) {
                        requireUnchanged(wanted);
                    }
                    SessionDocument whole = fingerprints.of(document);
                    SessionJson.write(whole, wanted, replace || own);
                    onDisk = SessionJson.readBytes(wanted);
                    return null;
                },
                _ -> {
                    saved = Optional.of(now);
                    file.set(Optional.of(wanted));
                    changed();
                    remember(recent.get().withSession(wanted));
                    Notices.done(Messages.text("session.saved", wanted.getFileName()));
                    onDone.run();
                });
    }

    private void requireUnchanged(Path target) {
        if (Files.exists(target) && !Arrays.equals(onDisk, SessionJson.readBytes(target))) {
            throw new UserException(
                    "%s was changed by another program since it was opened: save under another name"
                            .formatted(Printable.of(target)));
        }
    }

    /**
     * What a session file holds.
     *
     * @param changed models and texts that are no longer what they were
     * @param missing models that are not where they were
     */
    private record Read(
            SessionDocument document, byte[] bytes, List<String> changed, List<String> missing) {}

    /** Opens a session in place of the present one, which stays if that fails. */
    void open(Path source) {
        Path wanted = source.toAbsolutePath().normalize();
        read(wanted, read -> open(read, Optional.of(wanted)));
    }

    /** Opens what a crash left; it is not saved anywhere that a person chose. */
    private void recover(Path source) {
        read(source, read -> open(read, Optional.empty()));
    }

    private void read(Path source, Consumer<Read> onRead) {
        perform(
                () -> {
                    fingerprints = new Fingerprints();
                    byte[] bytes = SessionJson.readBytes(source);
                    SessionDocument document = SessionJson.parse(bytes, source);
                    return new Read(
                            document,
                            bytes,
                            fingerprints.changed(document),
                            document.subject().model().startsWith(ModelReference.SAMPLE_PREFIX)
                                            || Files.exists(Path.of(document.subject().model()))
                                    ? List.of()
                                    : List.of(document.subject().model()));
                },
                onRead);
    }

    private void open(Read read, Optional<Path> place) {
        if (!read.missing().isEmpty()) {
            askForModel(read, place);
            return;
        }
        SessionDocument document = read.document();
        String name =
                Messages.text(
                        place.isPresent() ? "history.session" : "history.recovered",
                        place.map(Path::getFileName).map(Path::toString).orElse(""));
        SessionHistory.State start =
                new SessionHistory.State(
                        Optional.of(document.subject()), document.recipe(), document.runs());
        controller.begin(name, start, () -> opened(read, place));
    }

    private void opened(Read read, Optional<Path> place) {
        SessionDocument.View view = read.document().view();
        SessionCapture.look(workbench, view.place());
        controller.showWindow(view.window());
        if (frame.has(view.station())) {
            frame.open(view.station());
        }
        saved = place.map(_ -> workbench.history().state());
        file.set(place);
        changed();
        perform(
                () -> {
                    onDisk = read.bytes();
                    return null;
                },
                _ -> {});
        place.ifPresent(path -> remember(recent.get().withSession(path)));
        if (!read.changed().isEmpty()) {
            new MessageBar(
                            frame,
                            "session-changed",
                            Messages.text("session.changed", String.join(", ", read.changed())))
                    .show();
        }
    }

    private void askForModel(Read read, Optional<Path> place) {
        String missing = read.missing().getFirst();
        new MessageBar(frame, "session-missing", Messages.text("session.missing", missing))
                .with(
                        "session-missing-folder",
                        "session.missing.folder",
                        () ->
                                questions
                                        .folder(Messages.text("session.missing.title", missing))
                                        .ifPresent(found -> moved(read, place, missing, found)))
                .with(
                        "session-missing-file",
                        "session.missing.file",
                        () ->
                                questions
                                        .file(
                                                Messages.text("session.missing.title", missing),
                                                FileQuestions.Kind.MODEL)
                                        .ifPresent(found -> moved(read, place, missing, found)))
                .show();
    }

    private void moved(Read read, Optional<Path> place, String missing, Path found) {
        SessionDocument moved =
                read.document()
                        .withModelMoved(missing, found.toAbsolutePath().normalize().toString());
        perform(
                () -> new Read(moved, read.bytes(), fingerprints.changed(moved), List.of()),
                again -> open(again, place));
    }

    /** Offers what a crash left, once. */
    void offerCrashed() {
        if (autosave.isEmpty()) {
            return;
        }
        perform(
                () -> autosave.get().takeCrashed(),
                left ->
                        left.ifPresent(
                                path -> {
                                    remember(recent.get().withSession(path));
                                    new MessageBar(
                                                    frame,
                                                    "session-crashed",
                                                    Messages.text("session.crashed"))
                                            .with(
                                                    "session-recover",
                                                    "session.recover",
                                                    () -> recover(path))
                                            .show();
                                }),
                failure -> Notices.done(failure.getMessage()));
    }

    /** Takes a recipe from a file; undo takes it back. */
    void importRecipe(Path source) {
        perform(
                () -> RecipeJson.read(source),
                recipe -> {
                    workbench.history().endStep();
                    workbench
                            .history()
                            .change(Messages.text("history.recipe", source.getFileName()), recipe);
                    workbench.history().endStep();
                });
    }

    /** Writes the recipe in force, as commands read it. */
    void exportRecipe(FileQuestions.Target target) {
        String json = RecipeJson.write(workbench.history().recipe()) + "\n";
        perform(
                () -> {
                    AtomicFiles.writeFile(
                            target.file(),
                            target.replace(),
                            place -> Files.writeString(place, json));
                    return null;
                },
                _ -> Notices.done(Messages.text("export.done", target.file())));
    }

    /** Writes a report of the session as it is now, with every picture that there is. */
    void report(FileQuestions.Target target) {
        SessionDocument now = document();
        Notices.done(Messages.text("report.begun"));
        perform(
                () -> {
                    SessionReport.write(
                            fingerprints.of(now),
                            new ReportPictures(frame).draw(),
                            target.file(),
                            target.replace());
                    return null;
                },
                _ -> Notices.done(Messages.text("export.done", target.file())));
    }

    /**
     * Opens a JSON file as what it is: a session, a recipe or a saved measurement.
     *
     * @param asSession hears that it is a session
     */
    void take(Path json, Runnable asSession) {
        perform(
                () -> JsonKind.of(json),
                kind -> {
                    switch (kind) {
                        case SESSION -> asSession.run();
                        case MEASUREMENT -> controller.setAgainst(json);
                        case RECIPE -> importRecipe(json);
                    }
                });
    }

    private void remember(RecentFiles changed) {
        if (changed.equals(recent.get())) {
            return;
        }
        recent.set(changed);
        state.ifPresent(
                folder ->
                        perform(
                                () -> {
                                    changed.write(folder);
                                    return null;
                                },
                                _ -> {},
                                // Only a convenience, and autosave complains of the same folder.
                                _ -> {}));
    }

    private <T> void perform(Callable<T> work, Consumer<T> onDone) {
        perform(work, onDone, onFailure);
    }

    /** Works on the documents thread; the outcome arrives on the JavaFX thread. */
    private <T> void perform(Callable<T> work, Consumer<T> onDone, Consumer<Throwable> failed) {
        try {
            documents.execute(
                    () -> {
                        try {
                            T result = work.call();
                            Platform.runLater(() -> onDone.accept(result));
                        } catch (Exception | Error failure) {
                            Platform.runLater(() -> failed.accept(failure));
                        }
                    });
        } catch (RejectedExecutionException closed) {
            // The window is closed, and what is unsaved was asked about.
        }
    }

    /** Forgets what was kept against a crash, and waits for files that are being written. */
    @Override
    public void close() {
        quiet.stop();
        autosave.ifPresent(kept -> documents.execute(kept::close));
        documents.shutdown();
        try {
            documents.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
