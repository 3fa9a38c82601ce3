package io.agilelens.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.TinyModels;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.search.InProcessExecutor;
import io.agilelens.engine.search.Sweep;
import io.agilelens.engine.search.SweepCluster;
import io.agilelens.engine.search.SweepExecutor;
import io.agilelens.engine.search.SweepGrid;
import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepRow;
import io.agilelens.engine.search.SweepTable;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep on a real cluster of separate JVMs gives the table that it gives in process. */
class SparkSweepTest {
    private static final String GRID =
            """
            {"window": 64, "max_windows": 3,
             "recipes": ["FP", {"name": "impossible", "recipe":
                 {"pruning": {"beta": 0.5, "layers": [77]}}}],
             "base": {"weights": {"method": "rtn", "group": 16}},
             "grid": {"weights.bits": [2, 3, 4, 8],
                      "activations.method": ["none", "uniform", "trip"],
                      "softmax.method": ["none", "log2"]}}
            """;

    @TempDir private Path folder;

    private SweepPlan plan;
    private String expected;
    private StandaloneCluster cluster;
    private Process first;

    @BeforeEach
    void startCluster() throws IOException {
        // The driver's own settings; a user gives them the same way.
        System.setProperty("spark.driver.host", "127.0.0.1");
        System.setProperty("spark.driver.bindAddress", "127.0.0.1");
        System.setProperty("spark.executor.memory", "512m");
        System.setProperty("spark.local.dir", folder.toString());
        Path model =
                TinyModels.write(
                        Files.createDirectories(folder.resolve("model")),
                        TinyModels.Dimensions.small());
        plan =
                SweepGrid.parse(GRID, "grid")
                        .plan(List.of(model.toString()), (_, calibrating) -> text(calibrating));
        expected = json(run(new InProcessExecutor(), _ -> {}));
        cluster = new StandaloneCluster(Files.createDirectories(folder.resolve("cluster")));
        first = cluster.startWorker("one");
        cluster.startWorker("two");
    }

    @AfterEach
    void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void givesTheSameTableAsInProcessAlsoWhenAWorkerIsLost() {
        try (SweepExecutor spark = SweepCluster.connect(cluster.address())) {
            assertEquals(expected, json(run(spark, _ -> {})), cluster::logs);

            int[] heard = {0};
            SweepTable table =
                    run(
                            spark,
                            _ -> {
                                if (++heard[0] == 3) {
                                    assertTrue(
                                            first.descendants().findAny().isPresent(),
                                            "the worker has an executor to lose");
                                    StandaloneCluster.kill(first);
                                }
                            });
            assertTrue(heard[0] > 3, "rows came after the loss");
            assertEquals(expected, json(table), cluster::logs);
        }
    }

    private SweepTable run(SweepExecutor executor, Consumer<SweepRow> listener) {
        return Sweep.run(
                plan, executor, Optional.empty(), listener, Progress.NONE, Cancellation.never());
    }

    private static String json(SweepTable table) {
        return table.toJson().toPrettyString() + table.toCsv();
    }

    private static TextReader text(boolean calibrating) {
        String words = (calibrating ? "in the inn " : "the thin hen then ").repeat(60);
        return TextReader.of(
                calibrating ? "calibration" : "words",
                new ByteArrayInputStream(words.getBytes(StandardCharsets.UTF_8)));
    }
}
