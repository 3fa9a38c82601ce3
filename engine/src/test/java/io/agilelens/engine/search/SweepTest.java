package io.agilelens.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agilelens.engine.UserException;
import io.agilelens.engine.evaluate.WeightSize;
import io.agilelens.engine.format.Checkpoints;
import io.agilelens.engine.model.Model;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sweeps over a tiny model. */
class SweepTest {
    private static final String GRID =
            """
            {"texts": ["one", "two"], "window": 32, "max_windows": 2,
             "recipes": ["FP",
                         {"name": "too deep", "recipe": {"pruning": {"beta": 0.5, "layers": [77]}}}],
             "base": {"weights": {"method": "rtn"}},
             "grid": {"weights.bits": [3, 4], "softmax.method": ["none", "log2"]}}
            """;

    @TempDir private Path folder;
    private String model;

    @BeforeEach
    void write() throws IOException {
        model = SearchModels.write(Files.createDirectories(folder.resolve("model"))).toString();
    }

    @Test
    void goesOverModelsTextsRecipesAndThenTheGrid() {
        SweepPlan plan = plan(GRID);
        assertEquals(
                List.of(
                        "FP",
                        "too deep",
                        "weights.bits=3 softmax.method=none",
                        "weights.bits=3 softmax.method=log2",
                        "weights.bits=4 softmax.method=none",
                        "weights.bits=4 softmax.method=log2"),
                plan.runs().subList(0, 6).stream().map(SweepPlan.Run::name).toList());
        assertEquals(12, plan.runs().size());
        assertEquals(List.of("words one", "words two"), texts(plan));
        assertEquals(plan.digest(), SweepPlan.fromJson(plan.toJson()).digest());
        assertEquals(plan.digest(), plan(GRID).digest());
    }

    private static List<String> texts(SweepPlan plan) {
        return plan.subjects().stream().map(subject -> subject.text().source()).toList();
    }

    @Test
    void measuresWhatSingleRunsMeasure() {
        SweepPlan plan = plan(GRID);
        SweepTable table = run(plan, Optional.empty(), row -> {}, Cancellation.never());
        try (Model opened = Model.open(Checkpoints.open(Path.of(model)))) {
            for (SweepRow row : table.rows()) {
                if (row.error().isPresent()) {
                    continue;
                }
                SweepSubject on = plan.subjects().get(plan.runs().get(row.index()).subject());
                Trial alone =
                        SearchModels.evaluator(opened, on.calibration())
                                .evaluate(
                                        row.recipe(),
                                        on.text(),
                                        Progress.NONE,
                                        Cancellation.never());
                assertEquals(
                        RunFigures.of(alone.perplexity(), alone.size()),
                        row.figures().orElseThrow(),
                        row.name());
                assertEquals(WeightSize.of(opened, row.recipe()), alone.size());
            }
        }
    }

    @Test
    void aRunThatFailsIsARow() {
        SweepTable table = run(plan(GRID), Optional.empty(), row -> {}, Cancellation.never());
        assertEquals(12, table.rows().size());
        assertEquals(2, table.failures());
        SweepRow failed = table.rows().get(1);
        assertEquals(
                "pruning.layers names layer 77: the model has layers 0…1",
                failed.error().orElseThrow());
        assertTrue(table.toCsv().lines().skip(2).findFirst().orElseThrow().endsWith("0…1"));
        assertEquals(13, table.toCsv().lines().count());
    }

    @Test
    void rowsAreReadAsTheyWereWritten() {
        for (SweepRow row :
                run(plan(GRID), Optional.empty(), each -> {}, Cancellation.never()).rows()) {
            assertEquals(row, SweepRow.fromJson(row.toJson().toString()));
        }
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        SweepPlan plan = plan(GRID);
        String whole = json(run(plan, Optional.empty(), row -> {}, Cancellation.never()));
        Path partial = folder.resolve("partial/rows.jsonl");
        Cancellation cancellation = new Cancellation();
        List<SweepRow> first = new ArrayList<>();
        assertThrows(
                CancellationException.class,
                () ->
                        run(
                                plan,
                                Optional.of(partial),
                                row -> {
                                    first.add(row);
                                    if (first.size() == 5) {
                                        cancellation.cancel();
                                    }
                                },
                                cancellation));
        assertEquals(5, first.size());
        assertEquals(6, Files.readAllLines(partial).size());
        // A kill in the middle of a line, and of a character.
        Files.writeString(partial, "{\"index\":5,\"model\":\"m", StandardOpenOption.APPEND);
        Files.write(partial, new byte[] {(byte) 0xC3}, StandardOpenOption.APPEND);

        int[] measured = {0};
        SweepExecutor counting =
                counting(
                        () -> {
                            measured[0]++;
                        });
        SweepTable table =
                Sweep.run(
                        plan,
                        counting,
                        Optional.of(partial),
                        row -> {},
                        Progress.NONE,
                        Cancellation.never());
        assertEquals(whole, json(table));
        // Four of the five had figures; the one that failed is tried again.
        assertEquals(12 - 4, measured[0]);
    }

