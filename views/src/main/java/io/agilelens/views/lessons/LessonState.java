package io.agilelens.views.lessons;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import io.agilelens.views.workbench.KernelReport;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.PinnedRun;
import io.agilelens.views.workbench.Quality;
import io.agilelens.views.workbench.Studies;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * What the workbench holds at one moment, for facts to be computed from on another thread.
 *
 * @param model empty if none is open
 * @param comparison the shown window; may be of an older recipe, see {@code picturesCurrent}
 * @param picturesCurrent whether {@code comparison} is of the recipe in force
 * @param qualityCurrent whether {@code quality} is of the recipe in force
 */
record LessonState(
        Optional<OpenedModel> model,
        Optional<WindowComparison> comparison,
        boolean picturesCurrent,
        Quality quality,
        boolean qualityCurrent,
        Studies studies,
        Optional<KernelReport> kernels,
        List<PinnedRun> runs,
        Recipe recipe,
        Selection.Place place) {

    LessonState {
        runs = List.copyOf(runs);
    }

    /** What the workbench holds now; on the JavaFX thread. */
    static LessonState of(Workbench workbench) {
        Recipe recipe = workbench.history().recipe();
        Optional<WindowComparison> comparison = workbench.comparisonProperty().get();
        return new LessonState(
                workbench.modelProperty().get(),
                comparison,
                !workbench.comparisonStaleProperty().get()
                        && comparison.filter(c -> c.model().recipe().equals(recipe)).isPresent(),
                workbench.qualityProperty().get(),
                !workbench.qualityStaleProperty().get()
                        && workbench.qualityProperty().get().recipe().equals(recipe),
                workbench.studiesProperty().get(),
                workbench.kernelsProperty().get(),
                workbench.runs(),
                recipe,
                workbench.selection().place());
    }

    /**
     * Whether another state has the same facts: all is the same but the selection and values that
     * are still running.
     */
    boolean hasFactsOf(LessonState other) {
        return hasFactsOf(other, EnumSet.allOf(Need.class));
    }

    /** As {@link #hasFactsOf(LessonState)}, as far as somebody with these needs can tell. */
    boolean hasFactsOf(LessonState other, Collection<Need> needs) {
        return other != null
                && model.equals(other.model)
                && comparison.orElse(null) == other.comparison.orElse(null)
                && picturesCurrent == other.picturesCurrent
                && recipe.equals(other.recipe)
                && needs.stream().allMatch(need -> hasAs(other, need));
    }

    private boolean hasAs(LessonState other, Need need) {
        return switch (need) {
            // Compared above: whatever is told of a model hangs on them.
            case MODEL, PICTURES -> true;
            case QUALITY ->
                    has(Need.QUALITY) == other.has(Need.QUALITY)
                            && (!has(Need.QUALITY) || quality == other.quality);
            case KERNELS -> kernels.orElse(null) == other.kernels.orElse(null);
            case BUDGET -> studies == other.studies;
            case PINNED -> runs.equals(other.runs);
        };
    }

    /** Whether a need is met. */
    boolean has(Need need) {
        return switch (need) {
            case MODEL -> model.isPresent() && comparison.isPresent();
            case PICTURES ->
                    picturesCurrent
                            && comparison
                                    .flatMap(c -> c.tuned().detail())
                                    .filter(detail -> detail.layer() == place.layer())
                                    .isPresent();
            case QUALITY -> qualityCurrent && quality.isExact();
            case KERNELS -> kernels.isPresent();
            case BUDGET -> studies.budget().filter(s -> s.recipe().equals(recipe)).isPresent();
            case PINNED -> runs.stream().anyMatch(run -> run.recipe().equals(recipe));
        };
    }
}
