package io.agilelens.spark;

import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepWorker;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Does runs inside an executor. Open models are kept from task to task; each task that runs at the
 * same time as others has one of its own.
 */
final class ExecutorRuns {
    /** Idle workers by the broadcast that their plan came in. */
    private static final Map<Long, Deque<SweepWorker>> IDLE = new ConcurrentHashMap<>();

    private ExecutorRuns() {}

    /**
     * @return the row as JSON
     */
    static String run(Broadcast<String> plan, int index, TaskContext task) {
        Deque<SweepWorker> idle =
                IDLE.computeIfAbsent(plan.id(), _ -> new ConcurrentLinkedDeque<>());
        SweepWorker polled = idle.pollFirst();
        SweepWorker worker =
                polled == null ? new SweepWorker(SweepPlan.fromJson(plan.value())) : polled;
        try {
            Cancellation cancellation = new Cancellation();
            Progress watching =
                    (_, _, _) -> {
                        if (task.isInterrupted()) {
                            cancellation.cancel();
                        }
                    };
            return worker.run(index, watching, cancellation).toJson().toString();
        } finally {
            idle.addFirst(worker);
        }
    }
}
