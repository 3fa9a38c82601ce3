package io.agilelens.spark;

import io.agilelens.engine.UserException;
import io.agilelens.engine.search.SweepExecutor;
import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepRow;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Does the runs of a sweep as tasks of a Spark cluster, one each. The plan goes there with the
 * texts' ids in it; models are opened by their path, which must name the same files on every
 * machine. Spark does a task again elsewhere when the executor that had it is lost.
 */
final class SparkSweepExecutor implements SweepExecutor {
    private static final long POLL_MILLISECONDS = 100;

    private final SparkContext context;
    private final ShippedJars jars;

    SparkSweepExecutor(SparkContext context, ShippedJars jars) {
        this.context = context;
        this.jars = jars;
    }

    @Override
    public void run(
            SweepPlan plan,
            List<Integer> indices,
            Consumer<SweepRow> listener,
            Progress progress,
            Cancellation cancellation) {
        BlockingQueue<String> rows = new LinkedBlockingQueue<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread job =
                Thread.ofPlatform()
                        .daemon()
                        .name("spark-sweep")
                        .start(
                                () -> {
                                    try {
                                        submit(plan, indices, rows);
                                    } catch (Throwable thrown) {
                                        failure.set(thrown);
                                    }
                                });
        int done = 0;
        try {
            while (done < indices.size()) {
                progress.report("runs on the cluster", done, indices.size());
                cancellation.check();
                String row = rows.poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
                if (row != null) {
                    done++;
                    listener.accept(SweepRow.fromJson(row));
                } else if (failure.get() != null && rows.isEmpty()) {
                    throw broken(failure.get());
                }
            }
            progress.report("runs on the cluster", done, Math.max(1, done));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } finally {
            if (done < indices.size() && !context.isStopped()) {
                context.cancelAllJobs();
            }
            await(job);
        }
    }

    private static void await(Thread job) {
        try {
            job.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private UserException broken(Throwable failure) {
        // A stopped context says at length where it was made, and nothing of why it stopped.
        String reason =
                context.isStopped()
                        ? "it cannot be reached, or gave the application up"
                        : SparkCluster.reason(failure);
        return new UserException(
                "--spark %s: the sweep stopped on the cluster: %s; check the address, what was measured is kept where --out says"
                        .formatted(context.master(), reason),
                failure);
    }

    /** Runs one partition a run, and hands each row over as soon as its task is done. */
    private void submit(SweepPlan plan, List<Integer> indices, BlockingQueue<String> rows) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(context);
        Broadcast<String> shipped = spark.broadcast(plan.toJson());
        try {
            JavaRDD<Integer> runs = spark.parallelize(indices, indices.size());
            Seq<Object> partitions =
                    CollectionConverters.asScala(
                                    IntStream.range(0, indices.size())
                                            .<Object>mapToObj(Integer::valueOf)
                                            .toList())
                            .toSeq();
            ClassTag<String> rowTag = ClassTag$.MODULE$.apply(String.class);
            context.runJob(
                    runs.rdd(),
                    new OneRun(shipped),
                    partitions,
                    new AbstractFunction2<Object, String, BoxedUnit>() {
                        @Override
                        public BoxedUnit apply(Object partition, String row) {
                            rows.add(row);
                            return BoxedUnit.UNIT;
                        }
                    },
                    rowTag);
        } finally {
            shipped.destroy();
        }
    }

    /** What an executor does with a partition, which holds the index of one run. */
    private static final class OneRun
            extends AbstractFunction2<TaskContext, scala.collection.Iterator<Integer>, String>
            implements java.io.Serializable {
        private static final long serialVersionUID = 1;

        private final Broadcast<String> plan;

        OneRun(Broadcast<String> plan) {
            this.plan = plan;
        }

        @Override
        public String apply(TaskContext task, scala.collection.Iterator<Integer> index) {
            return ExecutorRuns.run(plan, index.next(), task);
        }
    }

    @Override
    public void close() {
        context.stop();
        jars.close();
    }
}
