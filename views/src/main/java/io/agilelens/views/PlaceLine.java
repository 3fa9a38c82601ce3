package io.agilelens.views;

import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import java.util.function.IntFunction;
import javafx.geometry.Pos;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Where one looks, and how the numbers of the shown window came about. */
public final class PlaceLine extends HBox {
    private final HBox badges = new HBox(4);
    private final Workbench workbench;
    private final SelectionPath path;

    /**
     * @param workbench whose selection is shown
     */
    public PlaceLine(Workbench workbench) {
        this.workbench = workbench;
        path = new SelectionPath(workbench.selection());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        badges.setAlignment(Pos.CENTER_RIGHT);
        setAlignment(Pos.CENTER_LEFT);
        getChildren().addAll(path, gap, badges);
    }

    /** How a token is called. */
    public void setTokenName(IntFunction<String> name) {
        path.setTokenName(name);
    }

    /**
     * Says that the numbers are over one window, what arithmetic made the tuned ones, and whether
     * outliers were planted in the model.
     */
    public void showBadges(Recipe recipe) {
        badges.getChildren().setAll(Badge.estimate(1));
        if (!recipe.isFloat()) {
            badges.getChildren()
                    .add(
                            Badge.of(
                                    recipe.execution() == Execution.EXECUTED
                                            ? Badge.Kind.EXECUTED
                                            : Badge.Kind.SIMULATED));
        }
        workbench
                .modelProperty()
                .get()
                .flatMap(OpenedModel::planting)
                .map(Badge::planted)
                .ifPresent(badges.getChildren()::add);
    }
}
