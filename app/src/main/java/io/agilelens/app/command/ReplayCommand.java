package io.agilelens.app.command;

import io.agilelens.app.session.Replay;
import io.agilelens.app.session.SessionDocument;
import io.agilelens.app.session.SessionJson;
import io.agilelens.app.window.SessionPictures;
import io.agilelens.engine.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Computes a saved session again. */
@Command(
        name = "replay",
        description =
                "Computes a saved session again and says what differs from it; exit status 1 if"
                        + " something does.")
public final class ReplayCommand extends EngineCommand {
    @Parameters(paramLabel = "SESSION", description = "A session that the window saved.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Also make every picture again: PNG, SVG and CSV in a new folder.")
    private Path folder;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also write a report: a web page, or a PDF if the name ends with .pdf.")
    private Path report;

    @Option(names = "--replace", description = "Overwrite folder and report if they exist.")
    private boolean replace;

    @Override
    int run(TerminalProgress progress) {
        SessionDocument session = SessionJson.read(file);
        Replay.Outcome outcome = Replay.of(session, progress, cancellation);
        ObjectNode result = object().put("session", file.toString());
        result.put("model", session.model());
        session.planted().ifPresent(planted -> result.set(Results.PLANTED, planted.toJson()));
        result.put("same", outcome.differences().isEmpty());
        ArrayNode differences = result.putArray("differences");
        for (Replay.Difference difference : outcome.differences()) {
            differences
                    .addObject()
                    .put("where", difference.where())
                    .put("what", difference.what())
                    .put("saved", difference.saved())
                    .put("now", difference.now());
        }
        ArrayNode figures = result.putArray("figures");
        for (Replay.Recomputed recomputed : outcome.recomputed()) {
            ObjectNode node = figures.addObject();
            recomputed.name().ifPresent(name -> node.put("run", name));
            Results.addPerplexity(node, recomputed.tuned());
            put(node, "kl_divergence", recomputed.tuned().divergence());
            put(node, "top1_agreement", recomputed.tuned().agreement());
            put(node, "float_perplexity", recomputed.baseline().perplexity());
            Results.addRecipe(node, recomputed.recipe());
        }
        if (folder != null || report != null) {
            ArrayNode written = result.putArray("written");
            for (Path made : pictures(session, progress)) {
                written.add(made.toString());
            }
        }
        print(progress, result, text(outcome));
        if (outcome.differences().isEmpty()) {
            return 0;
        }
        tell(
                "%s: %d values differ from the saved ones: see which on standard output"
                        .formatted(file, outcome.differences().size()));
        return 1;
    }

    private List<Path> pictures(SessionDocument session, TerminalProgress progress) {
        try {
            return SessionPictures.write(
                    session,
                    Optional.ofNullable(folder),
                    Optional.ofNullable(report),
                    replace,
                    progress);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UserException("the pictures were not finished: start it again", stopped);
        }
    }

    private static String text(Replay.Outcome outcome) {
        StringBuilder text = new StringBuilder();
        for (Replay.Recomputed one : outcome.recomputed()) {
            text.append(
                    "%s: %s, perplexity %.4f ± %.4f, float %.4f (%d windows of %d, protocol %s, %s)%n"
                            .formatted(
                                    one.name().orElse("the recipe in force"),
                                    one.recipe().summary(),
                                    one.tuned().perplexity(),
                                    one.tuned().standardError(),
                                    one.baseline().perplexity(),
                                    one.tuned().windows(),
                                    one.tuned().window(),
                                    one.tuned().protocol().title(),
                                    Results.execution(one.recipe())));
        }
        for (Replay.Difference difference : outcome.differences()) {
            text.append(
                    "differs: %s: %s was %s, is %s%n"
                            .formatted(
                                    difference.where(),
                                    difference.what(),
                                    difference.saved(),
                                    difference.now()));
        }
        return text.append(
                        outcome.differences().isEmpty() ? "every figure is as it was saved\n" : "")
                .toString();
    }
}
