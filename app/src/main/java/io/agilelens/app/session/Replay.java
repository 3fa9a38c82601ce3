package io.agilelens.app.session;

import io.agilelens.app.live.ModelSession;
import io.agilelens.app.live.WholeText;
import io.agilelens.engine.evaluate.Divergence;
import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.engine.task.Cancellation;
import io.agilelens.engine.task.Progress;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes a session's figures again and says which are not what was saved. Speeds are not
 * compared: they belong to the machine and its load.
 */
public final class Replay {
    /**
     * By which share a loss or perplexity may differ and count as the same: sums come out a little
     * differently with other vector widths and before code is compiled, and a code that was on the
     * edge falls to the other side.
     */
    public static final double TOLERANCE = 1e-4;

    /** The same for Kullback–Leibler divergences, which are differences of losses. */
    public static final double DIVERGENCE_TOLERANCE = 1e-2;

    /** By how much the share of agreeing positions may differ: a few of some thousand. */
    public static final double AGREEMENT_TOLERANCE = 2e-3;

    /** Divergences below this are rounding noise, in nats. */
    private static final double NO_DIVERGENCE = 1e-7;

    private final SessionDocument document;
    private final List<Difference> differences = new ArrayList<>();
    private final List<Recomputed> recomputed = new ArrayList<>();

    /**
     * Something that is not as saved.
     *
     * @param where the run or file
     * @param what the figure by its key in a session
     */
    public record Difference(String where, String what, String saved, String now) {}

    /**
     * Figures as they came out now.
     *
     * @param name of the run; empty for the recipe in force
     */
    public record Recomputed(
            Optional<String> name, Recipe recipe, Perplexity baseline, Perplexity tuned) {}

    /**
     * @param differences in the order of the session
     * @param recomputed likewise, the recipe in force first
     */
    public record Outcome(List<Difference> differences, List<Recomputed> recomputed) {
        public Outcome {
            differences = List.copyOf(differences);
            recomputed = List.copyOf(recomputed);
        }
    }

    private Replay(SessionDocument document) {
        this.document = document;
    }

    /**
     * @throws io.agilelens.engine.UserException if a model or text cannot be opened or a recipe
     *     does not fit
     */
    public static Outcome of(
            SessionDocument document, Progress progress, Cancellation cancellation) {
        Replay replay = new Replay(document);
        for (String changed : new Fingerprints().changed(document)) {
            replay.differences.add(
                    new Difference(changed, "fingerprint", "as saved", "other content"));
        }
        for (Subject subject : document.subjects()) {
            try (ModelSession session = ModelSession.open(subject, progress, cancellation)) {
                replay.replay(session, subject, progress, cancellation);
            }
        }
        return new Outcome(replay.differences, replay.recomputed);
    }

    private void replay(
            ModelSession session, Subject subject, Progress progress, Cancellation cancellation) {
        WholeText text = new WholeText(session);
        if (subject.equals(document.subject())) {
            WholeText.Figures now = text.of(document.recipe(), progress, cancellation);
            add(Optional.empty(), document.recipe(), now);
            String calibration = session.opened().calibrationSource();
            if (!document.calibration().isEmpty() && !document.calibration().equals(calibration)) {
                differences.add(
                        new Difference(
                                subject.model(),
                                "calibration",
                                document.calibration(),
                                calibration));
            }
            document.figures()
                    .ifPresent(
                            saved ->
                                    compare(
                                            "the recipe in force",
                                            saved.baseline(),
                                            saved.tuned(),
                                            now));
        }
        for (PinnedRun run : document.runs()) {
            if (run.subject().equals(subject)) {
                WholeText.Figures now = text.of(run.recipe(), progress, cancellation);
                add(Optional.of(run.name()), run.recipe(), now);
                compare(run.name(), run.baseline(), run.tuned(), now);
                compareClose(
                        run.name(), "weight_bits", run.weightBits(), now.size().bitsPerWeight());
                compareCount(run.name(), "weight_bytes", run.weightBytes(), now.size().bytes());
            }
        }
    }

    private void add(Optional<String> name, Recipe recipe, WholeText.Figures figures) {
        recomputed.add(
                new Recomputed(
                        name,
                        recipe,
                        figures.quality().baseline().orElseThrow(),
                        figures.quality().tuned().orElseThrow()));
    }

    private void compare(
            String where, Perplexity baseline, Perplexity tuned, WholeText.Figures now) {
        compare(where, "baseline.", baseline, now.quality().baseline().orElseThrow());
        compare(where, "tuned.", tuned, now.quality().tuned().orElseThrow());
    }

    private void compare(String where, String of, Perplexity saved, Perplexity now) {
        if (saved.protocol() != now.protocol()) {
            differences.add(
                    new Difference(
                            where,
                            of + "protocol",
                            saved.protocol().title(),
                            now.protocol().title()));
            return;
        }
        compareCount(where, of + "window", saved.window(), now.window());
        compareCount(where, of + "windows", saved.windows(), now.windows());
        compareCount(where, of + "tokens", saved.tokens(), now.tokens());
        compareClose(where, of + "perplexity", saved.perplexity(), now.perplexity());
        compareClose(where, of + "nll", saved.nll(), now.nll());
        compareClose(where, of + "standard_error", saved.standardError(), now.standardError());
        compareClose(
                where, of + "all_positions_perplexity", saved.allPositions(), now.allPositions());
        compareClose(where, of + "coverage", saved.coverage(), now.coverage());
        if (saved.fromFloat().isPresent() && now.fromFloat().isPresent()) {
            compare(where, of + "from_float.", saved.fromFloat().get(), now.fromFloat().get());
        }
    }

    private void compare(String where, String of, Divergence saved, Divergence now) {
        compareCount(where, of + "positions", saved.positions(), now.positions());
        double scale = Math.max(Math.abs(saved.mean()), Math.abs(now.mean()));
        compare(
                where,
                of + "kl_mean",
                saved.mean(),
                now.mean(),
                Math.max(NO_DIVERGENCE, DIVERGENCE_TOLERANCE * scale));
        compare(
                where,
                of + "top1_agreement",
                saved.agreement(),
                now.agreement(),
                AGREEMENT_TOLERANCE);
    }

    private void compareClose(String where, String what, double saved, double now) {
        double scale = Math.max(Math.abs(saved), Math.abs(now));
        compare(where, what, saved, now, TOLERANCE * scale);
    }

    private void compare(String where, String what, double saved, double now, double tolerance) {
        boolean same = Double.isNaN(saved) ? Double.isNaN(now) : Math.abs(saved - now) <= tolerance;
        if (!same) {
            differences.add(
                    new Difference(where, what, Double.toString(saved), Double.toString(now)));
        }
    }

    private void compareCount(String where, String what, long saved, long now) {
        if (saved != now) {
            differences.add(new Difference(where, what, Long.toString(saved), Long.toString(now)));
        }
    }
}
