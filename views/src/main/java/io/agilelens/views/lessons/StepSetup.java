package io.agilelens.views.lessons;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Selection;
import io.agilelens.views.recipe.RecipeViewModel;
import io.agilelens.views.workbench.Workbench;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How recipe and selection stand at a step. */
final class StepSetup {
    /** Selects nothing. */
    static final String NONE = "none";

    private StepSetup() {}

    /**
     * The recipe at a step: what the lesson set up to it, each lever turned as a person turns it.
     *
     * @param workbench with a model open; left as it is
     */
    static Recipe recipe(Workbench workbench, Lesson lesson, int index) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (LessonStep each : lesson.steps().subList(0, index + 1)) {
            if (each.levers().containsKey(LessonLevers.PRESET)) {
                settings.clear();
            }
            settings.putAll(each.levers());
        }
        // On a bench beside the window's, so that what is in force there changes once.
        Workbench bench = new Workbench();
        bench.modelProperty().set(workbench.modelProperty().get());
        bench.history().reset(workbench.history().recipe());
        LessonLevers.set(new RecipeViewModel(bench), settings);
        return bench.history().recipe();
    }

    /** Whether all that a step selects is known. */
    static boolean isKnown(LessonStep step, Facts facts) {
        return step.select().values().stream()
                .allMatch(name -> name.equals(NONE) || facts.find(name).isPresent());
    }

    /**
     * What is selected at a step, as far as it is known.
     *
     * @param place what is selected now; parts that the step does not name stay
     */
    static Selection.Place place(LessonStep step, Facts facts, Selection.Place place) {
        Selection.Place wanted = place;
        for (SelectionPart part : SelectionPart.values()) {
            String name = step.select().getOrDefault(part, "");
            Optional<Fact> fact = facts.find(name);
            if (fact.isPresent() || name.equals(NONE)) {
                wanted = part.in(wanted, fact.map(part::value).orElse(Selection.NONE));
            }
        }
        return wanted;
    }
}
