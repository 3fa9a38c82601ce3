package io.agilelens.app.command;

import io.agilelens.app.SampleTexts;
import io.agilelens.engine.UserException;
import io.agilelens.engine.format.AtomicFiles;
import io.agilelens.engine.format.TextReader;
import io.agilelens.engine.search.InProcessExecutor;
import io.agilelens.engine.search.Sweep;
import io.agilelens.engine.search.SweepCluster;
import io.agilelens.engine.search.SweepExecutor;
import io.agilelens.engine.search.SweepGrid;
import io.agilelens.engine.search.SweepPlan;
import io.agilelens.engine.search.SweepRow;
import io.agilelens.engine.search.SweepTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Measures many recipes alike. */
@Command(
        name = "sweep",
        description =
                "Measures every recipe of a grid on the same text, in this process or on Apache"
                        + " Spark, into one table.")
public final class SweepCommand extends EngineCommand {
    private static final String PARTIAL = "rows.jsonl";
    private static final String TABLE = "sweep.json";
    private static final String CSV = "sweep.csv";

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "Models beside those that the grid names, first in the table.")
    private List<String> models = List.of();

    @Option(
            names = "--grid",
            required = true,
            paramLabel = "G.json",
            description = "What to measure; docs/search.md describes the file.")
    private Path grid;

    @Option(
            names = "--spark",
            paramLabel = "MASTER",
            description =
                    "Do the runs on Apache Spark: spark://HOST:PORT, local[N], or another master"
                            + " that Spark knows.")
    private String master;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Keep the table there as sweep.json and sweep.csv, and each row as soon as it"
                            + " is measured: a sweep that was stopped goes on where it was.")
    private Path out;

    @Override
    int run(TerminalProgress progress) {
        SweepPlan plan = SweepGrid.read(grid).plan(models, SweepCommand::open);
        int total = plan.runs().size();
        int[] heard = {0};
        SweepTable table;
        try (SweepExecutor executor =
                master == null ? new InProcessExecutor() : SweepCluster.connect(master)) {
            table =
                    Sweep.run(
                            plan,
                            executor,
                            Optional.ofNullable(out).map(folder -> folder.resolve(PARTIAL)),
                            row -> tell(this, progress, row, ++heard[0], total),
                            progress,
                            cancellation);
        }
        if (out != null) {
            write(out.resolve(TABLE), table.toJson().toPrettyString() + "\n");
            write(out.resolve(CSV), table.toCsv());
        }
        ObjectNode result = table.toJson().put("failed", table.failures());
        print(progress, result, text(table));
        return 0;
    }

    /** Texts of a grid: a file, or one of the bundled ones as {@code bundled:NAME}. */
    static TextReader open(String name, boolean calibrating) {
        if (name.isEmpty()) {
            return (calibrating ? SampleTexts.ORCHARD : SampleTexts.LIGHTHOUSE).open();
        }
        for (SampleTexts bundled : SampleTexts.values()) {
            if (name.equals(bundled.reference())) {
                return bundled.open();
            }
        }
        if (name.equals("-")) {
            throw new UserException("texts names -: a sweep reads its texts from files");
        }
        return TextOption.open(name);
    }

    /** Shows a row as soon as it is there. */
    static void tell(
            EngineCommand command, TerminalProgress progress, SweepRow row, int done, int total) {
        if (!command.json) {
            progress.wipe();
            command.errors().println("[%d/%d] %s".formatted(done, total, line(row)));
            command.errors().flush();
        }
    }

    private static String line(SweepRow row) {
        String name = "%-20s %-24s".formatted(row.model(), row.name());
        return row.figures()
                .map(
                        f ->
                                "%s PPL %9.4f ± %.4f  KL %.5f  top-1 %5.1f %%  %6.3f bits %,11d bytes  coverage %5.1f %%"
                                        .formatted(
                                                name,
                                                f.perplexity(),
                                                f.standardError(),
                                                f.divergence(),
                                                100 * f.agreement(),
                                                f.bitsPerWeight(),
                                                f.weightBytes(),
                                                100 * f.coverage()))
                .orElseGet(() -> "%s failed: %s".formatted(name, row.error().orElse("")));
    }

    private static String text(SweepTable table) {
        StringBuilder text = new StringBuilder();
        table.rows().forEach(row -> text.append("%s%n".formatted(line(row))));
        if (table.failures() > 0) {
            text.append("%d of %d failed%n".formatted(table.failures(), table.rows().size()));
        }
        return text.toString();
    }

    private static void write(Path target, String content) {
        AtomicFiles.writeFile(
                target, Files.exists(target), place -> Files.writeString(place, content));
    }
}
