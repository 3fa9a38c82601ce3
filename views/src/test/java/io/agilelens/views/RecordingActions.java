package io.agilelens.views;

import io.agilelens.engine.format.TextFormat;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.search.Budget;
import io.agilelens.views.workbench.WorkbenchActions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    public void exportBundle(Path folder) {
        asked.add("exportBundle " + folder);
    }

    @Override
    public void measureKernels(int bits) {
        asked.add("measureKernels " + bits);
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
    public void cancel() {
        asked.add("cancel");
    }
}
