package io.agilelens.engine.search;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.List;
import java.util.function.Consumer;

/** Does the runs of a sweep, here or elsewhere. */
public interface SweepExecutor extends AutoCloseable {

    /**
     * Does some of a plan's runs.
     *
     * @param indices which; each once
     * @param listener hears each row as soon as it is there, in any order, one at a time
     * @throws java.util.concurrent.CancellationException if cancelled; rows heard until then hold
     */
    void run(
            SweepPlan plan,
            List<Integer> indices,
            Consumer<SweepRow> listener,
            Progress progress,
            Cancellation cancellation);

    @Override
    void close();
}
