package io.agilelens.app.command;

import io.agilelens.app.conformance.CaseResult;
import io.agilelens.app.conformance.CaseResult.Outcome;
import io.agilelens.app.conformance.Check;
import io.agilelens.app.conformance.ConformanceKit;
import java.nio.file.Path;
import java.util.List;
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
        List<CaseResult> results =
                new ConformanceKit(folder).run(this::tell, progress, cancellation);
        long passed = count(results, Outcome.PASS);
        long failed = count(results, Outcome.FAIL);
        long unsupported = count(results, Outcome.UNSUPPORTED);
        print(
                progress,
                describe(results, passed, failed, unsupported),
                "%d passed, %d failed, %d unsupported".formatted(passed, failed, unsupported));
        if (results.isEmpty() || passed + failed == 0) {
            errors().println(
                            "agilelens: %s: no case ran; give a folder with manifest.json files of reference data"
                                    .formatted(folder));
            return FAILED;
        }
        return failed > 0 || strict && unsupported > 0 ? FAILED : 0;
    }

    private void tell(CaseResult result) {
        if (!json) {
            output().println(result.line());
            output().flush();
        }
    }

    private static long count(List<CaseResult> results, Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    private ObjectNode describe(
            List<CaseResult> results, long passed, long failed, long unsupported) {
        ObjectNode root =
                object().put("folder", folder.toString())
                        .put("passed", passed)
                        .put("failed", failed)
                        .put("unsupported", unsupported);
        ArrayNode cases = root.putArray("cases");
        for (CaseResult result : results) {
            ObjectNode node =
                    cases.addObject()
                            .put("outcome", result.outcome().word())
                            .put("name", result.name());
            if (!result.note().isEmpty()) {
                node.put("note", result.note());
            }
            ArrayNode checks = node.putArray("checks");
            for (Check check : result.checks()) {
                ObjectNode entry = checks.addObject().put("what", check.what());
                put(entry, "error", check.error());
                entry.put("tolerance", check.tolerance());
            }
        }
        return root;
    }
}
