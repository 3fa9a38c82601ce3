package io.agilelens.app.window;

import io.agilelens.app.live.LargeModel;
import io.agilelens.app.live.ModelSession;
import io.agilelens.app.live.QualityStudies;
import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.export.ExportSource;
import io.agilelens.engine.export.Exporter;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.Background;
import io.agilelens.views.Messages;
import io.agilelens.views.chart.PictureWriter;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Work;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Does what views ask for, and hands most of it to those who do it. Lives on the JavaFX thread;
 * work is done by the live loop and by one thread for errands.
 */
public final class WorkbenchController implements WorkbenchActions, AutoCloseable {
    private static final int VERIFIED_TOKENS = 128;

    private final Workbench workbench;
    private final Errands errands;
    private final WorkErrands work;
    private final LiveSession live;
    private final SpeedErrands speed;
    private final SearchErrand search;

    private final Openings openings;

    private Consumer<String> openStation = _ -> {};
    private Runnable onClose = () -> {};

    /**
     * @param onFailure shows a person what did not work
     */
    public WorkbenchController(Workbench workbench, Consumer<Throwable> onFailure) {
        this.workbench = workbench;
        errands = new Errands(onFailure);
        live = new LiveSession(workbench, errands, onFailure);
        work = new WorkErrands(workbench, errands);
        speed = new SpeedErrands(workbench, live, errands, work);
        search = new SearchErrand(workbench, live, errands);
        openings = new Openings(workbench, errands, live, this::stopWork);
        workbench.history().recipeProperty().addListener((_, _, _) -> live.recipeChanged());
        workbench.history().subjectProperty().addListener((_, _, _) -> openings.follow());
        workbench
                .selection()
                .placeProperty()
                .addListener(
                        (_, old, now) -> {
                            if (old.layer() != now.layer()) {
                                live.ask();
                            }
                        });
    }

    /** Stops what was asked about the model that is open. */
    private void stopWork() {
        search.cancel();
        work.stopAll();
    }

    /** Says where progress is shown; before anything is asked for. */
    void reportTo(WorkbenchStatusBar bar) {
        PictureWriter.showWith(errands::showBeside);
        openings.reportTo(bar);
        errands.reportTo(bar);
        live.reportTo(bar);
    }

    /** Says how a station is opened. */
    void openStationsWith(Consumer<String> opener) {
        openStation = opener;
    }

    @Override
    public void goTo(String station) {
        openStation.accept(station);
    }

    @Override
    public void open(String reference) {
        openings.open(reference);
    }

    /** Shows a model that is being opened already, as soon as it is open. */
    void open(EarlyOpening model) {
        openings.open(model);
    }

    /**
     * Says who asks a person before a model is opened that does not fit in memory.
     *
     * @param question gets the model and what opens it after all
     */
    void askBeforeLarge(BiConsumer<LargeModel, Runnable> question) {
        openings.askBeforeLarge(question);
    }

    /**
     * Opens a model and a text with all that was made of them; the present ones stay if that fails.
     *
     * @param name where the history then begins, for a person to read
     * @param state with a subject
     * @param onDone called when it is open
     */
    void begin(String name, SessionHistory.State state, Runnable onDone) {
        openings.begin(name, state, onDone);
    }

    @Override
    public void plant(Planting outliers) {
        openings.plant(Optional.of(outliers));
    }

    @Override
    public void removePlanted() {
        openings.plant(Optional.empty());
    }

    @Override
    public void useText(Path file, TextFormat format) {
        openings.useText(file, format);
    }

    @Override
    public void evaluateOn(EvaluationWindows windows) {
        openings.evaluateOn(windows);
    }

    @Override
    public void showWindow(int wanted) {
        live.showWindow(wanted);
    }

    @Override
    public void export(
            ExportFormat format, Path target, boolean replace, Consumer<ExportReport> onDone) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        Recipe recipe = workbench.history().recipe();
        errands.run(
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
    public void study(QualityStudy study) {
        ModelSession present = live.session();
        if (present == null) {
            return;
        }
        QualityStudies studies =
                QualityStudies.of(present, workbench.history().recipe(), live.tuned());
        work.run(
                study,
                Messages.text("status.study." + study),
                (progress, cancellation) -> studies.run(study, progress, cancellation),
                found -> {
                    if (live.session() == present) {
                        workbench
                                .studiesProperty()
                                .set(found.apply(workbench.studiesProperty().get()));
                    }
                });
    }

    @Override
    public void measureKernels(int bits) {
        speed.kernels(bits);
    }

    @Override
    public void measureWidths() {
        speed.widths();
    }

    @Override
    public void measurePasses() {
        speed.passes();
    }

    @Override
    public void measureRuns() {
        speed.runs();
    }

    @Override
    public void setAgainst(Path file) {
        speed.against(file);
    }

    @Override
    public void search(Budget budget) {
        search.begin(budget);
    }

    @Override
    public void cancelSearch() {
        search.cancel();
    }

    @Override
    public void pinRun() {
        live.pinRun();
    }

    @Override
    public void stop(Work stopped) {
        work.stop(stopped);
    }

    @Override
    public void cancel() {
        live.cancel();
    }

    /** Stops errands that run or wait. */
    void cancelErrands() {
        errands.cancel();
    }

    /** Has something else closed with this. */
    void onClose(Runnable action) {
        onClose = action;
    }

    /** Stops all work and has the model closed behind it. */
    @Override
    public void close() {
        onClose.run();
        // What is still read for a picture would find the model closed.
        Background.dropAll();
        live.stop();
        errands.close();
    }
}
