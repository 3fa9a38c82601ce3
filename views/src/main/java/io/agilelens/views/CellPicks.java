package io.agilelens.views;

import io.agilelens.views.chart.Heatmap;
import java.util.function.Consumer;
import javafx.application.Platform;

/** Tells which cell of a heat map was picked, once row and column have both settled. */
public final class CellPicks {
    private final Heatmap map;
    private final Consumer<Heatmap.Cell> onPick;
    private boolean waiting;
    private boolean showing;

    private CellPicks(Heatmap map, Consumer<Heatmap.Cell> onPick) {
        this.map = map;
        this.onPick = onPick;
        map.selectedRowProperty().addListener(property -> changed());
        map.selectedColumnProperty().addListener(property -> changed());
    }

    /**
     * Hears what a person picks in a map.
     *
     * @return with which to show what was picked elsewhere
     */
    public static CellPicks of(Heatmap map, Consumer<Heatmap.Cell> onPick) {
        return new CellPicks(map, onPick);
    }

    /** Shows a selection that was made elsewhere, without reporting it back. */
    public void show(int row, int column) {
        showing = true;
        map.select(row, column);
        showing = false;
        // What changed a moment ago, such as a cell that other data do not have, was no pick.
        waiting = false;
    }

    private void changed() {
        if (showing || waiting) {
            return;
        }
        waiting = true;
        Platform.runLater(
                () -> {
                    if (!waiting) {
                        return;
                    }
                    waiting = false;
                    int row = map.selectedRowProperty().get();
                    int column = map.selectedColumnProperty().get();
                    if (row >= 0 && column >= 0) {
                        onPick.accept(new Heatmap.Cell(row, column));
                    }
                });
    }
}
