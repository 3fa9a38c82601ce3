package io.agilelens.views.lessons;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.Messages;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.Optional;

/**
 * How things stood when a lesson began, so that they can be brought back.
 *
 * @param reference the model's; a recipe means nothing for another one
 * @param wasPlanted whether outliers had been planted in it
 */
record LessonBeginning(Recipe recipe, String reference, boolean wasPlanted) {

    static LessonBeginning of(Workbench workbench) {
        Optional<OpenedModel> model = workbench.modelProperty().get();
        return new LessonBeginning(
                workbench.history().recipe(),
                model.map(OpenedModel::reference).orElse(""),
                model.flatMap(OpenedModel::planting).isPresent());
    }

    /** Whether recipe or model are no longer as they were, and the model is still the same. */
    boolean isLeft(Workbench workbench) {
        Optional<OpenedModel> model =
                workbench.modelProperty().get().filter(m -> m.reference().equals(reference));
        return model.isPresent()
                && (!workbench.history().recipe().equals(recipe) || isPlantedSince(model.get()));
    }

    private boolean isPlantedSince(OpenedModel model) {
        return model.plantedHere() && !wasPlanted;
    }

    /** Brings recipe and model back. */
    void restore(Workbench workbench, WorkbenchActions actions) {
        if (!isLeft(workbench)) {
            return;
        }
        change(workbench, Messages.text("lessons.step.restore"), recipe);
        if (workbench.modelProperty().get().filter(this::isPlantedSince).isPresent()) {
            actions.removePlanted();
        }
    }

    /** Changes the recipe by a step of its own, whatever was dragged before. */
    static void change(Workbench workbench, String name, Recipe recipe) {
        workbench.history().endStep();
        workbench.history().change(name, recipe);
        workbench.history().endStep();
    }
}