    @Test
    void leavesAFileThatHoldsNoRowsAlone() throws IOException {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "not a sweep\n");
        UserException refusal =
                assertThrows(
                        UserException.class, () -> PartialRows.open(notes, plan(GRID)).close());
        assertTrue(refusal.getMessage().contains("rows of another sweep"), refusal.getMessage());
        assertEquals("not a sweep\n", Files.readString(notes));
    }

    @Test
    void doesNotMixRowsOfTwoSweeps() {
        Path partial = folder.resolve("rows.jsonl");
        run(plan(GRID), Optional.of(partial), row -> {}, Cancellation.never());
        SweepPlan other = plan("{\"recipes\": [\"FP\"], \"window\": 32}");
        UserException refusal =
                assertThrows(
                        UserException.class,
                        () -> run(other, Optional.of(partial), row -> {}, Cancellation.never()));
        assertTrue(refusal.getMessage().contains("rows of another sweep"), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"gird\": {}} | unknown key gird",
                "[] | the grid is []",
                "{} | neither recipes nor grid",
                "{\"grid\": {\"weights.bitz\": [3]}} | unknown key weights.bitz",
                "{\"grid\": {\"wights.bits\": [3]}} | unknown key grid.wights.bits",
                "{\"grid\": {\"weights.bits\": 3}} | grid.weights.bits is 3",
                "{\"grid\": {\"weights.bits\": []}} | grid.weights.bits is []",
                "{\"grid\": {\"weights.bits\": [9]}} | weights.bits is 9",
                "{\"recipes\": 3} | recipes is 3",
                "{\"recipes\": [3]} | recipes[0] is 3",
                "{\"recipes\": [\"no such\"]} | recipes[0] no such is neither",
                "{\"recipes\": [{\"name\": 1}]} | recipes[0].name is 1",
                "{\"recipes\": [{\"name\": \"x\", \"recipe\": 1}]} | recipes[0].recipe is 1",
                "{\"recipes\": [{\"name\": \"x\", \"rcp\": 1}]} | unknown key recipes[0].rcp",
                "{\"recipes\": [{\"weihgts\": {}}]} | unknown key weihgts",
                "{\"recipes\": [\"FP\"], \"base\": \"FP\"} | base is \"FP\"",
                "{\"recipes\": [\"FP\"], \"window\": 1} | window is 1",
                "{\"recipes\": [\"FP\"], \"max_windows\": 0} | max_windows is 0",
                "{\"recipes\": [\"FP\"], \"protocol\": \"x\"} | protocol is \"x\"",
                "{\"recipes\": [\"FP\"], \"models\": \"x\"} | models is \"x\"",
                "{\"recipes\": [\"FP\"], \"texts\": [1]} | texts is 1",
                "{\"recipes\": [\"FP\"], \"speed\": 1} | speed is 1",
                "{\"recipes\": [\"FP\"], \"calibration\": 1} | calibration is 1",
                "{\"recipes\": [\"FP\" | this is not JSON"
            })
    void namesTheKeyThatIsWrong(String grid, String expected) {
        UserException refusal = assertThrows(UserException.class, () -> plan(grid));
        assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
        assertTrue(refusal.getMessage().startsWith("grid.json: "), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
    }

    private SweepPlan plan(String grid) {
        return SweepGrid.parse(grid, "grid.json").plan(List.of(model), SearchModels::words);
    }

    private static SweepExecutor counting(Runnable each) {
        SweepExecutor inside = new InProcessExecutor();
        return new SweepExecutor() {
            @Override
            public void run(
                    SweepPlan plan,
                    List<Integer> indices,
                    Consumer<SweepRow> listener,
                    Progress progress,
                    Cancellation cancellation) {
                indices.forEach(_ -> each.run());
                inside.run(plan, indices, listener, progress, cancellation);
            }

            @Override
            public void close() {
                inside.close();
            }
        };
    }

    private static SweepTable run(
            SweepPlan plan,
            Optional<Path> partial,
            Consumer<SweepRow> listener,
            Cancellation cancellation) {
        return Sweep.run(
                plan, new InProcessExecutor(), partial, listener, Progress.NONE, cancellation);
    }

    private static String json(SweepTable table) {
        return table.toJson().toString() + table.toCsv();
    }
}
