package io.agilelens.views;

import io.agilelens.engine.quant.Execution;
import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.OpenedModel;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import java.util.function.IntFunction;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;

/** Where one looks, and how the numbers of the shown window came about. */
public final class PlaceLine extends HBox {
    private static final double LINKS_APART = 16;
    private static final double ROOMY = 660;

    private final HBox badges = new HBox(4);
    private final Workbench workbench;
    private final SelectionPath path;

    /**
     * @param workbench whose selection is shown
     * @param station where the line stands; it links to the others
     */
    public PlaceLine(Workbench workbench, WorkbenchActions actions, String station) {
        this.workbench = workbench;
        path = new SelectionPath(workbench.selection());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        badges.setAlignment(Pos.CENTER_RIGHT);
        setAlignment(Pos.CENTER_LEFT);
        badges.setMinWidth(USE_PREF_SIZE);
        PlaceLinks links = new PlaceLinks(actions, station);
        links.setPadding(new Insets(0, 0, 0, LINKS_APART));
        widthProperty().subscribe(width -> links.setRoomy(width.doubleValue() >= ROOMY));
        getChildren().addAll(path, links, gap, badges);
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
