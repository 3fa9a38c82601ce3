package io.agilelens.views;

import io.agilelens.views.chart.ChartCard;
import javafx.scene.control.TabPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** Two charts side by side or, where there is no room for both, one behind the other. */
public final class ChartPair {
    private static final double ROOM_FOR_TWO = 720;
    private static final double LEAST_HEIGHT = 190;
    private static final double WIDTH = 1000;

    private ChartPair() {}

    /**
     * @param key what identifiers of the tabs begin with
     * @param share of the room that the left one gets, 0…1
     */
    public static Arrangement of(String key, ChartCard left, double share, ChartCard right) {
        return new Arrangement(
                ROOM_FOR_TWO,
                () -> {
                    TabPane tabs = TabbedCards.stack();
                    tabs.getTabs()
                            .setAll(
                                    TabbedCards.tab(key + "-tab-left", left.heading(), left),
                                    TabbedCards.tab(key + "-tab-right", right.heading(), right));
                    tabs.setMinHeight(LEAST_HEIGHT);
                    return tabs;
                },
                () -> {
                    HBox both = new HBox(16, left, right);
                    left.setPrefWidth(share * WIDTH);
                    right.setPrefWidth((1 - share) * WIDTH);
                    HBox.setHgrow(left, Priority.ALWAYS);
                    HBox.setHgrow(right, Priority.ALWAYS);
                    both.setMinHeight(LEAST_HEIGHT);
                    return both;
                });
    }
}
