package io.agilelens.engine.search;

import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Many recipes measured alike, into one table. */
public final class Sweep {
    private Sweep() {}

    /**
     * Does all runs of a plan.
     *
     * @param partial a file for the rows so far, so that a sweep that was stopped goes on where it
     *     was; empty to keep none
     * @param listener hears each row once, those from the file first
     * @throws io.agilelens.engine.UserException if the file belongs to another plan
     * @throws java.util.concurrent.CancellationException if cancelled; the file keeps what there is
     */
    public static SweepTable run(
            SweepPlan plan,
            SweepExecutor executor,
            Optional<Path> partial,
            Consumer<SweepRow> listener,
            Progress progress,
            Cancellation cancellation) {
        if (partial.isEmpty()) {
            return run(plan, executor, Map.of(), listener, progress, cancellation);
        }
        try (PartialRows file = PartialRows.open(partial.get(), plan)) {
            Map<Integer, SweepRow> known = file.rows();
            known.values().forEach(listener);
            Consumer<SweepRow> keeping =
                    row -> {
                        file.add(row);
                        listener.accept(row);
                    };
            return run(plan, executor, known, keeping, progress, cancellation);
        }
    }

    private static SweepTable run(
            SweepPlan plan,
            SweepExecutor executor,
            Map<Integer, SweepRow> known,
            Consumer<SweepRow> listener,
            Progress progress,
            Cancellation cancellation) {
        Map<Integer, SweepRow> rows = new TreeMap<>(known);
        List<Integer> missing =
                IntStream.range(0, plan.runs().size())
                        .filter(index -> !known.containsKey(index))
                        .boxed()
                        .toList();
        if (!missing.isEmpty()) {
            executor.run(
                    plan,
                    missing,
                    row -> {
                        // A cluster may do a run twice when it lost sight of the first try.
                        if (rows.putIfAbsent(row.index(), row) == null) {
                            listener.accept(row);
                        }
                    },
                    progress,
                    cancellation);
        }
        return new SweepTable(new ArrayList<>(rows.values()));
    }
}
