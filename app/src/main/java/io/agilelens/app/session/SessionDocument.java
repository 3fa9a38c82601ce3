package io.agilelens.app.session;

import io.agilelens.engine.evaluate.Perplexity;
import io.agilelens.engine.model.Planting;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A session: every picture and figure of the window can be made again from it.
 *
 * @param subject the model and text that are open
 * @param fingerprints of the models and text files by the names that subjects give them, as they
 *     were when the session was saved
 * @param calibration where the text came from that quantizers were fitted on, for a person to read
 * @param recipe the recipe in force
 * @param figures of that recipe; empty while they are not exact
 * @param runs pinned, in their order
 * @param view what is looked at
 * @param studies of the recipe in force that were asked for
 * @param kernelBits vector width that the kernels were measured with, 0 for scalar code; empty if
 *     they were not
 */
public record SessionDocument(
        Subject subject,
        Map<String, Fingerprint> fingerprints,
        String calibration,
        Recipe recipe,
        Optional<Figures> figures,
        List<PinnedRun> runs,
        View view,
        Set<QualityStudy> studies,
        OptionalInt kernelBits) {

    /**
     * Perplexities over the whole text.
     *
     * @param baseline of the float model
     * @param tuned of the recipe
     */
    public record Figures(Perplexity baseline, Perplexity tuned) {}

    /**
     * What is looked at.
     *
     * @param station the id of a station
     * @param window index of the text's window
     */
    public record View(String station, int window, Selection.Place place) {}

    public SessionDocument {
        fingerprints = Map.copyOf(fingerprints);
        runs = List.copyOf(runs);
        studies = Set.copyOf(studies);
    }

    /** The model that is open, as a person names it. */
    public String model() {
        return subject.model();
    }

    /** The outliers that are planted in it. */
    public Optional<Planting> planted() {
        return subject.planted();
    }

    /** The session of a model or text that moved: wherever it is named, it is named anew. */
    public SessionDocument withModelMoved(String from, String to) {
        Map<String, Fingerprint> moved = new LinkedHashMap<>(fingerprints);
        Fingerprint known = moved.remove(from);
        if (known != null) {
            moved.put(to, known);
        }
        List<PinnedRun> movedRuns = new ArrayList<>();
        for (PinnedRun run : runs) {
            movedRuns.add(run.withSubject(moved(run.subject(), from, to)));
        }
        return new SessionDocument(
                moved(subject, from, to),
                moved,
                calibration,
                recipe,
                figures,
                movedRuns,
                view,
                studies,
                kernelBits);
    }

    private static Subject moved(Subject subject, String from, String to) {
        return subject.model().equals(from)
                ? new Subject(to, subject.planted(), subject.text())
                : subject;
    }

    public SessionDocument withFingerprints(Map<String, Fingerprint> known) {
        return new SessionDocument(
                subject, known, calibration, recipe, figures, runs, view, studies, kernelBits);
    }

    /** The subject in force and those of the runs, each once. */
    public List<Subject> subjects() {
        Set<Subject> subjects = new LinkedHashSet<>();
        subjects.add(subject);
        runs.forEach(run -> subjects.add(run.subject()));
        return List.copyOf(subjects);
    }

    /** The models that are named, each once. */
    public SortedSet<String> models() {
        SortedSet<String> models = new TreeSet<>();
        subjects().forEach(one -> models.add(one.model()));
        return models;
    }

    /** The text files that are named, each once. */
    public SortedSet<String> texts() {
        SortedSet<String> texts = new TreeSet<>();
        subjects().forEach(one -> one.text().file().ifPresent(file -> texts.add(file.toString())));
        return texts;
    }
}
