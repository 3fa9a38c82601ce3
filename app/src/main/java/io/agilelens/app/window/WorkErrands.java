package io.agilelens.app.window;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.views.workbench.Work;
import io.agilelens.views.workbench.WorkStatus;
import io.agilelens.views.workbench.Workbench;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Errands that buttons of views start, show and stop. For the JavaFX thread. */
final class WorkErrands {
    private final Workbench workbench;
    private final Errands errands;
    private final Map<Work, Cancellation> underWay = new HashMap<>();

    WorkErrands(Workbench workbench, Errands errands) {
        this.workbench = workbench;
        this.errands = errands;
    }

    /** Runs work in place of work of that kind that runs or waits. */
    <T> void run(Work work, String name, Errands.Errand<T> errand, Consumer<T> onDone) {
        stop(work);
        Cancellation mine = new Cancellation();
        underWay.put(work, mine);
        workbench.underWay().put(work, WorkStatus.BEGINNING);
        errands.run(
                name,
                mine,
                (progress, cancellation) ->
                        errand.run(
                                new StatusReports(progress, status -> show(work, mine, status)),
                                cancellation),
                found -> {
                    end(work, mine);
                    onDone.accept(found);
                },
                () -> end(work, mine));
    }

    private void show(Work work, Cancellation mine, WorkStatus status) {
        if (underWay.get(work) == mine) {
            workbench.underWay().put(work, status);
        }
    }

    private void end(Work work, Cancellation mine) {
        if (underWay.remove(work, mine)) {
            workbench.underWay().remove(work);
        }
    }

    /** Stops all work of this kind. */
    void stopAll() {
        List.copyOf(underWay.keySet()).forEach(this::stop);
    }

    /** Stops work that runs or waits, if it does. */
    void stop(Work work) {
        Cancellation running = underWay.get(work);
        if (running != null) {
            running.cancel();
            end(work, running);
        }
    }
}
