package io.agilelens.app.command;

import io.agilelens.engine.UserException;
import io.agilelens.engine.search.InProcessExecutor;
import io.agilelens.engine.search.Sweep;
import io.agilelens.engine.search.SweepCluster;
import io.agilelens.engine.search.SweepExecutor;
import io.agilelens.engine.search.SweepGrid;
import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the reproduction tables. */
@Command(
        name = "results",
        description =
                "Measures the rows of the papers' tables on the samples and writes them as a page.")
public final class ResultsCommand extends EngineCommand {
    private static final List<String> SAMPLES =
            List.of("sample:llama-tiny", "sample:opt-tiny", "sample:bloom-tiny");

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "A model beside the three samples; may be repeated.")
    private List<String> more = List.of();

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "Text to measure on; without it a bundled one.")
    private String text;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Tokens a window (default ${DEFAULT-VALUE}).")
    private int window = 512;

    @Option(
            names = "--max-windows",
            paramLabel = "N",
            description = "Stop after so many windows; without it the whole text.")
    private Integer maxWindows;

    @Option(
            names = "--rows",
            paramLabel = "PRESET",
            split = ",",
            description = "Rows of the tables (default all of the papers').")
    private List<String> rows = ResultsPage.ROWS;

    @Option(names = "--spark", paramLabel = "MASTER", description = "Do the runs on Apache Spark.")
    private String master;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "The page. In one that exists, only what stands between its marks is replaced.")
    private Path out;

    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description =
                    "Keep each row there as soon as it is measured: a run that was stopped goes on"
                            + " where it was.")
    private Path keep;

    @Override
    int run(TerminalProgress progress) {
        requirePositive("--max-windows", maxWindows);
        MarkedPage page = MarkedPage.open(out, "Results");
        SweepPlan plan =
                SweepGrid.parse(grid().toString(), "results").plan(SAMPLES, SweepCommand::open);
        SweepTable table;
        try (SweepExecutor executor =
                master == null ? new InProcessExecutor() : SweepCluster.connect(master)) {
            int[] heard = {0};
            table =
                    Sweep.run(
                            plan,
                            executor,
                            Optional.ofNullable(keep),
                            row ->
                                    SweepCommand.tell(
                                            this, progress, row, ++heard[0], plan.runs().size()),
                            progress,
                            cancellation);
        }
        page.write(ResultsPage.of(table, plan));
        ObjectNode result = table.toJson().put("out", out.toString());
        result.put("failed", table.failures());
        print(
                progress,
                result,
                "%s: %d rows, %d without figures"
                        .formatted(out, table.rows().size(), table.failures()));
        return 0;
    }

    private ObjectNode grid() {
        if (window < 2) {
            throw new UserException("--window %d is too short: give at least 2".formatted(window));
        }
        ObjectNode grid = object().put("window", window);
        if (maxWindows != null) {
            grid.put("max_windows", maxWindows);
        }
        if (text != null) {
            grid.putArray("texts").add(text);
        }
        ArrayNode models = grid.putArray("models");
        more.forEach(models::add);
        ArrayNode recipes = grid.putArray("recipes");
        rows.forEach(recipes::add);
        return grid;
    }
}
