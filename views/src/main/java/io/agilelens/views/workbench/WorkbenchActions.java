package io.agilelens.views.workbench;

import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.search.Budget;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What views ask the application to do. All return at once; the work is done in the background. */
public interface WorkbenchActions {

    /** Opens a model; the present one stays if that fails. */
    void open(String reference);

    /** Puts outliers into the open model in place of any put in before; the file stays as it is. */
    void plant(Planting outliers);

    /** Takes the outliers that were planted here out again. */
    void removePlanted();

    /** Evaluates with another text file. */
    default void useText(Path file) {
        useText(file, TextFormat.PLAIN);
    }

    /** Evaluates on a text file of a given format. */
    void useText(Path file, TextFormat format);

    /** Cuts the text otherwise and evaluates anew. */
    void evaluateOn(EvaluationWindows windows);

    /** Shows another window of the text. */
    void showWindow(int window);

    /** Keeps the recipe and its figures, evaluating to the end first if need be. */
    void pinRun();

    /**
     * Writes the tuned model.
     *
     * @param replace whether an export at the target may be replaced
     * @param onDone hears, on the JavaFX thread, what came of it
     */
    void export(ExportFormat format, Path target, boolean replace, Consumer<ExportReport> onDone);

    /**
     * Measures the kernels at the model's shapes.
     *
     * @param bits vector width, 0 for scalar code
     */
    void measureKernels(int bits);

    /** Measures the kernels at the model's shapes with vectors of every width, one by one. */
    void measureWidths();

    /** Measures whole passes of the model and of the recipe, if that can be executed. */
    void measurePasses();

    /** Measures how fast the pinned runs' recipes are when executed, and the float model. */
    void measureRuns();

    /** Reads a run that the command {@code bench} saved, to set measurements against it. */
    void setAgainst(Path file);

    /** Searches recipes under a budget and pins what it finds. */
    void search(Budget budget);

    /** Stops a running search; what it tried so far is dropped. */
    void cancelSearch();

    /** Finds out where the recipe in force loses its quality. */
    void study(QualityStudy study);

    /**
     * Opens a station, which shows what is selected.
     *
     * @param station its name, such as {@code outliers}
     */
    void goTo(String station);

    /** Stops work that runs or waits, if it does; nothing comes of it. */
    void stop(Work work);

    /** Stops what runs in the background. */
    void cancel();
}
