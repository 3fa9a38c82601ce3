package io.agilelens.engine.search;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.List;
import java.util.function.Consumer;

/** Does the runs here, one after the other; each uses all threads. */
public final class InProcessExecutor implements SweepExecutor {

    @Override
    public void run(
            SweepPlan plan,
            List<Integer> indices,
            Consumer<SweepRow> listener,
            Progress progress,
            Cancellation cancellation) {
        try (SweepWorker worker = new SweepWorker(plan)) {
            for (int i = 0; i < indices.size(); i++) {
                cancellation.check();
                int done = i;
                SweepPlan.Run run = plan.runs().get(indices.get(i));
                Progress within =
                        (step, _, _) ->
                                progress.report(
                                        "%s: %s".formatted(run.name(), step), done, indices.size());
                listener.accept(worker.run(indices.get(i), within, cancellation));
            }
            progress.report("runs done", indices.size(), Math.max(1, indices.size()));
        }
    }

    @Override
    public void close() {}
}
