package io.agilelens.app.window;

import io.agilelens.app.session.SessionDocument;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.QualityStudy;
import io.agilelens.views.workbench.SessionHistory;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.Study;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Between what the window shows and a session document. */
final class SessionCapture {
    private SessionCapture() {}

    /**
     * The session as it is now, its files without fingerprints.
     *
     * @param station what the window is at
     */
    static SessionDocument of(Workbench workbench, String station) {
        SessionHistory.State state = workbench.history().state();
        return new SessionDocument(
                state.subject().orElseThrow(),
                Map.of(),
                workbench.modelProperty().get().map(OpenedModel::calibrationSource).orElse(""),
                state.recipe(),
                figures(workbench, state),
                state.runs(),
                new SessionDocument.View(
                        station,
                        workbench
                                .comparisonProperty()
                                .get()
                                .map(WindowComparison::window)
                                .orElse(0),
                        workbench.selection().place()),
                studies(workbench.studiesProperty().get(), state.recipe()),
                workbench
                        .kernelsProperty()
                        .get()
                        .map(report -> OptionalInt.of(report.peak().vectorBits()))
                        .orElse(OptionalInt.empty()));
    }

    private static Optional<SessionDocument.Figures> figures(
            Workbench workbench, SessionHistory.State state) {
        Quality quality = workbench.qualityProperty().get();
        boolean current =
                quality.isExact()
                        && !workbench.qualityStaleProperty().get()
                        && quality.recipe().equals(state.recipe())
                        && workbench
                                .modelProperty()
                                .get()
                                .map(OpenedModel::subject)
                                .equals(state.subject());
        return current
                ? Optional.of(
                        new SessionDocument.Figures(
                                quality.baseline().orElseThrow(), quality.tuned().orElseThrow()))
                : Optional.empty();
    }

    /** The studies that were made of a recipe. */
    static Set<QualityStudy> studies(Studies studies, Recipe recipe) {
        Set<QualityStudy> made = EnumSet.noneOf(QualityStudy.class);
        all(studies)
                .forEach(
                        (kind, study) ->
                                study.filter(one -> one.recipe().equals(recipe))
                                        .ifPresent(_ -> made.add(kind)));
        return made;
    }

    private static Map<QualityStudy, Optional<? extends Study<?>>> all(Studies studies) {
        Map<QualityStudy, Optional<? extends Study<?>>> all = new EnumMap<>(QualityStudy.class);
        all.put(QualityStudy.BUDGET, studies.budget());
        all.put(QualityStudy.LAYERS, studies.layers());
        all.put(QualityStudy.DIVERGENCE, studies.divergence());
        all.put(QualityStudy.CURVE, studies.curve());
        all.put(QualityStudy.LENGTHS, studies.lengths());
        return all;
    }

    /** Looks at a place as far as the open model has it. */
    static void look(Workbench workbench, Selection.Place place) {
        workbench
                .modelProperty()
                .get()
                .ifPresent(
                        opened -> {
                            int layers = opened.config().layers();
                            int channels = opened.config().channels(place.site());
                            int heads = opened.config().heads();
                            workbench
                                    .selection()
                                    .select(
                                            new Selection.Place(
                                                    Math.min(place.layer(), layers - 1),
                                                    place.site(),
                                                    within(place.channel(), channels),
                                                    within(place.head(), heads),
                                                    within(place.token(), opened.text().length())));
                        });
    }

    private static int within(int index, int count) {
        return index < count ? index : Selection.NONE;
    }
}
