package io.agilelens.app.window;

import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.WorkStatus;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javafx.application.Platform;

/**
 * Hands reports of work to a view on the JavaFX thread, besides to somebody else; those that follow
 * each other faster than the screen are merged.
 */
final class StatusReports implements Progress {
    private final Progress beside;
    private final Consumer<WorkStatus> view;
    private final AtomicReference<WorkStatus> latest = new AtomicReference<>();

    StatusReports(Progress beside, Consumer<WorkStatus> view) {
        this.beside = beside;
        this.view = view;
    }

    @Override
    public void report(String step, long done, long total) {
        beside.report(step, done, total);
        if (latest.getAndSet(new WorkStatus(step, done, total)) == null) {
            Platform.runLater(() -> view.accept(latest.getAndSet(null)));
        }
    }
}
