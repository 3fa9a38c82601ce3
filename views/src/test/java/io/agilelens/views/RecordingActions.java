package io.agilelens.views;

import io.agilelens.engine.export.ExportFormat;
import io.agilelens.engine.export.ExportReport;
import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.workbench.EvaluationWindows;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Work;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what a view asked for. */
public final class RecordingActions implements WorkbenchActions {
    /** One line a request, in order. */
    public final List<String> asked = new ArrayList<>();

    @Override
    public void open(String reference) {
        asked.add("open " + reference);
    }

    @Override
    public void plant(Planting outliers) {
        asked.add("plant " + outliers.summary());
    }

    @Override
    public void removePlanted() {
        asked.add("removePlanted");
    }

    @Override
    public void useText(Path file, TextFormat format) {
        asked.add("useText " + file);
    }

    @Override
    public void showWindow(int window) {
        asked.add("showWindow " + window);
    }

    @Override
    public void pinRun() {
        asked.add("pinRun");
    }

    @Override
    public void export(
            ExportFormat format, Path target, boolean replace, Consumer<ExportReport> onDone) {
        asked.add("export " + format.id() + " " + target);
    }

    @Override
    public void measureKernels(int bits) {
        asked.add("measureKernels " + bits);
    }

    @Override
    public void measureWidths() {
        asked.add("measureWidths");
    }

    @Override
    public void measureRuns() {
        asked.add("measureRuns");
    }

    @Override
    public void measurePasses() {
        asked.add("measurePasses");
    }

    @Override
    public void setAgainst(Path file) {
        asked.add("setAgainst " + file);
    }

    @Override
    public void search(Budget budget) {
        asked.add("search " + budget);
    }

    @Override
    public void cancelSearch() {
        asked.add("cancelSearch");
    }

    @Override
    public void study(QualityStudy study) {
        asked.add("study " + study);
    }

    @Override
    public void evaluateOn(EvaluationWindows windows) {
        asked.add("evaluateOn " + windows);
    }

    @Override
    public void goTo(String station) {
        asked.add("goTo " + station);
    }

    @Override
    public void stop(Work work) {
        asked.add("stop " + work);
    }

    @Override
    public void cancel() {
        asked.add("cancel");
    }
}
