package io.agilelens.app.window;

import io.agilelens.views.chart.ChartCard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;

/** The pictures of a station, those behind its tabs too; on the JavaFX thread. */
final class StationCards {
    private StationCards() {}

    /** The pictures that can be seen. */
    static List<ChartCard> visible(Node station) {
        List<ChartCard> cards = new ArrayList<>();
        visit(
                station,
                node -> {
                    if (node instanceof ChartCard card) {
                        cards.add(card);
                    }
                });
        return cards;
    }

    /** The tabs that can be seen, in front or not. */
    static List<Tab> tabs(Node station) {
        List<Tab> tabs = new ArrayList<>();
        visit(
                station,
                node -> {
                    if (node instanceof TabPane pane) {
                        tabs.addAll(pane.getTabs());
                    }
                });
        return tabs;
    }

    /**
     * Puts each tab in front in turn, those behind tabs included, and then back what was in front.
     *
     * @param onFront called before the first and after each
     */
    static void visitTabs(Parent station, Runnable onFront) {
        layOut(station);
        onFront.run();
        for (Tab tab : tabs(station)) {
            TabPane pane = tab.getTabPane();
            Tab front = pane.getSelectionModel().getSelectedItem();
            if (tab == front) {
                continue;
            }
            pane.getSelectionModel().select(tab);
            layOut(station);
            onFront.run();
            if (tab.getContent() instanceof Parent content) {
                for (Tab inner : tabs(content)) {
                    inner.getTabPane().getSelectionModel().select(inner);
                    layOut(station);
                    onFront.run();
                }
            }
            pane.getSelectionModel().select(front);
        }
        layOut(station);
    }

    private static void layOut(Parent station) {
        Parent root = station.getScene() == null ? station : station.getScene().getRoot();
        root.applyCss();
        root.layout();
    }

    private static void visit(Node node, Consumer<Node> visitor) {
        if (!node.isVisible()) {
            return;
        }
        visitor.accept(node);
        if (node instanceof Parent parent) {
            parent.getChildrenUnmodifiable().forEach(child -> visit(child, visitor));
        }
    }
}
