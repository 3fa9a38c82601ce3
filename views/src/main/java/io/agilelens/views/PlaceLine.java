package io.agilelens.views;

import io.agilelens.engine.recipe.Recipe;
import io.agilelens.views.workbench.WindowComparison;
import io.agilelens.views.workbench.Workbench;
import io.agilelens.views.workbench.WorkbenchActions;
import javafx.geometry.Pos;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;

/** Where one looks, and how the numbers of the shown window came about. */
public final class PlaceLine extends StackPane {
    private static final double LINKS_APART = 16;
    private static final double ROOMY = 660;
    private static final double LINES_APART = 4;

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
        // The same position is another token in another window, text or model.
        workbench.comparisonProperty().subscribe(_ -> path.setTokenName(this::tokenName));
        badges.setAlignment(Pos.CENTER_RIGHT);
        badges.setMinWidth(USE_PREF_SIZE);
        PlaceLinks links = new PlaceLinks(actions, station);
        widthProperty().subscribe(width -> links.setRoomy(width.doubleValue() >= ROOMY));
        getChildren()
                .add(
                        new WrappingRow(
                                WrappingRow.Align.APART,
                                LINKS_APART,
                                LINES_APART,
                                path,
                                links,
                                badges));
    }

    private String tokenName(int position) {
        return workbench
                .comparisonProperty()
                .get()
                .map(WindowComparison::tokens)
                .filter(tokens -> position < tokens.size())
                .map(tokens -> TokenNames.name(tokens, position))
                .orElse(Integer.toString(position));
    }

    /**
     * Says that the numbers are over one window, what arithmetic made the tuned ones, and whether
     * outliers were planted in the model.
     */
    public void showBadges(Recipe recipe) {
        badges.getChildren().setAll(Badge.estimate(1));
        if (!recipe.isFloat()) {
            badges.getChildren().add(Badge.arithmetic(recipe));
        }
        Badge.planted(workbench).ifPresent(badges.getChildren()::add);
    }
}
