package io.agilelens.app.command;

import io.agilelens.engine.evaluate.conformance.CaseResult;
import io.agilelens.engine.evaluate.conformance.Conformance;
import io.agilelens.engine.evaluate.conformance.ConformanceReport;
import io.agilelens.engine.evaluate.conformance.Outcome;
import io.agilelens.engine.kernel.KernelProvider;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds this program against reference data. */
@Command(
        name = "conformance",
        description =
                "Runs every reference case under a folder; a line a case: outcome, name, error,"
                        + " tolerance.")
public final class ConformanceCommand extends EngineCommand {
    private static final int FAILED = 1;

    @Parameters(index = "0", paramLabel = "DIR", description = "A folder with reference data.")
    private Path folder;

    @Option(names = "--strict", description = "Count unsupported cases as failed.")
    private boolean strict;

    @Override
    int run(TerminalProgress progress) {
        ConformanceReport report =
                Conformance.run(
                        folder,
                        KernelProvider.current().kernels(),
                        result -> tell(progress, result),
                        progress,
                        cancellation);
        print(
                progress,
                describe(report),
                "%d passed, %d failed, %d unsupported"
                        .formatted(
                                report.count(Outcome.PASS),
                                report.count(Outcome.FAIL),
                                report.count(Outcome.UNSUPPORTED)));
        return report.conforms(strict) ? 0 : FAILED;
    }

    private void tell(TerminalProgress progress, CaseResult result) {
        if (!json) {
            progress.wipe();
            String note = result.note().isEmpty() ? "" : "  " + result.note();
            output().println(
                            "%-11s  %s  %.3g  %.3g%s"
                                    .formatted(
                                            word(result.outcome()),
                                            result.name(),
                                            result.error(),
                                            result.tolerance(),
                                            note));
            output().flush();
        }
    }

    /** Failures stand out among hundreds of lines. */
    private static String word(Outcome outcome) {
        return switch (outcome) {
            case PASS -> "pass";
            case FAIL -> "FAIL";
            case UNSUPPORTED -> "unsupported";
        };
    }

    private ObjectNode describe(ConformanceReport report) {
        ObjectNode root =
                object().put("folder", folder.toString())
                        .put("conforms", report.conforms(strict))
                        .put("passed", report.count(Outcome.PASS))
                        .put("failed", report.count(Outcome.FAIL))
                        .put("unsupported", report.count(Outcome.UNSUPPORTED));
        ArrayNode cases = root.putArray("cases");
        for (CaseResult result : report.results()) {
            ObjectNode node =
                    cases.addObject()
                            .put("outcome", word(result.outcome()))
                            .put("name", result.name());
            put(node, "error", result.error());
            put(node, "tolerance", result.tolerance());
            node.put("note", result.note());
        }
        return root;
    }
}
